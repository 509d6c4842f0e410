import { Buffer } from "node:buffer";
import { posix } from "node:path";
import type { XmlRpcValue } from "../../../adapters/koji/xmlrpc.ts";
import { assertLogin, type Call } from "../core.ts";
import { genericError } from "../fault.ts";
import { str, toInt, truthy } from "../python.ts";
import { method } from "../registry.ts";
import { checkDirectory, checkFileName, digest, toUploadInfo, uploadPath } from "../uploads.ts";
import type { Answer } from "../values.ts";

export const uploadMethods = [
  method("checkUpload", "path, name, verify=None, tail=None, volume=None", checkUpload),
  method("uploadFile", "path, name, size, md5sum, offset, data, volume=None, checksum=None", uploadFile),
];

function checkUpload(
  { core }: Call,
  path: XmlRpcValue,
  name: XmlRpcValue,
  verify: XmlRpcValue,
  tail: XmlRpcValue,
): Answer {
  checkFileName(str(name));
  const found = toUploadInfo(core, posix.join(checkDirectory(str(path)), str(name)));
  if (found === undefined) return null;
  const { content, ...info } = found;
  if (!truthy(verify)) return info;
  const part = tail === null ? content : content.subarray(Math.max(content.length - toInt(tail), 0));
  return { ...info, sumlength: part.length, hexdigest: digest(str(verify), part) };
}

/** The older way, base64 in the call. Offset -1 is the last chunk, whose size and digest are the whole file's. */
function uploadFile({ core, caller }: Call, path: XmlRpcValue, name: XmlRpcValue, ...rest: XmlRpcValue[]): Answer {
  const [size = null, md5sum = null, offset = null, data = null, , checksum = null] = rest;
  const user = assertLogin(caller);
  const chunk = Buffer.from(str(data), "base64");
  const start = toInt(offset);
  if (start !== -1 && !isIntact(chunk, size, checksum ?? md5sum)) return false;
  const target = uploadPath(core, user, str(path), str(name));
  const old = core.db.uploads.get(target)?.content;
  if (old !== undefined && start === 0 && !target.endsWith(".log"))
    throw genericError(`file already exists: /mnt/koji/work/${target}`);
  const whole = start === 0 || (start === -1 && size !== null && toInt(size) === chunk.length);
  const kept = whole ? Buffer.alloc(0) : Buffer.from(old ?? []);
  const at = start === -1 ? kept.length : start;
  const content = Buffer.alloc(Math.max(kept.length, at + chunk.length));
  content.set(kept);
  content.set(chunk, at);
  if (start === -1 && !isIntact(content, size, checksum ?? md5sum)) return false;
  core.db.uploads.set(target, { content, modified: core.clock.now() });
  return true;
}

/** A digest is `[algorithm, hex]`, or an MD5 by itself. */
function isIntact(content: Uint8Array, size: XmlRpcValue, checksum: XmlRpcValue): boolean {
  if (size !== null && toInt(size) !== content.length) return false;
  if (checksum === null) return true;
  const [algorithm = "md5", hex = checksum] = Array.isArray(checksum) ? checksum : [];
  return digest(str(algorithm), content) === hex;
}
