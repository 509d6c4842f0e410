import { matchesGlob } from "node:path";
import { isStruct, type XmlRpcStruct, type XmlRpcValue } from "../../../adapters/koji/xmlrpc.ts";
import { assertLogin, type Call, type Core, hasPermission } from "../core.ts";
import { changed, nextId, skipId } from "../database.ts";
import { actionNotAllowed, genericError } from "../fault.ts";
import { checkType, repr, str, truthy } from "../python.ts";
import { applyQuery } from "../query.ts";
import { method } from "../registry.ts";
import type { Tag, User } from "../rows.ts";
import { findTarget, requireTag, tagChanged } from "../tags.ts";
import type { Answer } from "../values.ts";
import { findUser } from "./misc.ts";
import { applyExtra, checkExtra, type ExtraEdit, toKeys } from "./tag-edit.ts";

/** The side tag plugin of the hub (koji-facts, section 12). */
export const sidetagMethods = [
  method("createSideTag", "basetag, debuginfo=False, suffix=None", createSideTag),
  method("removeSideTag", "sidetag", removeSideTag),
  method("listSideTags", "basetag=None, user=None, queryOpts=None", listSideTags),
  method(
    "editSideTag",
    "sidetag, debuginfo=None, rpm_macros=None, remove_rpm_macros=None, extra=None, remove_extra=None",
    editSideTag,
  ),
];

const SUFFIXES = ["ci"];

/** Tag and target of the same name, without a repo. The real one wastes one number, too, so that the name can have the tag's id. */
function createSideTag({ core, caller }: Call, base: XmlRpcValue, debuginfo: XmlRpcValue, suffix: XmlRpcValue): Answer {
  if (truthy(suffix) && !SUFFIXES.includes(str(suffix)))
    throw genericError(`${str(suffix)} suffix is not allowed for sidetag`);
  const user = assertLogin(caller);
  const parent = requireTag(core, base);
  skipId(core.db, "tag");
  const id = nextId(core.db, "tag");
  const name = `${parent.name}-side-${id}${truthy(suffix) ? `-${str(suffix)}` : ""}`;
  const extra = new Map<string, XmlRpcValue>([
    ["sidetag", true],
    ["sidetag_user", user.name],
    ["sidetag_user_id", user.id],
  ]);
  if (truthy(debuginfo)) extra.set("with_debuginfo", true);
  const tag: Tag = {
    id,
    name,
    arches: parent.arches,
    locked: false,
    extra,
    blockedExtra: new Set(),
    parents: [{ parent: parent.id, priority: 0 }],
    packages: new Map(),
    lastChange: 0,
  };
  core.db.tags.set(id, tag);
  const target = nextId(core.db, "target", { label: name });
  core.db.targets.set(target, { id: target, name, buildTag: id, destTag: id });
  tagChanged(core, tag);
  return { name, id, task_id: null, request: null };
}

/** @throws GenericError 1000 for a tag that is none, ActionNotAllowed 1004 for somebody else's */
function ownSideTag(call: Call, key: XmlRpcValue): Tag {
  const user = assertLogin(call.caller);
  const tag = requireTag(call.core, key);
  if (tag.extra.get("sidetag") !== true) throw genericError(`Not a sidetag: ${tag.name}`);
  if (tag.extra.get("sidetag_user_id") !== user.id && !hasPermission(call.caller, "admin"))
    throw actionNotAllowed("This is not your sidetag");
  return tag;
}

function removeSideTag(call: Call, key: XmlRpcValue): Answer {
  const tag = ownSideTag(call, key);
  const target = findTarget(call.core, tag.name);
  if (target === undefined) throw genericError("Target is missing for sidetag");
  call.core.db.targets.delete(target.id);
  call.core.db.tags.delete(tag.id);
  changed(call.core.db);
  return null;
}

/** `user_id` is a string here (transcripts, "Encoding"). */
function listSideTags({ core }: Call, base: XmlRpcValue, user: XmlRpcValue, queryOpts: XmlRpcValue): Answer {
  const owner = user === null ? undefined : requireUser(core, user);
  const parent = base === null ? undefined : requireTag(core, base);
  const rows = [...core.db.tags.values()]
    .filter((tag) => tag.extra.get("sidetag") === true)
    .filter((tag) => owner === undefined || tag.extra.get("sidetag_user_id") === owner.id)
    .filter((tag) => parent === undefined || tag.parents.some((link) => link.parent === parent.id))
    .map((tag) => ({
      id: tag.id,
      name: tag.name,
      user_id: str(tag.extra.get("sidetag_user_id") ?? null),
      user_name: tag.extra.get("sidetag_user") ?? null,
    }));
  return applyQuery(rows, queryOpts);
}

function requireUser(core: Core, key: XmlRpcValue): User {
  const user = findUser(core, key);
  if (user === undefined) throw genericError(`No such user: ${repr(key)}`);
  return user;
}

function editSideTag(
  call: Call,
  key: XmlRpcValue,
  debuginfo: XmlRpcValue,
  macros: XmlRpcValue,
  removeMacros: XmlRpcValue,
  extra: XmlRpcValue,
  remove: XmlRpcValue,
): Answer {
  const tag = ownSideTag(call, key);
  const privileged = hasPermission(call.caller, "sidetag_admin") || hasPermission(call.caller, "admin");
  if ((extra !== null || remove !== null) && !privileged)
    throw genericError("Extra can be modified only with sidetag_admin or admin permissions.");
  const parent = call.core.db.tags.get(tag.parents[0]?.parent ?? 0);
  if (debuginfo !== null && !truthy(parent?.extra.get("sidetag_debuginfo_allowed")))
    throw genericError("Debuginfo setting is not allowed in parent tag.");
  const allowed = allowedMacros(parent);
  if ((truthy(macros) || truthy(removeMacros)) && allowed.length === 0)
    throw genericError("RPM macros change is not allowed in parent tag.");
  const edit: ExtraEdit = {
    extra: { ...(isStruct(extra) ? extra : {}), ...debuginfoExtra(debuginfo), ...macroExtra(macros, allowed) },
    // As the plugin does it: macros to remove replace `remove_extra`.
    remove: truthy(removeMacros) ? removedMacros(removeMacros, allowed) : toKeys(remove),
    block: [],
  };
  checkExtra(tag, edit);
  applyExtra(call.core, tag, edit);
  return null;
}

/** The base tag's own list, or words separated by spaces. */
function allowedMacros(parent: Tag | undefined): string[] {
  const allowed = parent?.extra.get("sidetag_rpm_macros_allowed") ?? null;
  if (typeof allowed === "string") return allowed.split(/\s+/).filter((word) => word !== "");
  return Array.isArray(allowed) ? allowed.map(str) : [];
}

function debuginfoExtra(debuginfo: XmlRpcValue): XmlRpcStruct {
  return debuginfo === null ? {} : { with_debuginfo: truthy(debuginfo) };
}

function macroExtra(macros: XmlRpcValue, allowed: readonly string[]): XmlRpcStruct {
  if (macros === null) return {};
  checkType(macros, "dict");
  if (!isStruct(macros)) return {};
  for (const macro of Object.keys(macros)) {
    if (!/^[A-Za-z_]./.test(macro)) throw genericError(`Invalid macro name ${repr(macro)}`);
    checkAllowed(macro, allowed);
  }
  return Object.fromEntries(Object.entries(macros).map(([macro, value]) => [`rpm.macro.${macro}`, value]));
}

function removedMacros(macros: XmlRpcValue, allowed: readonly string[]): string[] {
  const names = toKeys(macros);
  for (const macro of names) checkAllowed(macro, allowed);
  return names.map((macro) => `rpm.macro.${macro}`);
}

function checkAllowed(macro: string, allowed: readonly string[]): void {
  if (!allowed.some((pattern) => matchesGlob(macro, pattern)))
    throw genericError(`RPM macro ${macro} editing is not allowed via parent tag`);
}
