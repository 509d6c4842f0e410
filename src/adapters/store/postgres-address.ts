import { readFileSync } from "node:fs";
import type { ClientConfig } from "pg";
import { KojibridgeError } from "../../domain/errors.ts";

export interface PostgresServer {
  /** `postgres://user@host:port/name?sslmode=…` without a password. */
  readonly url: string;
  /** Null: from PGPASSWORD, or none is needed. */
  readonly password: string | null;
}

export function withoutParameters(url: string): string {
  return url.replace(/\?.*/, "");
}

/**
 * Our own reader: the driver's makes an empty password of a missing one, and takes `sslmode=require` for `verify-full`.
 * What is left out comes from PGHOST, PGUSER and their like.
 */
export function toClientConfig({ url, password }: PostgresServer): ClientConfig {
  const { searchParams, hostname, port, username, pathname } = new URL(url);
  const text = (value: string) => (value === "" ? undefined : decodeURIComponent(value));
  return {
    host: searchParams.get("host") ?? text(hostname.replace(/^\[(.*)\]$/, "$1")),
    port: port === "" ? undefined : Number(port),
    user: searchParams.get("user") ?? text(username),
    database: text(pathname.slice(1)),
    password: password ?? undefined,
    ssl: toTls(searchParams),
  };
}

/** As libpq has it: https://www.postgresql.org/docs/current/libpq-ssl.html#LIBPQ-SSL-PROTECTION */
function toTls(parameters: URLSearchParams): ClientConfig["ssl"] {
  const mode = parameters.get("sslmode");
  if (mode === null) return undefined;
  if (mode === "disable") return false;
  const files = { ca: read("sslrootcert"), cert: read("sslcert"), key: read("sslkey") };
  if (mode === "verify-full") return files;
  if (files.ca === undefined) return { ...files, rejectUnauthorized: false };
  return { ...files, checkServerIdentity: () => undefined };

  function read(name: string): Buffer | undefined {
    const file = parameters.get(name);
    try {
      return file === null ? undefined : readFileSync(file);
    } catch (cause) {
      throw new KojibridgeError("invalid", `the database's ${name} ${file} cannot be read`, { cause });
    }
  }
}
