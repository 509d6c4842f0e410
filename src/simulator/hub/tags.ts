import type { XmlRpcValue } from "../../adapters/koji/xmlrpc.ts";
import type { Core } from "./core.ts";
import { changed, nextId } from "./database.ts";
import { genericError } from "./fault.ts";
import { find } from "./find.ts";
import { repr } from "./python.ts";
import type { PackageEntry, Tag, Target } from "./rows.ts";
import type { Answer } from "./values.ts";

/** By id or name, as most tag methods take it. */
export function findTag(core: Core, key: Answer): Tag | undefined {
  if (typeof key === "number") return core.db.tags.get(key);
  return find(core.db.tags.values(), (tag) => tag.name === key);
}

export function requireTag(core: Core, key: Answer): Tag {
  const tag = findTag(core, key);
  if (tag === undefined) throw genericError(`No such tagInfo: ${repr(key)}`);
  return tag;
}

export function findTarget(core: Core, key: Answer): Target | undefined {
  if (typeof key === "number") return core.db.targets.get(key);
  return find(core.db.targets.values(), (target) => target.name === key);
}

/** The ancestors, nearest first: depth first, siblings by priority, each tag once. */
export function ancestorsOf(
  core: Core,
  tag: Tag,
  seen = new Set([tag.id]),
): { tag: Tag; depth: number; child: number; priority: number }[] {
  const links = tag.parents.toSorted((a, b) => a.priority - b.priority);
  return links.flatMap(({ parent, priority }) => {
    const found = core.db.tags.get(parent);
    if (found === undefined || seen.has(parent)) return [];
    seen.add(parent);
    const deeper = ancestorsOf(core, found, seen).map((link) => ({ ...link, depth: link.depth + 1 }));
    return [{ tag: found, depth: 1, child: tag.id, priority }, ...deeper];
  });
}

export interface BuildConfig {
  readonly arches: string | null;
  readonly archesFrom: Tag | null;
  readonly extra: ReadonlyMap<string, XmlRpcValue>;
  /** Which ancestor an inherited key came from. */
  readonly extraFrom: ReadonlyMap<string, Tag>;
}

/** Arches and extra merged over the inheritance: the nearest wins, a blocked key hides those behind it. */
export function buildConfigOf(core: Core, tag: Tag): BuildConfig {
  const extra = new Map(tag.extra);
  const blocked = new Set(tag.blockedExtra);
  const extraFrom = new Map<string, Tag>();
  let { arches } = tag;
  let archesFrom: Tag | null = null;
  for (const { tag: ancestor } of ancestorsOf(core, tag)) {
    if (arches === null && ancestor.arches !== null) {
      arches = ancestor.arches;
      archesFrom = ancestor;
    }
    for (const [key, value] of ancestor.extra) {
      if (extra.has(key) || blocked.has(key)) continue;
      extra.set(key, value);
      extraFrom.set(key, ancestor);
    }
    for (const key of ancestor.blockedExtra) if (!extra.has(key)) blocked.add(key);
  }
  return { arches, archesFrom, extra, extraFrom };
}

/** A package's entry in the tag's list or the nearest ancestor's. */
export function packageConfigOf(core: Core, tag: Tag, name: string): { tag: Tag; entry: PackageEntry } | undefined {
  for (const candidate of [tag, ...ancestorsOf(core, tag).map((link) => link.tag)]) {
    const entry = candidate.packages.get(name);
    if (entry !== undefined) return { tag: candidate, entry };
  }
  return undefined;
}

/** A new event of the hub's history, and the tag's last change. */
export function tagChanged(core: Core, tag: Tag): number {
  tag.lastChange = newEvent(core);
  return tag.lastChange;
}

export function newEvent(core: Core): number {
  const id = nextId(core.db, "event");
  core.db.events.set(id, core.clock.now());
  changed(core.db);
  return id;
}

/** The event that makes a repo of this tag stale: its own last change or an ancestor's. */
export function lastChangeOf(core: Core, tag: Tag): number {
  return Math.max(tag.lastChange, ...ancestorsOf(core, tag).map((link) => link.tag.lastChange));
}
