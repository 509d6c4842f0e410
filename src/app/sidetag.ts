import { explain, KojibridgeError, kindOf } from "../domain/errors.ts";
import {
  isExpired,
  later,
  named,
  notCreated,
  refusedTag,
  type SideTag,
  type SideTagIntent,
  toCreating,
  toGone,
  toReady,
  toRemoving,
} from "../domain/sidetag.ts";
import type { Hub } from "../ports/hub.ts";
import type { Clock, Log } from "../ports/runtime.ts";
import type { SideTagStore } from "../ports/sidetags.ts";

export interface SideTagDeps {
  readonly store: SideTagStore;
  readonly hubs: ReadonlyMap<string, Hub>;
  /** Milliseconds a side tag of that hub lives without being used. */
  readonly lifetime: (hub: string) => number;
  readonly now: Clock;
  /** In [0, 1): spreads retries. */
  readonly jitter: () => number;
  readonly log: Log;
  /** Something became due. */
  readonly nudge: () => void;
}

interface Context extends SideTagDeps {
  readonly hub: Hub;
  readonly facts: object;
  /** Saves; `news` for those who wait for it. */
  save(tag: SideTag, news?: boolean): Promise<SideTag>;
}

/** One pass over one side tag: load, look, act, save. Safe to run again at any moment. */
export function createReconcileSideTag(deps: SideTagDeps): (id: string) => Promise<void> {
  return async (id) => {
    const tag = await deps.store.sidetag(id);
    if (tag?.wakeAt == null || tag.wakeAt > deps.now()) return;
    const hub = deps.hubs.get(tag.hub);
    if (hub === undefined) throw new KojibridgeError("invalid", `the configuration has no hub \`${tag.hub}\` any more`);
    const context = { ...deps, hub, facts: { sidetag: id, hub: tag.hub, base: tag.base, repo: tag.place.repo } };
    await step(tag, { ...context, save: createSave(deps) });
  };
}

function createSave({ store, nudge, now }: SideTagDeps): Context["save"] {
  return async (tag, news = false) => {
    const saved = await store.saveSideTag(tag, news);
    if (news || (tag.wakeAt !== null && tag.wakeAt <= now())) nudge();
    return saved;
  };
}

async function step(tag: SideTag, context: Context): Promise<void> {
  switch (tag.phase) {
    case "wanted":
      return create(tag, context);
    case "creating":
      return tag.name === null ? findOut(tag, context) : setUp(tag, tag.name, context);
    case "ready":
      return look(tag, context);
    case "removing":
      return tag.name === null ? withoutName(tag, context) : remove(tag, tag.name, context);
    case "gone":
      return;
  }
}

/** Intent before the irreversible call, fact after it; one at a time of a hub and base, since nothing marks them as ours. */
async function create(tag: SideTag, context: Context): Promise<void> {
  const { hub, store, now, log, facts } = context;
  const intended = await guarded(tag, context, async () => {
    const session = await hub.session();
    const known = await hub.sideTagsOf(tag.base);
    const intent: SideTagIntent = { session: session.id, newest: known.at(-1)?.id ?? 0 };
    return store.claimSideTag(toCreating(tag, intent, now()));
  });
  if (intended === undefined) return;
  if (intended === null) return void (await context.save(later({ ...tag, tries: 0 }, now(), 0)));
  const made = await send(intended, context);
  if (made === null) return;
  log.info({ ...facts, name: made.name }, "side tag made");
  if (made.name !== null) await setUp(made, made.name, context);
}

/** Outside of any catch: what the database says is about the record, not about what became of the call. */
async function send(tag: SideTag, context: Context): Promise<SideTag | null> {
  const after = await sent(tag, context);
  const saved = await context.save(after, after.phase === "gone");
  return after.name === null ? null : saved;
}

async function sent(tag: SideTag, { hub, now, jitter, log, facts }: Context): Promise<SideTag> {
  try {
    const { name } = await hub.createSideTag(tag.intent?.session ?? 0, tag.base);
    return named(tag, name, now());
  } catch (error) {
    log.warn({ ...facts, error: explain(error) }, "cannot make the side tag");
    switch (kindOf(error)) {
      case "rejected":
        return refusedTag(tag, explain(error), now());
      case "conflict":
        return notCreated(tag, now());
      case "transient":
      case "throttled":
      case "auth":
      case "invalid":
        return later(notCreated(tag, now()), now(), jitter());
      default:
        // It may have happened.
        return later(tag, now(), jitter());
    }
  }
}

/** Fence, look, then adopt or let it be made again (koji-facts, section 16). */
async function findOut(tag: SideTag, context: Context): Promise<void> {
  const { intent } = tag;
  if (intent === null) return void (await context.save(notCreated(tag, context.now())));
  const name = await guarded(tag, context, () => findOurs(tag, intent, context));
  if (name === undefined) return;
  context.log.info(
    { ...context.facts, name },
    name === null ? "no side tag was made, trying again" : "side tag adopted",
  );
  await context.save(name === null ? notCreated(tag, context.now()) : named(tag, name, context.now()));
}

/** Newer than all we knew, of no record of ours, without macros and never built in. */
async function findOurs(
  tag: SideTag,
  { session, newest }: SideTagIntent,
  { hub, store }: Context,
): Promise<string | null> {
  await hub.fence(session);
  const taken = await store.sideTagNames(tag.hub);
  for (const { id, name } of await hub.sideTagsOf(tag.base)) {
    if (id <= newest || taken.has(name)) continue;
    const macros = await hub.sideTagMacros(name);
    if (macros !== null && Object.keys(macros).length === 0 && (await hub.isEmptyTag(name))) return name;
  }
  return null;
}

async function setUp(tag: SideTag, name: string, context: Context): Promise<void> {
  const { hub, now, lifetime, log, facts, save } = context;
  const done = await guarded(tag, context, async () => {
    if ((await hub.sideTagMacros(name)) === null) return "vanished";
    await hub.setSideTagMacros(name, tag.macros);
    return "ready";
  });
  if (done === undefined) return;
  log.info({ ...facts, name }, `side tag ${done}`);
  if (done === "ready") await save(toReady(tag, lifetime(tag.hub), now()), true);
  else await save(toGone(tag, now()), true);
}

/** It may have been removed or changed by hand, or by Koji's garbage collection; and it does not live for ever. */
async function look(tag: SideTag, context: Context): Promise<void> {
  const { lifetime, now, log, facts, save } = context;
  if (isExpired(tag, lifetime(tag.hub), now())) {
    log.info({ ...facts, name: tag.name }, "side tag was not used for long, removing it");
    await save(toRemoving(tag, null, now()));
    return;
  }
  if (tag.name !== null) await setUp(tag, tag.name, context);
}

async function withoutName(tag: SideTag, context: Context): Promise<void> {
  if (tag.intent !== null) await findOut(tag, context);
  else await context.save(toGone(tag, context.now()), true);
}

/** Tasks that still run there come first: they are being canceled, or somebody else wants them. */
async function remove(tag: SideTag, name: string, context: Context): Promise<void> {
  const { hub, store, now, jitter, log, facts, save } = context;
  const done = await guarded(tag, context, async () => {
    if ((await store.sideTagUsers(tag.id)) > 0) return false;
    await hub.removeSideTag(name);
    return true;
  });
  if (done === undefined) return;
  if (!done) return void (await save(later(tag, now(), jitter())));
  log.info({ ...facts, name }, "side tag removed");
  await save(toGone(tag, now()), true);
}

/** Undefined after an error that was dealt with: what a later pass may change waits, what the hub will never do ends. */
async function guarded<T>(tag: SideTag, context: Context, work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    const { log, facts, now, jitter, save } = context;
    const kind = kindOf(error);
    if (kind === "bug" || kind === "conflict") throw error;
    log.warn({ ...facts, name: tag.name, error: explain(error) }, "cannot go on with the side tag");
    // With an intent something of ours may be on the hub: it is asked until it tells.
    if (kind !== "rejected" || tag.intent !== null) await save(later(tag, now(), jitter()));
    else if (tag.phase === "removing") await save(toGone(tag, now()), true);
    else if (tag.name === null) await save(refusedTag(tag, explain(error), now()), true);
    else await save(toRemoving(tag, explain(error), now()), true);
    return undefined;
  }
}
