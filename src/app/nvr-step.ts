import type { Build } from "../domain/build.ts";
import { explain } from "../domain/errors.ts";
import { describeExisting, isInTheWay, isOfCommit } from "../domain/existing.ts";
import { formatNvr, type Nvr, readNvr } from "../domain/nvr.ts";
import { isTagged, type TargetFacts } from "../domain/target.ts";
import { parked, refused, succeeded } from "../domain/transitions.ts";
import type { ForgeFacts } from "../ports/forge.ts";
import type { Hub } from "../ports/hub.ts";
import type { Clock, Log } from "../ports/runtime.ts";
import { factsOf } from "./facts.ts";
import type { HubMemory } from "./hub-memory.ts";
import { packageOf } from "./preflight.ts";
import type { Step } from "./prepare.ts";
import { tagInto } from "./tag-into.ts";

interface NvrDeps {
  readonly facts: ReadonlyMap<string, Pick<ForgeFacts, "file">>;
  readonly hubOf: (name: string) => Hub;
  readonly memory: HubMemory;
  readonly now: Clock;
  readonly jitter: () => number;
  readonly log: Log;
}

/** A real build whose package is on the hub already is found out before builders work for it in vain. */
export function createNvrStep(deps: NvrDeps): Step {
  const { memory, hubOf, now } = deps;
  return {
    asks: "hub",
    async run(build) {
      const { hub, scratch, options, target } = build.request;
      const facts = scratch || options.draft ? null : await memory.target(hub, target);
      const nvr = facts === null ? null : await nvrOf(build, facts, deps);
      const found = nvr === null ? null : await hubOf(hub).made(formatNvr(nvr));
      if (facts === null || found === null || !isInTheWay(found)) return build;
      if (!isOfCommit(found, build)) return refused(build, describeExisting(found), now());
      return adopt(build, { id: found.id, nvr: found.nvr }, facts, deps);
    },
  };
}

async function adopt(
  build: Build,
  { id, nvr }: { readonly id: number; readonly nvr: string },
  { destTag }: TargetFacts,
  { hubOf, now, jitter }: NvrDeps,
): Promise<Build> {
  const { hub, onExisting } = build.request;
  const made = build.made ?? { buildId: id, nvr, adopted: true, tagging: null };
  const wanted = onExisting === "tag" && isTagged(build.request);
  const waiting = wanted ? await tagInto(destTag, made, build, { hub: hubOf(hub), now }) : null;
  if (waiting === null) return succeeded({ ...build, made }, now());
  return waiting.phase === "failed" ? waiting : parked(waiting, waiting.parked?.reason ?? "", now(), jitter());
}

/** Null when it is not certain: then Koji itself says so in the end. */
async function nvrOf(build: Build, target: TargetFacts, { facts, log }: NvrDeps): Promise<Nvr | null> {
  const forge = facts.get(build.forge);
  if (forge === undefined) return null;
  const folder = /\?([^?#]+)#/.exec(build.request.source)?.[1];
  const path = build.request.spec ?? `${folder === undefined ? "" : `${folder}/`}${packageOf(build)}.spec`;
  try {
    const spec = await forge.file(build.repo, build.sha, path);
    return spec === null ? null : readNvr(spec, macrosOf(build, target));
  } catch (error) {
    log.info({ ...factsOf(build), path, error: explain(error) }, "cannot read the spec before the build");
    return null;
  }
}

function macrosOf({ request }: Build, target: TargetFacts): Record<string, string> {
  const macros = new Map(Object.entries(target.macros));
  for (const { name, value } of request.macros)
    if (value === null) macros.delete(name);
    else macros.set(name, value);
  return Object.fromEntries(macros);
}
