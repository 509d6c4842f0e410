import { KojibridgeError } from "../domain/errors.ts";
import type { ForgeReceiver } from "../ports/forge.ts";
import type { Clock } from "../ports/runtime.ts";
import type { Inbox } from "../ports/store.ts";
import { BY_HAND } from "./by-hand.ts";
import type { createIngest } from "./ingest.ts";

export interface Replayed {
  /** The id it was taken in under. */
  readonly delivery: string;
  readonly builds: readonly string[];
  readonly ignored: string | null;
}

export type Replay = (delivery: string) => Promise<Replayed>;

export interface ReplayDeps {
  readonly inbox: Pick<Inbox, "delivery">;
  readonly receivers: ReadonlyMap<string, Pick<ForgeReceiver, "parse">>;
  readonly ingest: ReturnType<typeof createIngest>;
  readonly now: Clock;
}

/**
 * Takes a stored delivery in again, under the rules of today. Builds that exist already are not repeated.
 * @throws `rejected` (code `missing`) when there is no such delivery, `invalid` when its forge is not configured any more
 */
export function createReplay({ inbox, receivers, ingest, now }: ReplayDeps): Replay {
  return async (id) => {
    const stored = await inbox.delivery(id);
    if (stored === null) throw new KojibridgeError("rejected", `there is no delivery ${id}`, { code: "missing" });
    if (stored.event === BY_HAND)
      throw new KojibridgeError("rejected", "nobody delivered this: it was started by hand, and can be once more");
    if (stored.payload.length === 0)
      throw new KojibridgeError(
        "rejected",
        "its payload is kept no more (`retention.payloads`); let the forge deliver it again",
      );
    const receiver = receivers.get(stored.forge);
    if (receiver === undefined)
      throw new KojibridgeError("invalid", `the configuration has no forge ${stored.forge} any more`);
    const parsed = receiver.parse(stored.event, JSON.parse(stored.payload.toString("utf8")));
    const again = `${id.replace(/\.replay-\d+$/, "")}.replay-${now()}`;
    const { builds, ignored } = await ingest({ ...stored, id: again, parsed });
    return { delivery: again, builds, ignored };
  };
}
