import type { XmlRpcStruct } from "../../adapters/koji/xmlrpc.ts";
import type { Core } from "./core.ts";
import { changed, nextId } from "./database.ts";
import { genericError } from "./fault.ts";
import { find } from "./find.ts";
import { formatNvr, type Nvr } from "./nvr.ts";
import { repr } from "./python.ts";
import type { BuildRow, RpmRow, Tag, TaskRow } from "./rows.ts";
import { ancestorsOf, newEvent, tagChanged } from "./tags.ts";

/** koji.BUILD_STATES. */
export const BUILD_STATES = { BUILDING: 0, COMPLETE: 1, FAILED: 3, CANCELED: 4 } as const;

export interface NewBuild extends Nvr {
  readonly task: TaskRow;
  readonly source: string | null;
  readonly extra: XmlRpcStruct | null;
  readonly draft: boolean;
}

export function findBuild(core: Core, nvr: string): BuildRow | undefined {
  let found: BuildRow | undefined;
  for (const build of core.db.builds.values()) if (formatNvr(build) === nvr) found = build;
  return found;
}

/** The hub's `host.initBuild`: an NVR exists once, unless its build failed or was cancelled (koji-facts, section 9). */
export function initBuild(core: Core, data: NewBuild): BuildRow {
  const old = findBuild(core, formatNvr(data));
  if (old?.state === BUILD_STATES.BUILDING) throw genericError(`Build already in progress (task ${old.task})`);
  if (old?.state === BUILD_STATES.COMPLETE && !data.draft) {
    const { name, version, release } = data;
    throw genericError(
      `Build already exists (id=${old.id}, state=COMPLETE): ${repr({ name, version, release, epoch: null, task_id: data.task.id })}`,
    );
  }
  if (old !== undefined) core.db.builds.delete(old.id);
  if (!core.db.packages.has(data.name)) core.db.packages.set(data.name, nextId(core.db, "package"));
  const build: BuildRow = {
    id: old?.id ?? nextId(core.db, "build", { task: data.task.id }),
    name: data.name,
    version: data.version,
    release: data.release,
    owner: data.task.owner,
    task: data.task.id,
    source: data.source,
    extra: data.extra,
    draft: data.draft,
    created: core.clock.now(),
    createEvent: newEvent(core),
    state: BUILD_STATES.BUILDING,
    completed: null,
    rpms: [],
    tags: new Map(),
  };
  core.db.builds.set(build.id, build);
  return build;
}

export function endBuild(core: Core, build: BuildRow, state: BuildRow["state"]): void {
  build.state = state;
  build.completed = core.clock.now();
  changed(core.db);
}

/** A build that is still BUILDING ends with its task. */
export function settleBuildOf(core: Core, task: TaskRow): void {
  for (const build of core.db.builds.values()) {
    if (build.task !== task.id || build.state !== BUILD_STATES.BUILDING) continue;
    endBuild(core, build, task.state === "CANCELED" ? BUILD_STATES.CANCELED : BUILD_STATES.FAILED);
  }
}

export function tagBuild(core: Core, build: BuildRow, tag: Tag): void {
  build.tags.set(tag.id, tagChanged(core, tag));
}

/** Builds of a tag, newest tagging first; with `inherit` also those of its ancestors. */
export function buildsIn(core: Core, tag: Tag, inherit: boolean): { build: BuildRow; tag: Tag; event: number }[] {
  const tags = inherit ? [tag, ...ancestorsOf(core, tag).map((link) => link.tag)] : [tag];
  return tags.flatMap((one) =>
    [...core.db.builds.values()]
      .flatMap((build) => {
        const event = build.tags.get(one.id);
        return event === undefined || build.state !== BUILD_STATES.COMPLETE ? [] : [{ build, tag: one, event }];
      })
      .sort((a, b) => b.event - a.event),
  );
}

/** What the builders made becomes the build's packages; the first arch also brought the source package. */
export function importRpms(core: Core, build: BuildRow, arches: TaskRow[]): void {
  const built = core.clock.now();
  const add = (arch: string, buildroot: number) => build.rpms.push(toRpm(core, build, arch, buildroot, built));
  arches.forEach((task, i) => {
    const root = find(core.db.buildroots.values(), (one) => one.task === task.id)?.id ?? 0;
    if (i === 0) add("src", root);
    add(task.label ?? "noarch", root);
  });
  endBuild(core, build, BUILD_STATES.COMPLETE);
}

function toRpm(core: Core, build: BuildRow, arch: string, buildroot: number, built: number): RpmRow {
  const id = nextId(core.db, "rpm");
  const payloadHash = Buffer.from(`${formatNvr(build)}.${arch}`.padEnd(16))
    .toString("hex")
    .slice(0, 32);
  return { id, arch, buildroot, size: 6000 + id, payloadHash, built };
}
