import type { HubRights, TargetFacts } from "../domain/target.ts";
import type { Hub } from "../ports/hub.ts";
import type { PackageFacts } from "../ports/hub-facts.ts";
import type { Clock } from "../ports/runtime.ts";

/** What was just said needs not be asked for every build; what is missing is asked again at once: somebody may be at it. */
const REMEMBERED_MS = 60_000;
const MOST = 10_000;

/** Answers of hubs, for a minute. */
export interface HubMemory {
  target(hub: string, name: string): Promise<TargetFacts | null>;
  rights(hub: string): Promise<HubRights>;
  package(hub: string, tag: string, name: string): Promise<PackageFacts | null>;
}

export function createHubMemory(hubOf: (name: string) => Hub, now: Clock): HubMemory {
  const known = new Map<string, { readonly until: number; readonly answer: Promise<unknown> }>();

  function remembered<T>(key: string, ask: () => Promise<T>): Promise<T> {
    const found = known.get(key);
    if (found !== undefined && found.until > now()) return found.answer as Promise<T>;
    if (known.size >= MOST) known.clear();
    const answer = ask();
    const entry = { until: now() + REMEMBERED_MS, answer };
    known.set(key, entry);
    const forget = () => {
      if (known.get(key) === entry) known.delete(key);
    };
    answer.then((value) => value === null && forget(), forget);
    return answer;
  }

  return {
    target: (hub, name) => remembered(`target ${hub} ${name}`, () => hubOf(hub).target(name)),
    rights: (hub) => remembered(`rights ${hub}`, () => hubOf(hub).rights()),
    package: (hub, tag, name) => remembered(`package ${hub} ${tag} ${name}`, () => hubOf(hub).package(tag, name)),
  };
}
