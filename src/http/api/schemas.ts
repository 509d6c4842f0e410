import type { Schema } from "./openapi.ts";

/** JSON Schema of what the API takes and answers: answers are cut to it, and OpenAPI shows it. */

const text = { type: "string" } as const;
const textOrNull = { type: ["string", "null"] } as const;
const number = { type: "integer" } as const;
const flag = { type: "boolean" } as const;
const time = { type: "integer", description: "Epoch milliseconds." } as const;
const timeOrNull = { type: ["integer", "null"], description: "Epoch milliseconds." } as const;
/** Parts of a record that are told as they are. */
const anything = { type: ["object", "null"], additionalProperties: true } as const;

function object(properties: Readonly<Record<string, Schema>>): Schema {
  return { type: "object", properties, required: Object.keys(properties), additionalProperties: false };
}

function list(items: Schema): Schema {
  return { type: "array", items };
}

const trace = object({
  rule: text,
  matched: flag,
  reason: { ...textOrNull, description: "The first condition that did not hold." },
  refused: list(text),
});

export const build = object({
  id: text,
  phase: text,
  description: { ...text, description: "The words of its commit status." },
  forge: text,
  repo: text,
  sha: text,
  rule: text,
  hub: text,
  target: text,
  scratch: flag,
  arches: list(text),
  source: text,
  context: text,
  macros: list(object({ name: text, value: text, layer: text })),
  delivery: text,
  origin: { ...anything, description: "Who caused it: kind, author, ref, mr, title, webUrl." },
  attempt: number,
  reason: textOrNull,
  parked: anything,
  ending: anything,
  hold: anything,
  carrier: anything,
  made: { ...anything, description: "The Koji build of a real one: buildId, nvr, adopted." },
  failures: list({ type: "object", additionalProperties: true }),
  retries: list({ type: "object", additionalProperties: true }),
  task: { ...anything, description: "The Koji task: id, state, times, children, url." },
  createdAt: time,
  updatedAt: time,
  finishedAt: timeOrNull,
});

export const deliveryLine = object({
  delivery: text,
  forge: text,
  event: text,
  repo: textOrNull,
  author: textOrNull,
  receivedAt: time,
  waiting: textOrNull,
  ignored: textOrNull,
  builds: list(text),
});

export const delivery: Schema = {
  type: "object",
  properties: {
    delivery: text,
    forge: text,
    event: text,
    receivedAt: time,
    waiting: textOrNull,
    ignored: { ...textOrNull, description: "Why nothing was built." },
    builds: list(text),
    trace: list({ ...trace, additionalProperties: true }),
    bytes: number,
    summary: { ...anything, description: "The event as the rules saw it." },
    headers: { type: "object", additionalProperties: text, description: "Only with the token." },
    payload: { description: "Only with the token." },
  },
  required: ["delivery", "forge", "event", "receivedAt", "waiting", "ignored", "builds", "trace", "bytes", "summary"],
  additionalProperties: false,
};

const hub = object({
  name: text,
  webUrl: textOrNull,
  state: { ...text, enum: ["up", "down", "unknown"] },
  problem: textOrNull,
  user: { ...textOrNull, description: "Whom the hub takes us for." },
  downUntil: { ...timeOrNull, description: "While its breaker is open: when it is asked again." },
  waiting: { type: "object", additionalProperties: number, description: "Arch: tasks that wait for a builder." },
  running: { ...number, description: "Our builds there." },
});

export const hubs = object({ hubs: list(hub) });
export const anyObject: Schema = { type: "object", additionalProperties: true };

export const ask: Schema = {
  type: "object",
  properties: {
    forge: text,
    repo: text,
    branch: text,
    tag: text,
    sha: { ...text, pattern: "^(?:[0-9a-f]{40}|[0-9a-f]{64})$" },
    rule: text,
    hub: text,
    target: text,
    scratch: flag,
  },
  required: ["forge", "repo"],
  additionalProperties: false,
};

export const started = object({
  delivery: text,
  builds: list(text),
  ignored: textOrNull,
  trace: list({ ...trace, additionalProperties: true }),
});
export const replayed = object({ delivery: text, builds: list(text), ignored: textOrNull });
export const problem = object({ error: text });

/** A page of a list; `next` goes into `after` of the next request. */
export function page(key: string, items: Schema): Schema {
  return object({ [key]: list(items), next: { ...textOrNull, description: "Null on the last page." } });
}

export function query(fields: Readonly<Record<string, string>>): Schema {
  const properties = Object.fromEntries(
    Object.entries(fields).map(([name, description]) => [name, { ...text, description }]),
  );
  return { type: "object", properties };
}
