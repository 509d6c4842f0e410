import { accessSync, constants } from "node:fs";
import { resolve } from "node:path";
import { type Loose, looseEntries, looseMap, looseMaps } from "./loose.ts";
import { type Finding, formatPath, type Path } from "./problem.ts";
import {
  createSecret,
  errorCode,
  readSecret,
  type Secret,
  type SecretReference,
  type SecretSources,
} from "./secret.ts";
import { ENV_NAME } from "./vocabulary.ts";

/** What the configuration points at: secrets by the path of their reference. */
export interface Outside {
  readonly secrets: ReadonlyMap<string, Secret>;
  readonly findings: readonly Finding[];
}

interface Place {
  readonly value: unknown;
  readonly path: Path;
  readonly check?: (value: string) => string | null;
}

const DATABASE_PASSWORD = ["database", "password"];
const QUEUE_PASSWORDS = ["password", "sentinel_password"];

/** Reads every secret and looks for every file, on a value that may be wrong elsewhere. */
export function readOutside(root: unknown, sources: SecretSources): Outside {
  const { secrets, findings } = readSecrets(secretPlaces(root), sources);
  return { secrets, findings: [...fileFindings(root, sources.directory), ...findings] };
}

/** Only what opens the database, for commands that contact nobody else. */
export function readDatabaseOnly(root: unknown, sources: SecretSources): Outside {
  const places = secretPlaces(root).filter(({ path }) => path === DATABASE_PASSWORD);
  const { secrets, findings } = readSecrets(places, sources);
  return { secrets: new Map([...skipOutside(root).secrets, ...secrets]), findings };
}

function readSecrets(places: readonly Place[], sources: SecretSources): Outside {
  const secrets = new Map<string, Secret>();
  const findings: Finding[] = [];
  for (const { value, path, check } of places) {
    const reference = toReference(value);
    if (reference === null) continue;
    const secret = readSecret(reference, sources);
    const message = "problem" in secret ? secret.problem : (check?.(secret.reveal()) ?? null);
    if (message !== null) findings.push({ path: [...path, ...Object.keys(reference)], message });
    else if ("reveal" in secret) secrets.set(formatPath(path), secret);
  }
  return { secrets, findings };
}

/** The same without reading anything, for commands that contact nobody. */
export function skipOutside(root: unknown): Outside {
  const places = secretPlaces(root).map(({ path }) => formatPath(path));
  return { secrets: new Map(places.map((place) => [place, createSecret(null, place)])), findings: [] };
}

function secretPlaces(root: unknown): Place[] {
  const { server, database, queue, hubs, forges } = looseMap(root);
  return [
    { value: looseMap(server).api_token, path: ["server", "api_token"], check: apiTokenProblem },
    { value: looseMap(database).password, path: DATABASE_PASSWORD },
    ...QUEUE_PASSWORDS.map((key) => ({ value: looseMap(queue)[key], path: ["queue", key] })),
    ...looseMaps(hubs).map(([name, { auth }]) => ({
      value: looseMap(auth).password,
      path: ["hubs", name, "auth", "password"],
    })),
    ...looseMaps(forges).flatMap(([name, forge]) => forgePlaces(forge, ["forges", name])),
  ];
}

function forgePlaces(forge: Loose, path: Path): Place[] {
  return [
    { value: forge.token, path: [...path, "token"] },
    { value: looseMap(forge.app).private_key, path: [...path, "app", "private_key"], check: privateKeyProblem },
    { value: looseMap(forge.oauth).client_secret, path: [...path, "oauth", "client_secret"] },
    ...looseEntries(forge.webhook_secret, [...path, "webhook_secret"]),
    ...looseEntries(forge.signing_token, [...path, "signing_token"]).map((place) => ({
      ...place,
      check: signingTokenProblem,
    })),
  ];
}

/** It opens everything and is never asked for twice: nobody may guess it. */
function apiTokenProblem(value: string): string | null {
  return value.length >= 24 ? null : "the API token has fewer than 24 characters; make one with `openssl rand -hex 32`";
}

/** Standard Webhooks: the key is the base64 after `whsec_`. */
function signingTokenProblem(value: string): string | null {
  const key = /^whsec_((?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?)$/.exec(value)?.[1];
  return key ? null : "the signing token is not whsec_ and base64; copy it again from the webhook's page";
}

function toReference(value: unknown): SecretReference | null {
  const { env, file } = looseMap(value);
  if (typeof env === "string" && ENV_NAME.test(env) && file === undefined) return { env };
  return typeof file === "string" && file.trim() !== "" && env === undefined ? { file } : null;
}

function fileFindings(root: unknown, directory: string): Finding[] {
  const { queue, hubs } = looseMap(root);
  const places = [
    { value: looseMap(queue).ca, path: ["queue", "ca"] },
    ...looseMaps(hubs).flatMap(([name, hub]) => hubFiles(hub, ["hubs", name])),
  ];
  return places.flatMap(({ value, path }) => {
    const message = typeof value === "string" && value.trim() !== "" ? fileProblem(resolve(directory, value)) : null;
    return message === null ? [] : [{ path, message }];
  });
}

function hubFiles(hub: Loose, path: Path): Place[] {
  const auth = looseMap(hub.auth);
  const keys = auth.method === "ssl" ? ["cert"] : auth.method === "gssapi" ? ["keytab", "ccache"] : [];
  return [
    { value: hub.ca, path: [...path, "ca"] },
    ...keys.map((key) => ({ value: auth[key], path: [...path, "auth", key] })),
  ];
}

function fileProblem(file: string): string | null {
  try {
    accessSync(file, constants.R_OK);
    return null;
  } catch (error) {
    return `file ${file} cannot be read (${errorCode(error)})`;
  }
}

function privateKeyProblem(pem: string): string | null {
  return /^-----BEGIN (?:RSA )?PRIVATE KEY-----\n/.test(pem)
    ? null
    : "is no PEM key: give the file that GitHub made, whole";
}
