import type { XmlRpcStruct } from "../../adapters/koji/xmlrpc.ts";
import type { Core } from "./core.ts";
import { nextId } from "./database.ts";
import { find } from "./find.ts";
import { finishRepo, initRepo } from "./repos.ts";
import type { Tag, User } from "./rows.ts";
import { tagChanged } from "./tags.ts";

/** What a world starts with. Everything is numbered in the order given, from 1. */
export interface Content {
  readonly users: readonly SeedUser[];
  readonly tags: readonly SeedTag[];
  readonly targets: readonly SeedTarget[];
  readonly hosts: readonly SeedHost[];
  /** Further channels, after `default` and `createrepo`; without hosts their tasks stay FREE. */
  readonly channels: readonly { readonly name: string; readonly hosts: readonly string[] }[];
}

interface SeedUser {
  readonly name: string;
  readonly password?: string;
  readonly principals?: readonly string[];
  readonly permissions?: readonly string[];
}

interface SeedTag {
  readonly name: string;
  readonly arches?: string;
  readonly locked?: boolean;
  readonly extra?: XmlRpcStruct;
  /** Names of tags given before, nearest first. */
  readonly parents?: readonly string[];
  /** The package list; a leading `!` blocks. */
  readonly packages?: readonly string[];
}

interface SeedTarget {
  readonly name: string;
  readonly build: string;
  readonly dest: string;
}

interface SeedHost {
  readonly name: string;
  readonly arches: string;
  /** In no channel unless one names it. */
  readonly idle?: boolean;
}

/** A small Fedora-like hub. */
export const DEFAULT_CONTENT: Content = {
  users: [
    {
      name: "kojiadmin",
      password: "kojiadmin-test-password",
      principals: ["kojiadmin@KOJI.TEST"],
      permissions: ["admin"],
    },
    { name: "kojibridge", password: "kojibridge-test-password", principals: ["kojibridge@KOJI.TEST"] },
    { name: "packager", password: "packager-test-password", principals: ["packager@KOJI.TEST"] },
    { name: "kojira", password: "kojira-test-password", permissions: ["repo"] },
    { name: "otheruser", password: "otheruser-test-password" },
  ],
  tags: [
    { name: "f42", arches: "x86_64 aarch64", packages: ["hello", "bash", "glibc", "!blockedpkg"] },
    { name: "f42-updates", arches: "x86_64 aarch64", parents: ["f42"] },
    { name: "f42-updates-candidate", arches: "", parents: ["f42-updates"] },
    {
      name: "f42-build",
      arches: "x86_64 aarch64",
      parents: ["f42"],
      extra: {
        "rpm.macro.dist": ".fc42",
        sidetag_rpm_macros_allowed: ["dist", "debug_package", "ci_*", "_with_*", "_without_*"],
      },
    },
    { name: "c9s", arches: "x86_64 aarch64", packages: ["hello", "bash"] },
    { name: "c9s-candidate", arches: "", parents: ["c9s"] },
    { name: "c9s-build", arches: "x86_64 aarch64", parents: ["c9s"], extra: { "rpm.macro.dist": ".el9" } },
  ],
  targets: [
    { name: "f42-candidate", build: "f42-build", dest: "f42-updates-candidate" },
    { name: "c9s-candidate", build: "c9s-build", dest: "c9s-candidate" },
  ],
  hosts: [{ name: "builder1", arches: "x86_64 aarch64" }],
  channels: [],
};

export function seed(core: Core, content: Content): void {
  for (const user of content.users) addUser(core, user);
  const hosts = new Map<string, number>();
  for (const host of content.hosts) hosts.set(host.name, addHost(core, host));
  const all = content.hosts.filter((host) => !host.idle).map((host) => host.name);
  const channels = [{ name: "default", hosts: all }, { name: "createrepo", hosts: all }, ...content.channels];
  channels.forEach(({ name, hosts: names }, i) => {
    core.db.channels.set(i + 1, { id: i + 1, name, hosts: names.flatMap((one) => hosts.get(one) ?? []) });
  });
  for (const tag of content.tags) addTag(core, tag);
  for (const target of content.targets) addTarget(core, target);
}

function addUser(core: Core, seeded: SeedUser): User {
  const user: User = {
    id: nextId(core.db, "user"),
    name: seeded.name,
    password: seeded.password ?? null,
    blocked: false,
    principals: [...(seeded.principals ?? [])],
    permissions: new Set(seeded.permissions),
  };
  core.db.users.set(user.id, user);
  return user;
}

/** A host is a user too. */
function addHost(core: Core, host: SeedHost): number {
  const user = addUser(core, { name: host.name });
  const id = core.db.hosts.size + 1;
  core.db.hosts.set(id, { id, name: host.name, user: user.id, arches: host.arches });
  return id;
}

function addTag(core: Core, seeded: SeedTag): Tag {
  const parents = (seeded.parents ?? []).map((name, priority) => ({ parent: tagNamed(core, name).id, priority }));
  const tag: Tag = {
    id: nextId(core.db, "tag"),
    name: seeded.name,
    arches: seeded.arches ?? null,
    locked: seeded.locked ?? false,
    extra: new Map(Object.entries(seeded.extra ?? {})),
    blockedExtra: new Set(),
    parents,
    packages: new Map(),
    lastChange: 0,
  };
  core.db.tags.set(tag.id, tag);
  for (const name of seeded.packages ?? []) addPackage(core, tag, name);
  tagChanged(core, tag);
  return tag;
}

function addPackage(core: Core, tag: Tag, text: string): void {
  const name = text.replace(/^!/, "");
  if (!core.db.packages.has(name)) core.db.packages.set(name, nextId(core.db, "package"));
  tag.packages.set(name, { owner: 1, blocked: text.startsWith("!"), extraArches: null });
}

/** A target's build tag gets a repo, so that builds start at once. */
function addTarget(core: Core, seeded: SeedTarget): void {
  const id = nextId(core.db, "target", { label: seeded.name });
  const build = tagNamed(core, seeded.build);
  core.db.targets.set(id, { id, name: seeded.name, buildTag: build.id, destTag: tagNamed(core, seeded.dest).id });
  const known = find(core.db.repos.values(), (repo) => repo.tag === build.id) !== undefined;
  if (!known) finishRepo(core, initRepo(core, build, null));
}

function tagNamed(core: Core, name: string): Tag {
  const tag = find(core.db.tags.values(), (one) => one.name === name);
  if (tag === undefined) throw new Error(`the world has no tag ${name}: give it before it is used`);
  return tag;
}
