import { createRandom, type Random } from "./random.ts";
import { type Happening, happen } from "./stories.ts";

/** One call of a forge, made again until it is acknowledged. Times are milliseconds since the start. */
export interface Call {
  readonly at: number;
  readonly id: string;
  readonly told: Happening;
  /** Calls of one chain are made one after the other. */
  readonly chain: string;
  /** Which receiver is called first. */
  readonly door: number;
  /** The forge hangs up so many milliseconds after its first call; null: it waits for the answer. */
  readonly cutAfter: number | null;
}

const OF_ANY = ["kill", "kill", "kill", "hub down", "hub offline", "hub cuts", "forge down", "forge cuts"] as const;
const OF_MANY = [...OF_ANY, "kill", "kill", "redis emptied", "redis restarted", "postgres restarted"] as const;
export type TroubleKind = (typeof OF_MANY)[number];

export interface Trouble {
  readonly at: number;
  readonly kind: TroubleKind;
  /** How long it lasts. */
  readonly ms: number;
  /** Which process, or which of the ways to go wrong. */
  readonly which: number;
}

export interface Plan {
  readonly seed: number;
  /** In order of time. */
  readonly calls: readonly Call[];
  readonly troubles: readonly Trouble[];
  readonly happenings: readonly Happening[];
}

export interface PlanOptions {
  readonly seed: number;
  readonly deliveries: number;
  /** Whether there are Redis, Postgres and several processes to suffer. */
  readonly many: boolean;
}

const PER_SECOND = 12;

/** What is delivered when, and what fails when: all of it by the seed. */
export function makePlan({ seed, deliveries, many }: PlanOptions): Plan {
  const random = createRandom(seed);
  const length = (deliveries / PER_SECOND) * 1000;
  const [calls, happenings]: [Call[], Happening[]] = [[], []];
  for (let n = 1; calls.length < deliveries; n++) {
    const life = happen(random, n);
    happenings.push(...life);
    calls.push(...callsOf(life, random, `c${n}`, random.between(0, length)));
  }
  const sorted = calls.sort((a, b) => a.at - b.at);
  return { seed, calls: sorted, troubles: troublesOf(random, length, many), happenings };
}

/** Some arrive in another order than they happened, some twice, some a second time under another id. */
function callsOf(life: readonly Happening[], random: Random, chain: string, start: number): Call[] {
  let at = start;
  const told = life.map((one, i) => ({ one, id: `${chain}.${i}` }));
  if (told[1]?.one.what === "updated" && random.isLikely(0.25)) told.unshift(...told.splice(1, 1));
  return told.flatMap(({ one, id }) => {
    at += random.between(50, 3_000);
    const call = { at, id, told: one, chain, door: random.between(0, 2) | 0, cutAfter: cut(random) };
    const again = random.isLikely(0.15) ? [{ ...call, at: at + random.between(0, 4_000), chain: `${id} again` }] : [];
    const isPush = one.what === "push" && random.isLikely(0.15);
    const anew = isPush ? [{ ...call, at: at + random.between(0, 4_000), id: `${id}.anew`, chain: `${id} anew` }] : [];
    return [call, ...again, ...anew];
  });
}

const cut = (random: Random) => (random.isLikely(0.08) ? Math.floor(random.between(0, 40)) : null);

function troublesOf(random: Random, length: number, many: boolean): Trouble[] {
  const kinds = many ? OF_MANY : OF_ANY;
  const troubles: Trouble[] = [];
  // All of them once, in any order; then whatever comes.
  const deck = shuffled([...kinds], random);
  for (let at = random.between(300, 900); at < length || deck.length > 0; at += random.between(600, 1_500)) {
    const kind = deck.pop() ?? random.pick(kinds);
    troubles.push({ at, kind, ms: random.between(100, 2_000), which: Math.floor(random.between(0, 60)) });
  }
  return troubles;
}

function shuffled<T>(items: readonly T[], random: Random): T[] {
  return items
    .map((item) => ({ item, at: random.next() }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item);
}
