import { subscribe } from "node:diagnostics_channel";
import type { IncomingMessage } from "node:http";
import { createHub } from "../src/adapters/koji/index.ts";
import { openSqliteStore } from "../src/adapters/store/sqlite.ts";
import { createSave } from "../src/app/save.ts";
import { createWatch } from "../src/app/watch.ts";
import { AUTH } from "../test/support/running-builds.ts";

/** What the bridge has cost since it was started, told to the parent at the start of every tick. */
export interface Spent {
  readonly requests: number;
  readonly bytes: number;
  /** Seconds. */
  readonly cpu: number;
  /** Seconds, on no particular clock. */
  readonly at: number;
  /** Bytes, the highest so far. */
  readonly memory: number;
}

/** The bridge's watcher, with all that belongs to it, in a process of its own. */
const [url = "", file = "", interval = ""] = process.argv.slice(2);
let requests = 0;
let bytes = 0;
subscribe("http.client.response.finish", (message) => {
  const { response } = message as { readonly response: IncomingMessage };
  requests += 1;
  bytes += Number(response.headers["content-length"] ?? 0);
});

function spent(): Spent {
  const { user, system } = process.cpuUsage();
  const memory = process.resourceUsage().maxRSS * 1024;
  return { requests, bytes, cpu: (user + system) / 1e6, at: performance.now() / 1000, memory };
}

function fail(facts: object, message: string): void {
  console.error(message, facts);
  process.exit(1);
}

const quiet = (): void => {};
const store = await openSqliteStore(file);
const hub = createHub({ url, auth: AUTH });
const [held = null] = await store.hold("bench", ["watch koji"], 86_400_000);
const watch = createWatch({
  name: "koji",
  hub,
  store: {
    ...store,
    running(name) {
      process.send?.(spent());
      return store.running(name);
    },
  },
  save: createSave(store, quiet),
  now: Date.now,
  log: { debug: quiet, info: quiet, warn: fail, error: fail },
  interval: Number(interval),
  lease: () => held,
});
process.once("disconnect", async () => {
  await watch.stop();
  await hub.close();
  await store.close();
});
