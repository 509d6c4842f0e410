import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { posix } from "node:path";
import type { Call, Core, Environ } from "./core.ts";
import { type BeforeExecute, runInSession } from "./dispatch.ts";
import { actionNotAllowed, authError, genericError, pythonError } from "./fault.ts";
import type { User } from "./rows.ts";
import { type Answer, float } from "./values.ts";

const TOPDIR = "/mnt/koji";

/** An upload of raw bytes: parameters in the query string, no method name (koji-facts, section 6). */
export function handleUpload(core: Core, environ: Environ, body: Buffer, before: BeforeExecute): Promise<Answer> {
  return runInSession(core, environ, "rawUpload", before, (call) => rawUpload(call, body));
}

function rawUpload({ core, caller }: Call, body: Buffer): Answer {
  if (!caller.loggedIn || caller.user === null) throw actionNotAllowed("you must be logged-in to upload a file");
  const query = new URLSearchParams(caller.environ.query);
  const name = query.get("filename");
  if (name === null) throw pythonError("KeyError", "'filename'");
  const verify = query.get("fileverify") ?? "";
  const overwrite = truthyText(query.get("overwrite"));
  const asked = Number(query.get("offset") ?? 0);
  checkVolume(query.get("volume") ?? "DEFAULT");
  const path = uploadPath(core, caller.user, query.get("filepath") ?? "", name);
  const old = core.db.uploads.get(path)?.content;
  if (old !== undefined && asked === 0 && !overwrite) throw genericError(`upload path exists: ${TOPDIR}/work/${path}`);
  const hexdigest = digest(verify, body);
  const offset = asked === -1 ? (old?.length ?? 0) : asked;
  const content = splice(old ?? Buffer.alloc(0), offset, body, overwrite);
  core.db.uploads.set(path, { content, modified: core.clock.now() });
  if (!overwrite && content.length !== offset + body.length)
    throw genericError(
      `Incorrect upload length for ${TOPDIR}/work/${path} - Expected ${offset + body.length}, actual ${content.length}`,
    );
  return { size: body.length, fileverify: verify, offset, hexdigest };
}

function truthyText(text: string | null): boolean {
  return text !== null && text !== "";
}

/** Overwriting cuts the file off at the offset first; a gap is filled with zeros, as in a sparse file. */
function splice(old: Uint8Array, offset: number, body: Uint8Array, overwrite: boolean): Buffer {
  const kept = overwrite ? Math.min(offset, old.length) : old.length;
  const content = Buffer.alloc(Math.max(kept, offset + body.length));
  content.set(old.subarray(0, kept));
  content.set(body, offset);
  return content;
}

function checkVolume(volume: string): void {
  if (volume !== "DEFAULT") throw genericError(`No such entry in table volume: ${volume}`);
}

/** The path below `work/`; the directory becomes the first uploader's. */
export function uploadPath(core: Core, user: User, directory: string, name: string): string {
  checkFileName(name);
  const path = checkDirectory(directory);
  if (path.startsWith("tasks/")) throw authError(`User ${user.id} is not a host`);
  const owner = core.db.uploadOwners.get(path);
  if (owner !== undefined && owner !== user.id) throw genericError(`Invalid upload directory, not owner: ${directory}`);
  core.db.uploadOwners.set(path, user.id);
  return posix.join(path, name);
}

export function checkFileName(name: string): void {
  if (name.includes("/") || name.startsWith(".")) throw genericError(`Invalid upload filename: ${name}`);
}

export function checkDirectory(directory: string): string {
  const path = posix.normalize(directory);
  if (path === "" || path.startsWith("..")) throw genericError(`Invalid upload directory: ${directory}`);
  return path.replace(/^\/+|\/+$/g, "");
}

/** `fileverify` left out is a bug of the hub: fault 1 (transcript `rawUpload-noverify`). */
export function digest(verify: string, content: Uint8Array): string {
  if (verify === "") throw pythonError("TypeError", "'NoneType' object is not callable");
  if (verify === "adler32") return adler32(content);
  if (verify === "md5" || verify === "sha256") return createHash(verify).update(content).digest("hex");
  throw genericError(`Unsupported verify type: ${verify}`);
}

function adler32(content: Uint8Array): string {
  let low = 1;
  let high = 0;
  for (const byte of content) {
    low = (low + byte) % 65521;
    high = (high + low) % 65521;
  }
  return (((high << 16) | low) >>> 0).toString(16).padStart(8, "0");
}

export function toUploadInfo(
  core: Core,
  path: string,
): { size: number; mtime: Answer; content: Uint8Array } | undefined {
  const upload = core.db.uploads.get(path);
  return upload && { size: upload.content.length, mtime: float(upload.modified / 1000), content: upload.content };
}
