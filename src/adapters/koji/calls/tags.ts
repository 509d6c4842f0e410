import type { Caller } from "../caller.ts";
import {
  type From,
  toFlag,
  toInt,
  toIntAnswer,
  toListOf,
  toMembers,
  toNullable,
  toOptionalInt,
  toOptionalText,
  toStruct,
  toText,
} from "../shape.ts";
import { isStruct, named, type XmlRpcStruct, type XmlRpcValue } from "../xmlrpc.ts";

export interface TagSummary {
  readonly id: number;
  readonly name: string;
  readonly arches: readonly string[];
  readonly locked: boolean;
  /** The permission needed to change it, or null. */
  readonly permission: string | null;
}

export interface Tag extends TagSummary {
  /** Values of any type: `rpm.macro.NAME`, `mock.*`, … (koji-facts, section 12). */
  readonly extra: XmlRpcStruct;
}

/** A tag as builds see it, with what it inherits. */
export interface BuildConfig extends Tag {
  /** Of each inherited extra the tag it comes from. */
  readonly inherited: Readonly<Record<string, string>>;
}

export interface Inheritance {
  readonly parentId: number;
  readonly parent: string;
  readonly childId: number;
  readonly priority: number;
  /** Steps from the tag asked about; null in getInheritanceData. */
  readonly depth: number | null;
}

export interface PackageConfig {
  readonly id: number;
  readonly name: string;
  readonly owner: string;
  readonly blocked: boolean;
  readonly extraArches: readonly string[];
  /** The tag that says so. */
  readonly tag: string;
}

export interface TagEdit {
  readonly extra?: Readonly<Record<string, unknown>>;
  readonly removeExtra?: readonly string[];
  /** Hides what is inherited. */
  readonly blockExtra?: readonly string[];
  readonly arches?: readonly string[];
}

export interface TagCalls {
  /** With its own extras only. */
  getTag(tag: string | number): Promise<Tag | null>;
  /** With the extras and arches in effect. */
  getBuildConfig(tag: string | number): Promise<BuildConfig>;
  /** By a glob on the name. */
  listTags(pattern?: string): Promise<TagSummary[]>;
  /** The parents, most important first. */
  getInheritanceData(tag: string | number): Promise<Inheritance[]>;
  /** The parents, their parents and so on, in the order they count. */
  getFullInheritance(tag: string | number): Promise<Inheritance[]>;
  /** null: the package is not in the tag's list. */
  getPackageConfig(tag: string | number, name: string): Promise<PackageConfig | null>;
  /** With what is inherited, unless told otherwise. */
  listPackages(tag: string | number, inherited?: boolean): Promise<PackageConfig[]>;
  /** Event id of the last change, inheritance included. */
  tagLastChangeEvent(tag: string | number): Promise<number | null>;
  /** All or nothing; needs the permission `tag`. Builds see it in repos made afterwards. */
  editTag(tag: string | number, edit: TagEdit): Promise<void>;
}

export function createTagCalls({ read, write }: Caller): TagCalls {
  return {
    async getTag(tag) {
      return toNullable(await read("getTag", tag), "getTag", toTag);
    },
    async getBuildConfig(tag) {
      return toBuildConfig(toStruct(await read("getBuildConfig", tag), "getBuildConfig"));
    },
    async listTags(pattern) {
      return toListOf(await read("listTags", named({ pattern })), "listTags", toSummary);
    },
    async getInheritanceData(tag) {
      return toListOf(await read("getInheritanceData", tag), "getInheritanceData", toInheritance);
    },
    async getFullInheritance(tag) {
      return toListOf(await read("getFullInheritance", tag), "getFullInheritance", toInheritance);
    },
    async getPackageConfig(tag, name) {
      return toNullable(await read("getPackageConfig", tag, name), "getPackageConfig", toPackageConfig);
    },
    async listPackages(tag, inherited = true) {
      return toListOf(await read("listPackages", named({ tagID: tag, inherited })), "listPackages", toPackageConfig);
    },
    async tagLastChangeEvent(tag) {
      const event = await read("tagLastChangeEvent", tag);
      return event === null ? null : toIntAnswer(event, "tagLastChangeEvent");
    },
    async editTag(tag, { extra, removeExtra, blockExtra, arches }) {
      const edit = { extra, remove_extra: removeExtra, block_extra: blockExtra, arches: arches?.join(" ") };
      await write("editTag2", [tag, named(edit)]);
    },
  };
}

/** The RPM macros among a tag's extras, as the builder writes them into the chroot: `str()` of the value (koji-facts, section 12). */
export function toMacros(extra: XmlRpcStruct): Record<string, string> {
  const prefix = "rpm.macro.";
  const macros = Object.entries(extra).filter(([name]) => name.startsWith(prefix));
  return Object.fromEntries(macros.map(([name, value]) => [name.slice(prefix.length), pythonStr(value)]));
}

function pythonStr(value: XmlRpcValue): string {
  if (value === null) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

function toArches(text: string | null): string[] {
  return (text ?? "").split(/\s+/).filter((arch) => arch !== "");
}

function toSummary(from: From): TagSummary {
  return {
    id: toInt(from, "id"),
    name: toText(from, "name"),
    arches: toArches(toOptionalText(from, "arches")),
    locked: toFlag(from, "locked"),
    permission: toOptionalText(from, "perm"),
  };
}

function toTag(from: From): Tag {
  return { ...toSummary(from), extra: toMembers(from, "extra") };
}

function toBuildConfig(from: From): BuildConfig {
  const { extra } = isStruct(from.struct.config_inheritance) ? from.struct.config_inheritance : {};
  const sources = Object.entries(isStruct(extra) ? extra : {});
  const inherited = sources.map(([name, tag]) => [name, toText(toStruct(tag, from.method), "name")]);
  return { ...toTag(from), inherited: Object.fromEntries(inherited) };
}

function toInheritance(from: From): Inheritance {
  return {
    parentId: toInt(from, "parent_id"),
    parent: toText(from, "name"),
    childId: toInt(from, "child_id"),
    priority: toInt(from, "priority"),
    depth: toOptionalInt(from, "currdepth"),
  };
}

function toPackageConfig(from: From): PackageConfig {
  return {
    id: toInt(from, "package_id"),
    name: toText(from, "package_name"),
    owner: toText(from, "owner_name"),
    blocked: toFlag(from, "blocked"),
    extraArches: toArches(toOptionalText(from, "extra_arches")),
    tag: toText(from, "tag_name"),
  };
}
