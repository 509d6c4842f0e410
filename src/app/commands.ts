import { type Build, isFinal } from "../domain/build.ts";
import { KojibridgeError } from "../domain/errors.ts";
import type { Entry, Gallery } from "../ports/gallery.ts";
import type { Clock } from "../ports/runtime.ts";
import type { Wish, Wishes } from "../ports/store.ts";

/** What people ask of one build by the dashboard or the API. */
export const BUILD_COMMANDS = ["retry", "cancel", "approve"] as const;
export type BuildCommand = (typeof BUILD_COMMANDS)[number];

/**
 * `who` is said in the reason.
 * @throws `rejected` when the build's state does not allow it, code `missing` when there is none
 */
export type Commands = (command: BuildCommand, build: string, who: string) => Promise<void>;

export interface CommandsDeps {
  readonly store: Gallery & Wishes;
  readonly now: Clock;
  readonly nudge: () => void;
}

export function createCommands({ store, now, nudge }: CommandsDeps): Commands {
  return async (command, id, who) => {
    const entry = await store.entry(id);
    if (entry === null) throw new KojibridgeError("rejected", `there is no build ${id}`, { code: "missing" });
    const refusal = whyNot(command, entry.build);
    const wish = toWish(command, entry, who);
    if (refusal !== null || wish === null)
      throw new KojibridgeError("rejected", refusal ?? "only builds of a merge request are approved");
    await store.fulfil([wish], now());
    nudge();
  };
}

/** Null: the build is in a state that allows it. */
export function whyNot(command: BuildCommand, { phase, ending, hold, request }: Build): string | null {
  switch (command) {
    case "retry":
      if (!isFinal(phase)) return "the build has not ended yet";
      return phase === "succeeded" && !request.scratch ? "the build is made; a real one is not made twice" : null;
    case "cancel":
      if (isFinal(phase)) return "the build has ended already";
      return ending === null ? null : "the build is being canceled already";
    case "approve":
      return hold === null || isFinal(phase) ? "the build does not wait for approval" : null;
  }
}

function toWish(command: BuildCommand, { build, origin }: Entry, who: string): Wish | null {
  const builds = [build.id];
  if (command === "retry") return { kind: "again", builds };
  if (command === "cancel") return { kind: "cancel", builds, reason: `canceled by ${who}` };
  if (origin === null || origin.mr === null) return null;
  const { forge, repo, sha } = build;
  return { kind: "approve", forge, mr: { repo, mr: origin.mr }, sha, all: false };
}
