import type { Dialect } from "../../simulator/forge/state.ts";
import type { ForgeWorld } from "../../simulator/forge/world.ts";
import type { Scene } from "./story.ts";

/** What people would see on the forges, printed as it changes. */
export interface View {
  /** Prints statuses that are new since the last call. */
  update(): void;
  /** Prints every commit's statuses and every merge request's comment as they are now. */
  summary(): void;
}

export function createView(forge: ForgeWorld, story: readonly Scene[], print: (line: string) => void): View {
  const begun = Date.now();
  const shown = new Map<string, string>();

  function show(dialect: Dialect, path: string, sha: string): void {
    for (const { context, state, description } of forge.statuses(dialect, path, sha)) {
      const key = `${dialect} ${sha.slice(0, 7)}  ${context}`;
      const word = `${state.padEnd(8)} ${description ?? ""}`;
      if (shown.get(key) === word) continue;
      shown.set(key, word);
      print(`${((Date.now() - begun) / 1000).toFixed(1).padStart(5)}s  ${key.padEnd(45)} ${word}`);
    }
  }

  return {
    update() {
      for (const { example, event } of story) show(example.dialect, event.repo.path, event.sha);
    },
    summary() {
      for (const scene of story) {
        const { event, title } = scene;
        const { dialect } = scene.example;
        print(`\n${title} (${event.repo.path} ${event.sha.slice(0, 12)})`);
        const statuses = forge.statuses(dialect, event.repo.path, event.sha);
        for (const status of statuses.filter(({ context }) => context in scene.ends))
          print(`  ${status.state.padEnd(8)} ${status.context}: ${status.description ?? ""}`);
        if (event.kind !== "merge_request") continue;
        for (const comment of forge.comments(dialect, event.repo.path, event.mr))
          for (const line of comment.body.split("\n")) print(`  | ${line}`);
      }
    },
  };
}
