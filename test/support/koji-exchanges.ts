import { Buffer } from "node:buffer";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";

/** One request a real Koji hub 1.35.3 was asked, and what it answered, byte for byte. See test/fixtures/koji/README.md. */
export interface Exchange {
  readonly name: string;
  /** e.g. `6-build`: the file it lives in. */
  readonly group: string;
  readonly about: string;
  readonly scheme: "http" | "https";
  readonly port: number;
  readonly request: Message & { readonly verb: string; readonly path: string };
  /** status null: the connection broke before any answer. */
  readonly response: Message & { readonly status: number | null };
  /** null when the body is no call. */
  readonly method: string | null;
  /**
   * Decoded by an independent reader (Python's). `{"$double": "1.5"}`, `{"$dateTime": …}` and `{"$base64": …}` mark the types JSON
   * has not; integers beyond 2^53 lose digits here, not in the bytes.
   */
  readonly params: readonly Decoded[] | undefined;
  readonly outcome:
    | { readonly kind: "result"; readonly value: Decoded }
    | { readonly kind: "fault"; readonly code: number; readonly text: string }
    | { readonly kind: "none" };
}

interface Message {
  /** Lower-case names; without the ones every client or server sets by itself (Host, Content-Length, Keep-Alive …). */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

export type Decoded = null | boolean | number | string | readonly Decoded[] | { readonly [key: string]: Decoded };

interface Row {
  name: string;
  about: string;
  scheme: "http" | "https";
  port: number;
  verb: string;
  path: string;
  headers: Record<string, string>;
  body?: string;
  bodyBase64?: string;
  status: number | null;
  answerHeaders: Record<string, string>;
  answer?: string;
  answerBase64?: string;
  method?: string | null;
  params?: Decoded[];
  result?: Decoded;
  fault?: { faultCode: number; faultString: string };
}

const directory = join(import.meta.dirname, "../fixtures/koji");

/** All recorded exchanges, group by group, within a group in the order of recording: by second, call number and what an answer shows of the calls before. */
export function loadExchanges(): Exchange[] {
  const files = readdirSync(directory).filter((file) => file.endsWith(".jsonl.gz"));
  files.sort((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10) || (a < b ? -1 : 1));
  return files.flatMap((file) =>
    gunzipSync(readFileSync(join(directory, file)))
      .toString()
      .trimEnd()
      .split("\n")
      .map((line) => toExchange(file.replace(".jsonl.gz", ""), JSON.parse(line) as Row)),
  );
}

function toExchange(group: string, row: Row): Exchange {
  return {
    name: row.name,
    group,
    about: row.about,
    scheme: row.scheme,
    port: row.port,
    request: { verb: row.verb, path: row.path, headers: row.headers, body: bytes(row.body, row.bodyBase64) },
    response: { status: row.status, headers: row.answerHeaders, body: bytes(row.answer, row.answerBase64) },
    method: row.method ?? null,
    params: row.params,
    outcome: toOutcome(row),
  };
}

function toOutcome(row: Row): Exchange["outcome"] {
  if (row.fault) return { kind: "fault", code: row.fault.faultCode, text: row.fault.faultString };
  return row.result === undefined ? { kind: "none" } : { kind: "result", value: row.result };
}

function bytes(text: string | undefined, base64: string | undefined): Buffer {
  return base64 === undefined ? Buffer.from(text ?? "") : Buffer.from(base64, "base64");
}
