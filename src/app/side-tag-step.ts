import { createHash } from "node:crypto";
import type { Build } from "../domain/build.ts";
import type { SideTag, SideTagPlace } from "../domain/sidetag.ts";
import { parked, refused } from "../domain/transitions.ts";
import { EN, say } from "../domain/words/words.ts";
import type { Gallery } from "../ports/gallery.ts";
import type { Clock } from "../ports/runtime.ts";
import type { SideTagKeeper, SideTagStore } from "../ports/sidetags.ts";

interface Deps {
  readonly store: SideTagStore & Pick<Gallery, "entry">;
  readonly now: Clock;
  readonly jitter: () => number;
  readonly nudge: () => void;
}

/** The build with a side tag of that base to build on; or waiting for it; or refused. */
export async function throughSideTag(
  build: Build,
  base: string,
  macros: Readonly<Record<string, string>>,
  hub: SideTagKeeper,
  deps: Deps,
): Promise<Build> {
  const { store, now, jitter, nudge } = deps;
  const wanted = toSideTag(await placeOf(build, store), build.request.hub, base, macros, now());
  const tag = await store.wantSideTag(wanted, build);
  if (tag.reason !== null && (tag.phase === "gone" || tag.phase === "removing"))
    return refused(build, say(EN, "why_no_side_tag", { tag: base, reason: tag.reason }), now());
  const wait = () => parked({ ...build, carrier: null }, EN.why_side_tag, now(), jitter());
  if (tag.phase !== "ready" || tag.name === null) {
    nudge();
    return wait();
  }
  if ((await hub.sideTagMacros(tag.name)) === null) {
    // Removed under us: looked at now, it is found gone, and made again because this build waits.
    await store.saveSideTag({ ...tag, phase: "wanted", name: null, wakeAt: now(), updatedAt: now() }, false);
    nudge();
    return wait();
  }
  return { ...build, carrier: { strategy: "side_tag", target: tag.name, tag: tag.name } };
}

/** Whom it belongs to: whoever asked for the build first. */
async function placeOf({ id, forge, repo, sha }: Build, store: Deps["store"]): Promise<SideTagPlace> {
  const origin = (await store.entry(id))?.origin;
  if (origin == null) return { forge, repo, mr: null, ref: `commit ${sha}` };
  if (origin.mr !== null) return { forge, repo, mr: origin.mr, ref: `!${origin.mr}` };
  return { forge, repo, mr: null, ref: `${origin.kind === "tag" ? "tag" : "branch"} ${origin.ref}` };
}

function toSideTag(
  place: SideTagPlace,
  hub: string,
  base: string,
  macros: Readonly<Record<string, string>>,
  now: number,
): SideTag {
  const sorted = Object.fromEntries(Object.entries(macros).sort(([a], [b]) => (a < b ? -1 : 1)));
  const key = JSON.stringify([place.forge, place.repo, place.ref, hub, base, sorted]);
  return {
    id: createHash("sha256").update(key).digest("hex").slice(0, 20),
    revision: 1,
    place,
    hub,
    base,
    macros: sorted,
    phase: "wanted",
    name: null,
    intent: null,
    reason: null,
    tries: 0,
    wakeAt: now,
    usedAt: now,
    createdAt: now,
    updatedAt: now,
  };
}
