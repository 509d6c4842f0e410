import { setTimeout as delay } from "node:timers/promises";
import type { Fault } from "../../src/simulator/forge/faults.ts";
import type { Postgres } from "../support/postgres.ts";
import type { RedisHost } from "../support/redis.ts";
import type { TestWorlds } from "../support/worlds.ts";
import type { Fleet } from "./fleet.ts";
import type { Trouble, TroubleKind } from "./plan.ts";

export interface Victims {
  readonly worlds: TestWorlds;
  readonly fleet: Fleet;
  /** Null where there is one process with SQLite. */
  readonly servers: { readonly postgres: Postgres; readonly redis: RedisHost } | null;
}

export interface Troubles {
  readonly kills: number;
  /** Begins it. What is in that trouble already is left alone. */
  begin(trouble: Trouble): void;
  /** Resolves when everything that was begun is over; what still waits to go wrong will not. */
  over(): Promise<void>;
}

export function createTroubles(victims: Victims): Troubles {
  const { worlds, fleet } = victims;
  const busy = new Map<string, Promise<void>>();
  let kills = 0;

  async function suffer({ kind, ms, which }: Trouble): Promise<void> {
    if (kind !== "kill") return PLAGUES[kind](victims, ms, which);
    if (await fleet.kill(which, ms)) kills += 1;
  }

  return {
    get kills() {
      return kills;
    },
    begin(trouble) {
      const who = trouble.kind === "kill" ? `kill ${trouble.which}` : (trouble.kind.split(" ")[0] ?? "");
      if (busy.has(who)) return;
      const suffering = suffer(trouble).finally(() => busy.delete(who));
      busy.set(who, suffering);
    },
    async over() {
      await Promise.all(busy.values());
      worlds.hub.faults.clear();
      worlds.forge.heal();
      await fleet.whole();
    },
  };
}

type Plague = (victims: Victims, ms: number, which: number) => Promise<void>;

const PLAGUES: Readonly<Record<Exclude<TroubleKind, "kill">, Plague>> = {
  async "hub down"({ worlds: { hub } }, ms) {
    await hub.faults.down();
    await delay(ms);
    await hub.faults.up();
  },
  async "hub offline"({ worlds: { hub } }, ms) {
    hub.faults.offline();
    await delay(ms);
    hub.faults.online();
  },
  async "hub cuts"({ worlds: { hub } }, ms, which) {
    const method = METHODS[which % METHODS.length];
    const fault = HUB_CUTS[which % HUB_CUTS.length] ?? "truncateAnswer";
    if (fault === "delayCommit") hub.faults.delayCommit(method, ms, 2);
    else hub.faults[fault](method, 2);
  },
  async "forge down"({ worlds: { forge } }, ms) {
    await forge.down();
    await delay(ms);
    await forge.up();
  },
  async "forge cuts"({ worlds: { forge } }, _ms, which) {
    const fault = FORGE_CUTS[which % FORGE_CUTS.length];
    if (fault !== undefined) forge.fail({ on: /POST|PUT|PATCH|GET/, fault, times: 3 });
  },
  async "redis emptied"({ servers }) {
    await servers?.redis.call("flushall");
  },
  async "redis restarted"({ servers }, ms) {
    await servers?.redis.stop();
    await delay(ms);
    await servers?.redis.start();
  },
  async "postgres restarted"({ servers }, ms) {
    await servers?.postgres.stop();
    await delay(ms / 2);
    await servers?.postgres.start();
  },
};

const METHODS = ["build", undefined, "createSideTag", "build", "removeSideTag", "cancelTask", "multiCall"] as const;
const HUB_CUTS = ["dropAnswerAfterCommit", "truncateAnswer", "dropBeforeExecute", "http502", "delayCommit"] as const;
const FORGE_CUTS: readonly Fault[] = [
  { kind: "drop" },
  { kind: "answer-after", status: 502 },
  { kind: "answer", status: 502 },
  { kind: "delay", ms: 300 },
];
