import { expect, test } from "vitest";
import { createReportStatus } from "../../src/app/report-status.ts";
import { EN } from "../../src/domain/words/words.ts";
import { aBuild } from "../contract/store.contract.ts";

const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
const said = { context: "koji/f42", state: "success", description: "built", targetUrl: null } as const;

test.each([
  ["nothing more is to be done", 1, null, 0],
  ["the look is not due yet", 1, 5001, 0],
  ["the look is due", 1, 5000, 1],
  ["a word is owed", 2, null, 1],
])("woken when %s", async (_, wanted, wakeAt, calls) => {
  let asked = 0;
  const place = { repo: "rpms/hello", sha: "a".repeat(40), ref: "main", fork: null };
  const build = aBuild({ phase: "succeeded", finishedAt: 4000, wakeAt: null });
  const record = {
    kind: "build",
    forge: "github",
    place,
    context: "koji/f42",
    said: wanted > 1 ? null : said,
    wanted,
    done: 1,
    tries: 0,
    wakeAt,
    build,
  };
  const report = createReportStatus({
    store: { status: async () => record, saveStatus: async () => {} } as never,
    forges: new Map([
      [
        "github",
        {
          setStatus: async () => {
            asked += 1;
            return "set";
          },
        } as never,
      ],
    ]),
    webUrl: () => null,
    links: () => ({ webUrl: null, topUrl: null, url: null }) as never,
    comment: {} as never,
    words: EN,
    now: () => 5000,
    jitter: () => 0,
    log: silent,
    tally: { told: () => {} } as never,
  });
  await report("id");
  expect(asked).toBe(calls);
});
