import { describe, expect, it } from "vitest";
import type { RepoFiles } from "../../src/app/repo-files.ts";
import { createSettle } from "../../src/app/settle.ts";
import { USUAL_ROLES } from "../../src/domain/commands.ts";
import { KojibridgeError } from "../../src/domain/errors.ts";
import { EN } from "../../src/domain/words/words.ts";
import type { ForgeFacts } from "../../src/ports/forge.ts";
import type { Delivery, Order, Settled } from "../../src/ports/store.ts";
import { aDelivery } from "../contract/store.contract.ts";
import { push, rule } from "./rules-events.ts";

const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
const RULES = [rule({ paths: ["*.spec"] })];
const WAITING = aDelivery({ waiting: "asking", summary: push({ changed: null }) });

/** Settles one delivery with a forge that answers so. */
async function settleWith(
  changedPaths: ForgeFacts["changedPaths"],
  tries = 0,
  delivery: Delivery = WAITING,
  repoFiles: RepoFiles = async () => ({ parsed: null, where: "file" }),
) {
  const settled: (Settled & { orders: readonly Order[] })[] = [];
  const postponed: [tries: number, wakeAt: number][] = [];
  const settle = createSettle({
    store: {
      waiting: async () => ({ delivery, tries }),
      settle: async (outcome: Settled, orders: readonly Order[]) => {
        settled.push({ ...outcome, orders });
        return true;
      },
      postpone: async (_key: string, n: number, at: number) => void postponed.push([n, at]),
    } as never,
    facts: new Map([["github", { changedPaths } as never]]),
    roles: USUAL_ROLES,
    words: EN,
    repos: [],
    rules: RULES,
    comments: "always",
    summary: "koji",
    repoFiles,
    now: () => 10_000,
    jitter: () => 0,
    log: silent,
    nudge: () => {},
  });
  await settle("github d1");
  return { settled, postponed };
}

const fails = (kind: "transient" | "rejected" | "throttled", retryAt?: number) => async () => {
  throw new KojibridgeError(kind, "no", retryAt === undefined ? {} : { retryAt });
};

describe("settling a delivery", () => {
  it("builds by what the forge says", async () => {
    const { settled } = await settleWith(async () => ["bash.spec"]);
    expect(settled).toMatchObject([
      { id: "d1", ignored: null, builds: [expect.any(String)], orders: [{ context: "koji/f42/scratch" }] },
    ]);
  });

  it("builds nothing when the forge names other paths", async () => {
    const { settled } = await settleWith(async () => ["README"]);
    expect(settled).toMatchObject([{ ignored: "no rule matches", builds: [], orders: [] }]);
  });

  it("asks again later while the forge is away", async () => {
    const { settled, postponed } = await settleWith(fails("transient"));
    expect(settled).toEqual([]);
    expect(postponed).toEqual([[1, expect.any(Number)]]);
    expect(postponed[0]?.[1]).toBeGreaterThan(10_000);
  });

  it("asks again when the forge says", async () => {
    expect((await settleWith(fails("throttled", 77_000))).postponed).toEqual([[1, 77_000]]);
  });

  it("decides without the forge once it has refused often enough", async () => {
    expect((await settleWith(fails("rejected"), 2)).postponed).toHaveLength(1);
    const { settled } = await settleWith(fails("rejected"), 3);
    expect(settled).toMatchObject([{ trace: [{ matched: true, note: "paths unknown, built to be safe" }] }]);
  });
});
