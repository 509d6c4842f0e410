import { isAbsolute, resolve } from "node:path";
import { didYouMean } from "../domain/suggest.ts";
import type { DatabaseConfig } from "./config.ts";

const SQLITE = /^sqlite:(?!:)./;
const POSTGRES = /^postgres(?:ql)?:/;
const ADDRESS = "postgres://USER@HOST:PORT/NAME";
export const DATABASE = `write sqlite:PATH, such as sqlite:./kojibridge.db, or ${ADDRESS}`;

const PARAMETERS = ["host", "user", "sslmode", "sslrootcert", "sslcert", "sslkey"];
const TLS_MODES = ["disable", "require", "verify-ca", "verify-full"];

/** Either kind of database, or what is wrong with it. `elsewhere`: where a Postgres password has to stand instead. */
export function databaseProblem(text: string, elsewhere: string): string | null {
  if (POSTGRES.test(text)) return postgresProblem(text, elsewhere);
  return SQLITE.test(text) ? null : DATABASE;
}

/** The text is never repeated: it may hold a password. */
export function postgresProblem(text: string, elsewhere: string): string | null {
  if (!POSTGRES.test(text) || !URL.canParse(text)) return `write ${ADDRESS}, or postgres:///NAME?host=/run/postgresql`;
  const { password, pathname, searchParams } = new URL(text);
  if (password !== "" || searchParams.has("password")) return `a password is never inline; ${elsewhere}`;
  if (!/^\/[^/]+$/.test(pathname)) return `the name of the database is missing; write ${ADDRESS}`;
  for (const name of searchParams.keys()) if (!PARAMETERS.includes(name)) return unknownParameter(name);
  return tlsProblem(searchParams);
}

/** Of a text that has no problem; paths of SQLite start at `directory`. */
export function parseDatabase(text: string, directory: string): DatabaseConfig {
  if (POSTGRES.test(text)) return { kind: "postgres", url: text, password: null };
  return { kind: "sqlite", path: resolve(directory, text.slice("sqlite:".length)) };
}

function unknownParameter(name: string): string {
  return `unknown parameter${didYouMean(name, PARAMETERS) || `; expected ${PARAMETERS.join(", ")}`}`;
}

function tlsProblem(parameters: URLSearchParams): string | null {
  const mode = parameters.get("sslmode");
  if (mode !== null && !TLS_MODES.includes(mode)) return `sslmode is one of ${TLS_MODES.join(", ")}`;
  if (mode === "verify-ca" && !parameters.has("sslrootcert"))
    return "verify-ca needs sslrootcert, or write verify-full";
  const files = PARAMETERS.filter((name) => /^ssl(?:rootcert|cert|key)$/.test(name) && parameters.has(name));
  if (files.length > 0 && mode === null) return `${files[0]} needs an sslmode`;
  const relative = files.find((name) => !isAbsolute(parameters.get(name) ?? ""));
  return relative === undefined ? null : `write the absolute path of ${relative}`;
}
