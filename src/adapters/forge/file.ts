import { KojibridgeError } from "../../domain/errors.ts";
import { isForbidden } from "./forbidden.ts";

/** What a packaging repo's own file may take; forges give much more. */
const MAX_BYTES = 1024 * 1024;

/** Not for what a segment of a URL cannot hold, encoded or not: dots alone climb. */
export function checkName(name: string): string {
  if (/^\.{0,2}$/.test(name)) throw new KojibridgeError("invalid", `${JSON.stringify(name)} names nothing`);
  return name;
}

/** A path inside a repo. @throws KojibridgeError `invalid` for one that could leave it */
export function checkFilePath(path: string): string {
  if (path.split("/").some((part) => /^\.{0,2}$/.test(part)))
    throw new KojibridgeError("invalid", `${JSON.stringify(path)} is no path inside a repo`);
  return path;
}

/** What the forge sent as base64. @throws KojibridgeError `invalid` when it is larger than 1 MiB or no UTF-8 */
export function toText(path: string, base64: string, size: number): string {
  const bytes = size > MAX_BYTES ? null : Buffer.from(base64, "base64");
  if (bytes === null || bytes.length > MAX_BYTES) throw noFile(path, "it is larger than 1 MiB");
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw noFile(path, "it is not UTF-8");
  }
}

export function noFile(path: string, why: string): KojibridgeError {
  return new KojibridgeError("invalid", `${path} cannot be read: ${why}`, { code: "file" });
}

/** Null where there is none (404); 403 stays an error, for somebody has to give the token what it lacks. */
export async function orNone<T>(read: Promise<T>): Promise<T | null> {
  return read.catch((error: unknown) => {
    if (isForbidden(error) && error.context.status === 404) return null;
    throw error;
  });
}
