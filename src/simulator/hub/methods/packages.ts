import type { XmlRpcValue } from "../../../adapters/koji/xmlrpc.ts";
import { assertLogin, type Call, type Core } from "../core.ts";
import { nextId } from "../database.ts";
import { actionNotAllowed, genericError } from "../fault.ts";
import { str, truthy } from "../python.ts";
import { applyQuery } from "../query.ts";
import { method } from "../registry.ts";
import type { PackageEntry, Tag } from "../rows.ts";
import { ancestorsOf, packageConfigOf, requireTag, tagChanged } from "../tags.ts";
import type { Answer, AnswerStruct } from "../values.ts";
import { findUser } from "./misc.ts";

export const packageMethods = [
  method("checkTagPackage", "tag, pkg", checkTagPackage),
  method("getPackageConfig", "tag, pkg, event=None", getPackageConfig),
  method(
    "listPackages",
    "tagID=None, userID=None, pkgID=None, prefix=None, inherited=False, with_dups=False, event=None, queryOpts=None",
    listPackages,
  ),
  method(
    "packageListAdd",
    "taginfo, pkginfo, owner=None, block=None, extra_arches=None, force=False, update=False",
    packageListAdd,
  ),
];

function checkTagPackage({ core }: Call, key: XmlRpcValue, name: XmlRpcValue): Answer {
  const found = packageConfigOf(core, requireTag(core, key), str(name));
  return found !== undefined && !found.entry.blocked;
}

function getPackageConfig({ core }: Call, key: XmlRpcValue, name: XmlRpcValue): Answer {
  const found = packageConfigOf(core, requireTag(core, key), str(name));
  return found === undefined ? null : toPackage(core, found.tag, str(name), found.entry);
}

function toPackage(core: Core, tag: Tag, name: string, entry: PackageEntry): AnswerStruct {
  return {
    blocked: entry.blocked,
    extra_arches: entry.extraArches,
    owner_id: entry.owner,
    owner_name: core.db.users.get(entry.owner)?.name ?? null,
    package_id: core.db.packages.get(name) ?? null,
    package_name: name,
    tag_id: tag.id,
    tag_name: tag.name,
  };
}

function listPackages({ core }: Call, ...args: XmlRpcValue[]): Answer {
  const [key = null, , pkg = null, prefix = null, inherited = null, , , queryOpts = null] = args;
  if (key === null) throw genericError("the world lists packages of a tag only");
  const tag = requireTag(core, key);
  const tags = truthy(inherited) ? [tag, ...ancestorsOf(core, tag).map((link) => link.tag)] : [tag];
  const seen = new Map<string, AnswerStruct>();
  for (const one of tags)
    for (const [name, entry] of one.packages)
      if (!seen.has(name) && (pkg === null || name === pkg) && name.startsWith(prefix === null ? "" : str(prefix)))
        seen.set(name, toPackage(core, one, name, entry));
  return applyQuery([...seen.values()], queryOpts);
}

/** A package already in the list is left as it is; a blocked one stays blocked unless forced. */
function packageListAdd({ core, caller }: Call, key: XmlRpcValue, pkg: XmlRpcValue, ...rest: XmlRpcValue[]): Answer {
  const [owner = null, block = null, extraArches = null] = rest;
  const user = assertLogin(caller);
  const tag = requireTag(core, key);
  const reason = core.settings.policy.packageList({ user: user.name, permissions: user.permissions });
  if (reason !== null) throw actionNotAllowed(`policy violation (package_list): package_list: ${reason}`);
  const owning = owner === null ? user : findUser(core, owner);
  if (owning === undefined) throw genericError(`No such user: ${str(owner)}`);
  const name = str(pkg);
  const old = tag.packages.get(name);
  const entry: PackageEntry = {
    owner: owning.id,
    blocked: block === null ? (old?.blocked ?? false) : truthy(block),
    extraArches: extraArches === null ? (old?.extraArches ?? null) : str(extraArches),
  };
  if (old !== undefined && JSON.stringify(old) === JSON.stringify(entry)) return null;
  if (!core.db.packages.has(name)) core.db.packages.set(name, nextId(core.db, "package"));
  tag.packages.set(name, entry);
  tagChanged(core, tag);
  return null;
}
