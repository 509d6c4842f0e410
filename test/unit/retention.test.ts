import { expect, it } from "vitest";
import { openSqliteStore } from "../../src/adapters/store/sqlite.ts";
import { createReplay } from "../../src/app/replay.ts";
import { type RetentionPolicy, tidy } from "../../src/app/retention.ts";
import { isKind } from "../../src/domain/errors.ts";
import type { Archive } from "../../src/ports/retention.ts";
import { aBuild, aDelivery, anOrder } from "../contract/store.contract.ts";

const FOREVER: RetentionPolicy = {
  payloads: null,
  deliveries: null,
  builds: null,
  mostDeliveries: null,
  mostBuilds: null,
};
const silent = () => undefined;
const log = { debug: silent, info: silent, warn: silent, error: silent };

/** Ten of each, one a second, the newest now. */
function archiveOfTen() {
  const asked: string[] = [];
  const archive: Archive = {
    pack: async () => 0,
    forget: async (kind, before) => {
      asked.push(`${kind} ${before}`);
      return 0;
    },
    nthNewest: async (_kind, count) => (count > 10 ? null : 10_000 - (count - 1) * 1_000),
    shrink: async () => undefined,
  };
  return { asked, archive };
}

it.each<[string, Partial<RetentionPolicy>, string[]]>([
  ["forever", {}, []],
  ["by age", { payloads: 3_000, deliveries: 5_000, builds: 9_000 }, ["payload 7000", "delivery 5000", "build 1000"]],
  ["by count", { mostBuilds: 3, mostDeliveries: 2 }, ["delivery 9000", "build 8000"]],
  ["fewer than the count", { mostBuilds: 11 }, []],
  [
    "by what comes first",
    { builds: 2_000, mostBuilds: 9, deliveries: 9_000, mostDeliveries: 2 },
    ["delivery 9000", "build 8000"],
  ],
])("%s", async (_, policy, expected) => {
  const { asked, archive } = archiveOfTen();
  await tidy({ archive, policy: () => ({ ...FOREVER, ...policy }), now: () => 10_000, log });
  expect(asked).toEqual(expected);
});

it("goes on while there is more, and ends when it is told to", async () => {
  const store = await openSqliteStore(":memory:");
  for (let i = 0; i < 250; i++) await store.accept(aDelivery({ id: `d${i}`, builds: [] }), []);
  const deps = { archive: store, policy: () => ({ ...FOREVER, deliveries: 1 }), now: () => 100_000, log };
  expect(await tidy(deps, () => true)).toEqual({ packed: 0, payload: 0, delivery: 0, build: 0 });
  expect(await tidy(deps)).toEqual({ packed: 250, payload: 0, delivery: 250, build: 0 });
  await store.close();
});

it("what is forgotten cannot be replayed, and that is said", async () => {
  const store = await openSqliteStore(":memory:");
  await store.accept(aDelivery({ receivedAt: 1 }), [anOrder(aBuild())]);
  await store.pack(2, 1);
  await store.forget("payload", 2, 1);
  const replay = createReplay({
    inbox: store,
    receivers: new Map(),
    ingest: () => Promise.reject(new Error("nothing to take in")),
    now: Date.now,
  });
  const error = await replay("d1").catch((thrown: unknown) => thrown);
  expect(isKind(error, "rejected") && error.message).toMatch(/kept no more/);
  await store.close();
});
