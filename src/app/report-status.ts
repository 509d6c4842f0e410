import { toPage } from "../domain/check-page.ts";
import type { HubLinks } from "../domain/links.ts";
import { nextLook } from "../domain/repair.ts";
import { type CommitStatus, toStatus } from "../domain/report.ts";
import { toSummary } from "../domain/summary.ts";
import type { Template } from "../domain/template.ts";
import type { Words } from "../domain/words/words.ts";
import type { Forge } from "../ports/forge.ts";
import type { Clock, Log } from "../ports/runtime.ts";
import type { ReportStore, StatusRecord } from "../ports/store.ts";
import type { Tally } from "../ports/tally.ts";
import { factsOf } from "./facts.ts";
import { failed, logFailure } from "./saying.ts";

export interface ReportDeps {
  readonly store: ReportStore;
  readonly forges: ReadonlyMap<string, Forge>;
  /** The web interface of a hub, for links. */
  readonly webUrl: (hub: string) => string | null;
  readonly links: (hub: string) => HubLinks;
  /** The wording of the comment. */
  readonly comment: Template;
  readonly words: Words;
  readonly now: Clock;
  readonly jitter: () => number;
  readonly log: Log;
  readonly tally: Tally;
}

/** Makes one commit status say what its build is now; the newest word wins, because only the newest is ever computed. */
export function createReportStatus(deps: ReportDeps): (id: string) => Promise<void> {
  return async (id) => {
    const record = await deps.store.status(id);
    if (record === null) return;
    // Nothing new to say: a look whether it still stands there, or a wake-up too many, which must cost the forge nothing.
    const isLook = record.done >= record.wanted;
    if (isLook && (record.wakeAt === null || record.wakeAt > deps.now())) return;
    const status = compute(record, deps);
    if (!isLook && isSame(status, record.said)) await saveSaid(id, record, status, "unchanged", deps);
    else await say(id, record, status, deps);
  };
}

function compute(record: StatusRecord, deps: ReportDeps): CommitStatus {
  if (record.kind !== "build") return toSummary(record.context, record.whole, deps.webUrl, deps.words);
  const { build, context } = record;
  const status = toStatus(build, context, deps.webUrl(build.request.hub), deps.words);
  return { ...status, page: toPage(build, null, deps) };
}

async function say(id: string, record: StatusRecord, status: CommitStatus, deps: ReportDeps): Promise<void> {
  const { place, context } = record;
  const about = record.kind === "build" ? factsOf(record.build) : { repo: place.repo };
  const facts = { ...about, sha: place.sha, context };
  // A look is there to find out what others did.
  const known = record.done < record.wanted ? record.said : null;
  try {
    const forge = deps.forges.get(record.forge);
    const outcome = forge === undefined ? "forbidden" : await forge.setStatus(place, status, known);
    if (outcome === "forbidden") deps.log.warn(facts, "not permitted to set the commit status");
    else deps.log.info({ ...facts, state: status.state, description: status.description }, `status ${outcome}`);
    if (outcome === "set" && record.done >= record.wanted)
      deps.log.warn(facts, "the status was gone or changed: repaired");
    await saveSaid(id, record, outcome === "forbidden" ? record.said : status, outcome, deps);
    deps.tally.told(record, status, outcome);
  } catch (error) {
    const saying = failed(record, error, deps.now(), deps.jitter());
    logFailure(deps.log, facts, error, saying);
    deps.tally.told(record, status, "failed");
    await deps.store.saveStatus(id, saying);
  }
}

async function saveSaid(
  id: string,
  record: StatusRecord,
  said: CommitStatus | null,
  outcome: string,
  deps: ReportDeps,
): Promise<void> {
  const over = outcome === "forbidden" ? null : endOf(record);
  const wakeAt = over === null ? null : nextLook(over, deps.now());
  // The page follows from the build: it says nothing that the rest does not.
  const kept = said && { ...said, page: null };
  await deps.store.saveStatus(id, { done: record.wanted, tries: 0, wakeAt, said: kept, outcome });
}

/** When the last of its builds ended; null while one has not, which will be news soon enough. */
function endOf(record: StatusRecord): number | null {
  const builds = record.kind === "build" ? [record.build] : record.whole.parts.map(({ build }) => build);
  const ends = builds.map(({ finishedAt }) => finishedAt ?? Number.POSITIVE_INFINITY);
  const last = Math.max(...ends);
  return Number.isFinite(last) ? last : null;
}

function isSame(a: CommitStatus, b: CommitStatus | null): boolean {
  return b !== null && a.state === b.state && a.description === b.description && a.targetUrl === b.targetUrl;
}
