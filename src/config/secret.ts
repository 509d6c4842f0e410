import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { inspect } from "node:util";
import { KojibridgeError } from "../domain/errors.ts";

/** A value that logs, JSON and inspection cannot show. */
export interface Secret {
  /** @throws KojibridgeError `invalid` where the configuration was loaded without its secrets */
  reveal(): string;
}

/** `value` null: configured, but not read. */
export function createSecret(value: string | null, origin: string): Secret {
  const hidden = () => `[secret from ${origin}]`;
  return Object.freeze({
    reveal() {
      if (value === null) throw new KojibridgeError("invalid", `the secret from ${origin} was not read`);
      return value;
    },
    toString: hidden,
    toJSON: hidden,
    [inspect.custom]: hidden,
  });
}

export type SecretReference = { readonly env: string } | { readonly file: string };

export interface SecretSources {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Relative paths start here: the directory of the configuration file. */
  readonly directory: string;
}

/** Line ends after the value are dropped: editors and `echo` put one. */
export function readSecret(reference: SecretReference, sources: SecretSources): Secret | { readonly problem: string } {
  const origin = "env" in reference ? `environment variable ${reference.env}` : `file ${reference.file}`;
  let value: string | undefined;
  try {
    value =
      "env" in reference
        ? sources.env[reference.env]
        : readFileSync(resolve(sources.directory, reference.file), "utf8");
  } catch (error) {
    return { problem: `${origin} cannot be read (${errorCode(error)})` };
  }
  if (value === undefined) return { problem: `${origin} is not set` };
  const trimmed = value.replace(/[\r\n]+$/, "");
  if (trimmed.trim() === "") return { problem: `${origin} is empty` };
  return createSecret(trimmed, origin);
}

/** `ENOENT` and its like: what there is to say without the machine's own words. */
export function errorCode(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : String(error);
}
