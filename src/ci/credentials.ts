import { accessSync, constants, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { KojibridgeError } from "../domain/errors.ts";
import { type Env, textOf } from "./pipeline.ts";

/** Who the step is to the hub. Paths are of files that exist. */
export type StepAuth =
  | { readonly method: "password"; readonly username: string; readonly password: string }
  | { readonly method: "ssl"; readonly cert: string; readonly proxyuser: null }
  | {
      readonly method: "gssapi";
      readonly principal: string;
      readonly keytab: string;
      readonly ccache: null;
      readonly proxyuser: null;
    };

export interface Credentials {
  /** Null: none were given. */
  readonly auth: StepAuth | null;
  readonly ca: string | null;
  /** What must never be printed. */
  readonly secrets: readonly string[];
  /** Removes the files that were made of `…_BASE64`. */
  remove(): void;
}

const NAMES = ["KOJI_USERNAME", "KOJI_PASSWORD", "KOJI_CERT", "KOJI_PRINCIPAL", "KOJI_KEYTAB"];

/** Everything secret that a job's environment may hold for us: kept from the commands the step runs. */
export const SECRET_VARIABLES: readonly string[] = [
  ...NAMES,
  ...["CERT", "KEYTAB", "CA"].map((name) => `KOJI_${name}_BASE64`),
  "KOJIBRIDGE_FORGE_TOKEN",
];

/** @throws KojibridgeError `invalid` naming the variable to change */
export function readCredentials(env: Env): Credentials {
  const files = createPrivateFiles();
  try {
    return {
      auth: toAuth(env, files),
      ca: files.fileOf(env, "KOJI_CA"),
      secrets: secretsOf(env),
      remove: files.remove,
    };
  } catch (error) {
    files.remove();
    throw error;
  }
}

function toAuth(env: Env, files: PrivateFiles): StepAuth | null {
  const [username, password, principal] = ["KOJI_USERNAME", "KOJI_PASSWORD", "KOJI_PRINCIPAL"].map((name) =>
    textOf(env, name),
  );
  const cert = files.fileOf(env, "KOJI_CERT");
  const keytab = files.fileOf(env, "KOJI_KEYTAB");
  const methods: StepAuth[] = [];
  if (username && password) methods.push({ method: "password", username, password });
  else if (username || password) throw half(password ? "KOJI_USERNAME" : "KOJI_PASSWORD");
  if (cert !== null) methods.push({ method: "ssl", cert, proxyuser: null });
  if (principal && keytab) methods.push({ method: "gssapi", principal, keytab, ccache: null, proxyuser: null });
  else if (principal || keytab) throw half(keytab ? "KOJI_PRINCIPAL" : "KOJI_KEYTAB");
  if (methods.length > 1)
    throw invalid("there are credentials of more than one kind: set a password, a certificate or a keytab");
  return methods[0] ?? null;
}

function half(missing: string): KojibridgeError {
  return invalid(`${missing} is not set, though its other half is`);
}

function secretsOf(env: Env): string[] {
  return SECRET_VARIABLES.flatMap((name) => {
    const value = name === "KOJI_USERNAME" || name === "KOJI_PRINCIPAL" ? null : textOf(env, name);
    // A path is no secret, but somebody may have put the key itself there.
    return value === null || (/^[\w./-]{1,200}$/.test(value) && /^KOJI_(?:CERT|KEYTAB)$/.test(name)) ? [] : [value];
  });
}

interface PrivateFiles {
  /** The file `NAME` is the path of, or one made of `NAME_BASE64`; null if neither is set. */
  fileOf(env: Env, name: string): string | null;
  remove(): void;
}

function createPrivateFiles(): PrivateFiles {
  let directory: string | null = null;
  return {
    fileOf(env, name) {
      const path = textOf(env, name);
      const encoded = textOf(env, `${name}_BASE64`);
      if (encoded === null) return path === null ? null : readable(name, path);
      directory ??= mkdtempSync(join(tmpdir(), "kojibridge-"));
      const file = join(directory, name);
      writeFileSync(file, decode(`${name}_BASE64`, encoded), { mode: 0o600 });
      return file;
    },
    remove() {
      if (directory !== null) rmSync(directory, { recursive: true, force: true });
    },
  };
}

function readable(name: string, path: string): string {
  try {
    accessSync(path, constants.R_OK);
    return path;
  } catch {
    throw invalid(`${name} is not the path of a file that can be read; a secret's text belongs into ${name}_BASE64`);
  }
}

function decode(name: string, text: string): Buffer {
  const compact = text.replaceAll(/\s/g, "");
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(compact))
    throw invalid(`${name} is not base64: encode the file with \`base64 -w0\``);
  return Buffer.from(compact, "base64");
}

function invalid(message: string): KojibridgeError {
  return new KojibridgeError("invalid", message, { code: "ci.credentials" });
}
