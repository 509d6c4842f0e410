import { explain } from "../domain/errors.ts";
import type { KnownRepos, Missed, Sendings } from "../ports/catch-up.ts";
import type { Log } from "../ports/runtime.ts";
import type { Inbox } from "../ports/store.ts";

export interface CatchUpDeps {
  readonly store: KnownRepos & Pick<Inbox, "delivery">;
  /** By forge; others keep no list that we can ask for. */
  readonly sendings: ReadonlyMap<string, Sendings>;
  readonly log: Log;
}

export interface CaughtUp {
  /** What the forges were asked, or with `dryRun` would be asked, to send once more. */
  readonly resent: readonly (Missed & { readonly forge: string })[];
  /** Repos whose forge does not tell us, and why. */
  readonly unknown: readonly { readonly forge: string; readonly repo: string; readonly why: string }[];
}

/**
 * Has the forges send again what they could not deliver since then. Idempotent: what is in the inbox is not asked for, and
 * what arrives twice is taken once. A repo that cannot be asked is told and keeps nobody else waiting.
 */
export async function catchUp({ store, sendings, log }: CatchUpDeps, since: number, dryRun = false): Promise<CaughtUp> {
  const resent: (Missed & { readonly forge: string })[] = [];
  const unknown: { forge: string; repo: string; why: string }[] = [];
  for (const { forge, repo } of await store.knownRepos()) {
    try {
      const missed = (await sendings.get(forge)?.missed(repo, since)) ?? null;
      if (missed === null) unknown.push({ forge, repo, why: "the forge does not show its webhook's deliveries" });
      for (const one of missed ?? []) {
        if ((await store.delivery(one.delivery)) !== null) continue;
        if (!dryRun) await sendings.get(forge)?.resend(one);
        log.info({ forge, repo, delivery: one.delivery, event: one.event, dryRun }, "missed, to be sent again");
        resent.push({ forge, ...one });
      }
    } catch (error) {
      log.warn({ forge, repo, error: explain(error) }, "cannot ask the forge what was missed");
      unknown.push({ forge, repo, why: explain(error) });
    }
  }
  return { resent, unknown };
}
