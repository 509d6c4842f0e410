import type { Build } from "../domain/build.ts";
import { isFinal } from "../domain/build.ts";
import { KojibridgeError } from "../domain/errors.ts";
import { ending, retried } from "../domain/transitions.ts";
import type { Clock } from "../ports/runtime.ts";
import type { BuildStore } from "../ports/store.ts";
import type { Save } from "./save.ts";

/**
 * What people ask of one build. Errors: `rejected` when its state does not allow it, code `missing` when there is none,
 * `conflict` when it moved meanwhile.
 */
export interface Commands {
  /** Once more, from the beginning. */
  retry(build: string, who: string): Promise<Build>;
  /** `who` is said in the reason. */
  cancel(build: string, who: string): Promise<Build>;
}

export interface CommandsDeps {
  readonly store: BuildStore;
  readonly save: Save;
  readonly now: Clock;
}

export function createCommands({ store, save, now }: CommandsDeps): Commands {
  async function change(id: string, to: (build: Build) => Build): Promise<Build> {
    const build = await store.build(id);
    if (build === null) throw new KojibridgeError("rejected", `there is no build ${id}`, { code: "missing" });
    return save(build, to(build));
  }

  return {
    retry: (id) =>
      change(id, (build) => {
        if (!isFinal(build.phase)) throw new KojibridgeError("rejected", "the build has not ended yet");
        if (build.phase === "succeeded") throw new KojibridgeError("rejected", "the build has succeeded");
        return retried(build, now());
      }),
    cancel: (id, who) =>
      change(id, (build) => {
        if (isFinal(build.phase)) throw new KojibridgeError("rejected", "the build has ended already");
        if (build.ending !== null) throw new KojibridgeError("rejected", "the build is being canceled already");
        return ending(build, { phase: "canceled", reason: `canceled by ${who}` }, now());
      }),
  };
}
