import { createHash } from "node:crypto";

export type Row = Readonly<Record<string, string | number | Buffer | null>>;

/** What a table holds, whatever order its rows come in: two databases sort text differently. */
export interface Digest {
  readonly rows: number;
  readonly sum: bigint;
}

export const NOTHING: Digest = { rows: 0, sum: 0n };

export function addRows(digest: Digest, rows: readonly Row[]): Digest {
  const sum = rows.reduce((total, row) => BigInt.asUintN(64, total + hashOf(row)), digest.sum);
  return { rows: digest.rows + rows.length, sum };
}

function hashOf(row: Row): bigint {
  const hash = createHash("sha256");
  for (const column of Object.keys(row).sort()) {
    const value = row[column] ?? null;
    const bytes = Buffer.isBuffer(value) ? value : Buffer.from(JSON.stringify(value));
    hash.update(`${column} ${bytes.length} `).update(bytes);
  }
  return hash.digest().readBigUInt64BE();
}
