import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { openSqliteStore } from "../src/adapters/store/sqlite.ts";
import type { Store } from "../src/ports/store.ts";
import { aBuild, aDelivery, anOrder } from "../test/contract/store.contract.ts";
import { median } from "./rounds.ts";
import type { Row } from "./row.ts";

const MILLION = 1_000_000;
const ROUNDS = 41;

interface Contestant {
  readonly store: Store;
  readonly sha: string;
}

/** What is asked of both databases. */
const WORK = {
  list: ({ store }: Contestant) => store.buildPage({}, 50, null),
  get: async ({ store, sha }: Contestant) => {
    await store.build("b-500");
    await store.builds({ sha, limit: 100 });
  },
  ack: ({ store }: Contestant, round: number) => {
    const sha = round.toString(16).padStart(40, "f");
    return store.accept(aDelivery({ id: `new-${round}` }), [
      anOrder(aBuild({ id: `new-${round}`, sha, wakeAt: 9e12 })),
    ]);
  },
  sweep: ({ store }: Contestant) => store.due(1, 500),
};

let opened: Promise<{ full: Contestant; small: Contestant; done(): Promise<void> }> | undefined;
let users = 0;

export const millionRows: readonly Row[] = [
  row("million-list", "list"),
  row("million-get", "get"),
  row("million-ack", "ack"),
  row("million-sweep", "sweep"),
];

function row(id: string, what: keyof typeof WORK): Row {
  return {
    ...{ id, peer: "the same with 1,000 past builds", unit: "ms", better: "lower", goal: 1.5 },
    async run() {
      opened ??= open();
      users += 1;
      const { full, small } = await opened;
      const times: [number[], number[]] = [[], []];
      for (let round = 0; round < ROUNDS; round++)
        for (const [i, one] of [full, small].entries()) {
          const begun = performance.now();
          await WORK[what](one, round);
          times[i]?.push(performance.now() - begun);
        }
      if (users === millionRows.length) await (await opened).done();
      return { value: median(times[0]), peerValue: median(times[1]) };
    },
  };
}

async function open() {
  const directory = mkdtempSync(join(tmpdir(), "kojibridge-million-"));
  const [full, small] = [
    await fill(join(directory, "full.db"), MILLION),
    await fill(join(directory, "small.db"), 1_000),
  ];
  const done = async () => {
    await full.store.close();
    await small.store.close();
    rmSync(directory, { recursive: true, force: true });
  };
  return { full, small, done };
}

/** One build as the bridge writes it, and copies of its rows: other ids, commits and times, a few hundred repos. */
async function fill(file: string, count: number): Promise<Contestant> {
  const store = await openSqliteStore(file);
  const over = aBuild({ id: "b-0", phase: "succeeded", wakeAt: null, finishedAt: 2000 });
  await store.accept(aDelivery({ id: "d-0", payload: Buffer.alloc(200) }), [anOrder(over)]);
  await store.saveStatus((await store.due(9e12, 10)).find(({ kind }) => kind === "status")?.id ?? "", {
    ...{ done: 1, tries: 0, wakeAt: null, said: null, outcome: "set" },
  });
  await store.close();
  const db = new Database(file);
  db.pragma("synchronous = OFF");
  db.function("sha", { deterministic: true }, (n) => Number(n).toString(16).padStart(40, "0"));
  copy(db, "delivery", count, { id: "'d-' || n", repo: "'rpms/p' || (n % 500)", received_at: "1000 + n" });
  copy(db, "build", count, {
    ...{ id: "'b-' || n", delivery: "'d-' || n", repo: "'rpms/p' || (n % 500)", sha: "sha(n)" },
    ...{ created_at: "1000 + n", updated_at: "2000 + n", finished_at: "2000 + n", task_id: "n" },
  });
  copy(db, "status", count, {
    ...{ id: "'github rpms/p' || (n % 500) || ' ' || sha(n) || ' koji/f42/scratch'", build: "'b-' || n" },
    ...{ repo: "'rpms/p' || (n % 500)", sha: "sha(n)" },
  });
  db.exec("ANALYZE");
  db.close();
  return { store: await openSqliteStore(file), sha: (500).toString(16).padStart(40, "0") };
}

function copy(db: Database.Database, table: string, count: number, change: Readonly<Record<string, string>>): void {
  const columns = db.prepare<[], { name: string }>(`select name from pragma_table_info('${table}')`).all();
  const values = columns.map(({ name }) => change[name] ?? `old.${name}`);
  const [first] = db.prepare<[], { rowid: number }>(`select min(rowid) as rowid from ${table}`).all();
  db.exec(`
    with recursive counter(n) as (select 1 union all select n + 1 from counter where n < ${count})
    insert into ${table} select ${values.join(", ")} from counter, ${table} old where old.rowid = ${first?.rowid}`);
}
