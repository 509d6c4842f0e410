import { describe, expect, it } from "vitest";
import { KojibridgeError } from "../../src/domain/errors.ts";
import { convert, demo, golden } from "./payloads.ts";

const SEED = Number(process.env.FUZZ_SEED ?? 20_261_120);
const ROUNDS = 200;

/** mulberry32: the same seed gives the same mutations everywhere. */
function createRandom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}

const DEEP = "10,000 levels";
const DEEP_JSON = `${'[{"id":'.repeat(5_000)}1${"}]".repeat(5_000)}`;

const JUNK: readonly unknown[] = [
  null,
  undefined,
  true,
  0,
  -1,
  1.5,
  2 ** 60,
  Number.NaN,
  "",
  "\0",
  "null",
  "refs/heads/",
  "refs/tags/v1",
  "0".repeat(40),
  "0".repeat(64),
  "g".repeat(40),
  "https://user:secret@forge/x.git",
  "file:///etc/passwd",
  "x".repeat(100_000),
  "\u{1F600}\u202e",
  [],
  [[]],
  [null],
  {},
  { id: {} },
  JSON.parse('{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}'),
  DEEP,
];
const KEYS = ["__proto__", "constructor", "toString", "hasOwnProperty", "ref", "id"];

type Container = Record<string, unknown> | unknown[];

/** The outermost first. */
function containersOf(payload: unknown): Container[] {
  const found: unknown[] = [payload];
  for (const value of found) {
    if (typeof value === "object" && value !== null)
      found.push(...Object.values(value).filter((v) => typeof v === "object"));
  }
  return found.filter((value): value is Container => typeof value === "object" && value !== null);
}

function put(into: object, key: string, value: unknown): void {
  Object.defineProperty(into, key, { value, enumerable: true, configurable: true, writable: true });
}

function mutate(payload: unknown, random: (below: number) => number): unknown {
  const copy = structuredClone(payload);
  const containers = containersOf(copy);
  for (let changes = 1 + random(3); changes > 0; changes--) {
    // What is read lies near the surface of a deep payload.
    const into = containers[Math.min(random(containers.length), random(containers.length))] as Record<string, unknown>;
    const keys = Object.keys(into);
    const key = keys[random(keys.length || 1)] ?? "x";
    const junk = structuredClone(JUNK[random(JUNK.length)]);
    const what = random(5);
    if (what === 0) delete into[key];
    else if (what === 1) put(into, KEYS[random(KEYS.length)] ?? "x", junk);
    else if (what === 2) put(into, key, structuredClone(containers[random(containers.length)]));
    else put(into, key, junk);
  }
  // What arrives has been through JSON: `__proto__` is a member like any other, undefined is gone.
  return JSON.parse(
    JSON.stringify(random(50) === 0 ? (JUNK[random(JUNK.length)] ?? null) : copy).replaceAll(`"${DEEP}"`, DEEP_JSON),
  );
}

/** The three ways out; anything else is a crash. */
function outcome(parse: () => object): string {
  try {
    const result = parse();
    return "ignored" in result ? "ignored" : "event";
  } catch (error) {
    if (error instanceof KojibridgeError && error.kind === "invalid" && /^[\w.[\]]+: expected /.test(error.message))
      return "invalid";
    throw error;
  }
}

describe(`mutated payloads never crash (seed ${SEED})`, () => {
  const random = createRandom(SEED);
  const seen: Record<string, number> = {};

  it.each([...golden, ...demo])("$forge $name", ({ forge, event, payload }) => {
    for (let i = 0; i < ROUNDS; i++) {
      const mutant = mutate(payload, random);
      const result = outcome(() => convert[forge](forge, event, mutant));
      seen[result] = (seen[result] ?? 0) + 1;
    }
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  it("reached every way out", () => {
    expect(seen.event).toBeGreaterThan(500);
    expect(seen.ignored).toBeGreaterThan(500);
    expect(seen.invalid).toBeGreaterThan(500);
  });
});
