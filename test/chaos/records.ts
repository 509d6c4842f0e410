import Database from "better-sqlite3";
import type { Phase } from "../../src/domain/build.ts";
import type { Postgres } from "../support/postgres.ts";

/** What the database says, read past the product's own queries. */
export interface Records {
  /** How much is still to be done. */
  unsettled(): Promise<number>;
  deliveries(): Promise<ReadonlyMap<string, DeliveryRecord>>;
  builds(): Promise<ReadonlyMap<string, BuildRecord>>;
  /** Names of the side tags that are still wanted. */
  sideTags(): Promise<readonly string[]>;
}

export interface DeliveryRecord {
  readonly waiting: string | null;
  readonly ignored: string | null;
  readonly builds: readonly string[];
}

export interface BuildRecord {
  readonly phase: Phase;
  readonly repo: string;
  readonly sha: string;
  readonly attempt: number;
  readonly task: number | null;
}

type Row = Record<string, unknown>;
type Ask = (statement: string) => Promise<Row[]> | Row[];

const UNSETTLED = `
select (select count(*) from delivery where waiting is not null) + (select count(*) from build where finished_at is null)
  + (select count(*) from status where wanted > done) + (select count(*) from comment where wanted > done)
  + (select count(*) from sidetag where phase not in ('ready', 'gone')) as open`;

export function createRecords(ask: Ask): Records {
  return {
    unsettled: async () => Number((await ask(UNSETTLED))[0]?.open),
    async deliveries() {
      const rows = await ask("select id, waiting, ignored, builds from delivery");
      return new Map(rows.map(({ builds, ...row }) => [String(row.id), { ...row, builds: parse(builds) } as never]));
    },
    async builds() {
      const rows = await ask("select id, phase, repo, sha, attempt, task_id from build");
      return new Map(rows.map((row) => [String(row.id), toBuildRecord(row)]));
    },
    sideTags: async () => (await ask("select name from sidetag where phase <> 'gone'")).map(({ name }) => String(name)),
  };
}

function toBuildRecord({ phase, repo, sha, attempt, task_id: task }: Row): BuildRecord {
  const numbers = { attempt: Number(attempt), task: task === null ? null : Number(task) };
  return { phase: phase as Phase, repo: String(repo), sha: String(sha), ...numbers };
}

function parse(text: unknown): string[] {
  return JSON.parse(String(text));
}

export function askPostgres(postgres: Postgres, url: string): Ask {
  return (statement) => postgres.query(statement, url);
}

export function askSqlite(file: string): Ask {
  return (statement) => {
    const database = new Database(file, { readonly: true });
    try {
      return database.prepare<[], Row>(statement).all();
    } finally {
      database.close();
    }
  };
}
