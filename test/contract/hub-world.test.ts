import { beforeAll, describe, expect, test } from "vitest";
import { type Comparison, compareAnswers, type Level } from "../support/hub-compare.ts";
import { createReplay, inRecordedOrder } from "../support/hub-replay.ts";
import { type Exchange, loadExchanges } from "../support/koji-exchanges.ts";

/**
 * The hub world against a real hub: every recorded request is sent to a world with the same content, ids and clock, and its answer
 * is held against the recorded one. What is not in EXCEPTIONS is the same byte for byte, or the same but for times and keys.
 */
const exchanges = loadExchanges();

interface Exception {
  readonly level: Exclude<Level, "bytes" | "equal">;
  readonly why: string;
  readonly names: string;
}

/** Only what is listed here may be less than equal, and it must be exactly as listed. */
const EXCEPTIONS: readonly Exception[] = [
  {
    level: "wrong",
    why: "the TLS handshake failed, or Apache refused it: no hub was reached",
    names: "sslLogin-cert-only-hub-no-cert sslLogin-stranger-cert sslLogin-cert-only-hub-tls13-no-pha",
  },
  { level: "wrong", why: "Apache's own directory listing", names: "kojifiles-log-download" },
  {
    level: "wrong",
    why: "KojiDebug and VerbosePolicy: other texts of the same faults",
    names: "kojidebug-fault kojidebug-policy",
  },
  { level: "wrong", why: "a sparse file of 5 GiB", names: "checkUpload-i8-size listTaskOutput-stat-5GiB" },
  {
    level: "status",
    why: "HTTP 400 with expat's words and position",
    names: "malformed-truncated-xml malformed-xml xml-with-doctype-entity",
  },
  {
    level: "status",
    why: "another builder's log, byte for byte other",
    names: "kojifiles-build-log kojifiles-build-log-range",
  },
  { level: "shape", why: "Python's own words about itself", names: "system-listMethods system-methodHelp showSession" },
  {
    level: "shape",
    why: "the uploaded bytes were neutralised after recording: their checksum is another",
    names:
      "rawUpload-chunk-2 rawUpload-chunk-2-resent rawUpload-overwrite checkUpload-verify cli-build-srpm-05-rawUpload",
  },
  {
    level: "shape",
    why: "ids of tasks, events, RPMs and buildroots that the recording never shows in the making",
    names: `getLastEvent-before getRepo repo-get repoInfo tagLastChangeEvent repo-request-existing repo-checkRequest-2-task
      repo-checkRequest-3-done getRepo-sidetag repo-queryQueue cli-wait-repo-10-repo.checkRequest
      cli-wait-repo-11-repo.checkRequest listBuildRPMs listRPMs cli-taskinfo-11-listBuildroots
      cli-taskinfo-18-listBuildroots cli-taskinfo-25-listBuildroots`,
  },
  {
    level: "shape",
    why: "asks about the history before the recording",
    names: `repo-query getTaskInfo-list-big multiCall-100-taskinfo listBuilds-package listTasks-count listTasks-createdAfter-iso
      listTasks-failed-decode listTasks-mine-build listTasks-unknown-opt cli-list-tasks-mine-04-listTasks`,
  },
  { level: "shape", why: "changed packages make the world's repo stale, as kojid sees it", names: "repo-request-last" },
  {
    level: "shape",
    why: "the recorded builder took any repo after wait_repo: the world's later builds use a newer one",
    names: `cli-watch-task-08-getTaskInfo cli-watch-task-10-getTaskInfo cli-watch-task-12-getTaskInfo
      cli-watch-task-25-getTaskInfo cli-watch-task-28-getTaskInfo cli-fail-watch-12-getTaskInfo
      cli-fail-watch-16-getTaskInfo cli-fail-watch-18-getTaskInfo cli-fail-watch-20-getTaskInfo
      cli-fail-watch-32-getTaskInfo cli-taskinfo-08-getTaskChildren`,
  },
  {
    level: "shape",
    why: "the same tasks at another moment: a sibling cancelled or closed, a child not yet opened",
    names: `getTaskChildren-failed getTaskDescendents-request cli-watch-task-04-getTaskChildren cli-watch-task-05-getTaskInfo
      cli-watch-task-07-getTaskChildren cli-watch-task-14-getTaskInfo cli-watch-task-15-getTaskChildren
      cli-watch-task-17-getTaskInfo cli-watch-task-19-getTaskInfo cli-fail-watch-07-getTaskInfo
      cli-fail-watch-27-getTaskChildren cli-fail-watch-29-getTaskInfo`,
  },
  {
    level: "shape",
    why: "text and size of another builder's logs, and the order of a directory or a struct",
    names: `listTaskOutput-stat listTaskOutput-stat-all-volumes listTaskOutput-cancelled listTaskOutput-real-after-import
      listTaskOutput-scratch-after-move getBuildLogs downloadTaskOutput downloadTaskOutput-offset-size
      downloadTaskOutput-offset-string downloadTaskOutput-scratch-symlink downloadTaskOutput-tail
      cli-taskinfo-20-listTaskOutput cli-taskinfo-27-listTaskOutput log-tail-1-listTaskOutput log-tail-2-download
      log-tail-3-download-from-offset log-tail-4-after-cancel getTaskDescendents-chain`,
  },
];

const exceptions = new Map(
  EXCEPTIONS.flatMap(({ level, names }) => names.split(/\s+/).map((name) => [name, level] as const)),
);
const results = new Map<string, Comparison>();

beforeAll(async () => {
  const replay = await createReplay(exchanges);
  for (const exchange of inRecordedOrder(exchanges))
    results.set(exchange.name, compareAnswers(exchange, await replay.play(exchange)));
  await replay.world.close();
});

describe("the hub world answers as the recorded hub did", () => {
  test.each([...new Set(exchanges.map((exchange) => exchange.group))])("%s", (group) => {
    const surprises = exchanges.filter((exchange) => exchange.group === group).flatMap(surprise);
    expect(surprises).toEqual([]);
  });
});

function surprise({ name }: Exchange): string[] {
  const { level, why } = results.get(name) ?? { level: "wrong", why: "never sent" };
  const expected = exceptions.get(name);
  if (expected === undefined ? level === "bytes" || level === "equal" : level === expected) return [];
  return [`${name}: ${level} instead of ${expected ?? "equal"}: ${why}`];
}

test("coverage: 707 exchanges, 8 of them not comparable", () => {
  const counts: Partial<Record<Level, number>> = {};
  for (const { level } of results.values()) counts[level] = (counts[level] ?? 0) + 1;
  expect(counts).toEqual({ bytes: 471, equal: 146, shape: 77, status: 5, wrong: 8 });
});

test("the exceptions name existing exchanges, each once", () => {
  const known = new Set(exchanges.map((exchange) => exchange.name));
  const listed = EXCEPTIONS.flatMap(({ names }) => names.split(/\s+/));
  expect(listed.filter((name) => !known.has(name))).toEqual([]);
  expect(listed.length).toBe(exceptions.size);
});
