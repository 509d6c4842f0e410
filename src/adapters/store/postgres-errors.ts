import { type ErrorKind, KojibridgeError } from "../../domain/errors.ts";

/** What a caller does next, by SQLSTATE or its class: https://www.postgresql.org/docs/current/errcodes-appendix.html */
const KINDS: Readonly<Record<string, readonly [ErrorKind, string]>> = {
  "28P01": ["auth", "refuses the password; see database.password, or PGPASSWORD"],
  "28": ["auth", "does not let this user in; see its pg_hba.conf"],
  "3D000": ["invalid", "does not exist; create it, with kojibridge's user as its owner"],
  "42501": ["invalid", "allows too little; make kojibridge's user the owner of the database"],
  "25006": ["transient", "is read-only"],
  "08": ["transient", "broke the connection off"],
  "40": ["transient", "gave way to another transaction"],
  "53": ["transient", "is out of connections, memory or disk"],
  "55": ["transient", "is busy"],
  "57": ["transient", "broke off"],
  "58": ["transient", "has trouble with its machine"],
};

/** Of the driver, when the server wants a password and there is none. */
const NO_PASSWORD = /client password must be a (?:non-empty )?string/;

/** `server`: what to call it, without a password. Postgres' messages never repeat one. */
export function toStoreError(cause: unknown, server: string): KojibridgeError {
  const state = sqlStateOf(cause);
  const [kind, words] = state === null ? judgeDriver(cause) : (KINDS[state] ?? KINDS[state.slice(0, 2)] ?? BUG);
  const code = state === null ? "postgres.unreachable" : `postgres.${state}`;
  return new KojibridgeError(kind, `database ${server} ${words}`, { code, cause: readable(cause) });
}

/** Of no more use: no answer, the session is over, or this server has become a standby. */
export function endsSession(error: unknown): boolean {
  return /^(?:08|57P|25006)/.test(sqlStateOf(error) ?? "08");
}

function sqlStateOf(error: unknown): string | null {
  const code = error instanceof Error && "code" in error && "severity" in error ? error.code : null;
  return typeof code === "string" ? code : null;
}

const BUG = ["bug", "refused a statement"] as const;

function judgeDriver(cause: unknown): readonly [ErrorKind, string] {
  return cause instanceof Error && NO_PASSWORD.test(cause.message)
    ? ["auth", "wants a password; see database.password, or PGPASSWORD"]
    : ["transient", "cannot be reached"];
}

/** Node says nothing where it tried several addresses. */
function readable(cause: unknown): unknown {
  return cause instanceof AggregateError ? (cause.errors[0] ?? cause) : cause;
}
