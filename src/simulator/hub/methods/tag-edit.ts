import { isStruct, type XmlRpcStruct, type XmlRpcValue } from "../../../adapters/koji/xmlrpc.ts";
import { assertPermission, type Call, type Core } from "../core.ts";
import { genericError } from "../fault.ts";
import { checkType, str, truthy } from "../python.ts";
import { method } from "../registry.ts";
import type { Tag } from "../rows.ts";
import { requireTag, tagChanged } from "../tags.ts";
import type { Answer } from "../values.ts";

export const tagEditMethods = [
  method(
    "editTag2",
    "tagInfo, name=None, arches=None, locked=None, extra=None, remove_extra=None, block_extra=None",
    editTag2,
  ),
];

function editTag2(
  { core, caller }: Call,
  key: XmlRpcValue,
  name: XmlRpcValue,
  arches: XmlRpcValue,
  locked: XmlRpcValue,
  extra: XmlRpcValue,
  remove: XmlRpcValue,
  block: XmlRpcValue,
): Answer {
  assertPermission(caller, "tag");
  const tag = requireTag(core, key);
  const edit = { extra: isStruct(extra) ? extra : {}, remove: toKeys(remove), block: toKeys(block) };
  checkExtra(tag, edit);
  if (name !== null) tag.name = str(name);
  if (arches !== null) tag.arches = str(arches);
  if (locked !== null) tag.locked = truthy(locked);
  applyExtra(core, tag, edit);
  return null;
}

export interface ExtraEdit {
  readonly extra: XmlRpcStruct;
  readonly remove: readonly string[];
  readonly block: readonly string[];
}

export function toKeys(list: XmlRpcValue): string[] {
  if (!truthy(list)) return [];
  checkType(list, "list");
  return Array.isArray(list) ? list.map(str) : [];
}

/** All or nothing: whatever is wrong is said before anything is changed (transcript `editTag2-remove-extra-missing`). */
export function checkExtra(tag: Tag, { extra, remove, block }: ExtraEdit): void {
  const conflict = [...block, ...remove].filter((key) => Object.hasOwn(extra, key));
  if (conflict.length > 0)
    throw genericError(`Can not both add/update and remove tag-extra: '${conflict.sort().join("', '")}'`);
  const missing = remove.filter((key) => !tag.extra.has(key));
  if (missing.length > 0) throw genericError(`Tag: ${tag.name} doesn't have extra: ${missing.join(", ")}`);
}

export function applyExtra(core: Core, tag: Tag, { extra, remove, block }: ExtraEdit): void {
  for (const [key, value] of Object.entries(extra)) {
    tag.extra.set(key, value);
    tag.blockedExtra.delete(key);
  }
  for (const key of [...remove, ...block]) tag.extra.delete(key);
  for (const key of block) tag.blockedExtra.add(key);
  tagChanged(core, tag);
}
