import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { createBullQueue } from "../../src/adapters/queue/bullmq.ts";
import type { RedisServer } from "../../src/adapters/queue/redis.ts";
import type { Key, WorkQueue } from "../../src/ports/queue.ts";
import { describeWithParts } from "../support/parts.ts";
import { type RedisHost, startRedis } from "../support/redis.ts";
import { until } from "../support/worlds.ts";
import { aKey, awhile, gate, LIMIT, queueContract } from "./queue.contract.ts";

describeWithParts("Redis", ["redis", "openssl"], () => {
  let redis: RedisHost;
  const open: WorkQueue[] = [];
  let prefixes = 0;
  const lines: string[] = [];
  const say = (_facts: object, message: string) => void lines.push(message);
  const log = { debug() {}, info: say, warn: say, error: say };
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterEach(async () => {
    for (const queue of open.splice(0)) await queue.close();
    lines.length = 0;
  });
  afterAll(() => redis.remove());

  function serverOf(change: Partial<RedisServer> = {}): RedisServer {
    return {
      mode: "single",
      nodes: [{ host: "127.0.0.1", port: redis.port }],
      master: null,
      db: 0,
      username: null,
      password: redis.password,
      sentinelPassword: null,
      tls: false,
      ca: null,
      prefix: `test${++prefixes}`,
      ...change,
    };
  }

  /** A queue as a running process has it: connected, and working. */
  async function connected(server: RedisServer, handler = async (_key: Key): Promise<void> => undefined) {
    const queue = createBullQueue(server, LIMIT, log);
    open.push(queue);
    let seen = 0;
    queue.consume(async (key) => {
      if (key.lane !== "probe") return handler(key);
      seen += 1;
    });
    await until(
      () => {
        queue.wake(aKey("probe", "probe"));
        return seen;
      },
      (n) => n > 0,
    );
    return queue;
  }

  const modes: Record<string, () => Partial<RedisServer>> = {
    "one server": () => ({ db: 3 }),
    TLS: () => ({ nodes: [{ host: "localhost", port: redis.tlsPort }], tls: true, ca: redis.ca }),
    Sentinel: () => ({
      mode: "sentinel",
      master: "mymaster",
      nodes: [{ host: "127.0.0.1", port: redis.sentinelPort }],
      sentinelPassword: redis.password,
    }),
    Cluster: () => ({ mode: "cluster", nodes: [{ host: "127.0.0.1", port: redis.clusterPort }] }),
  };
  for (const [name, change] of Object.entries(modes))
    queueContract(`Redis, ${name}`, async () => {
      const server = serverOf(change());
      // Until it is connected a wake is nothing: what is due is woken again by the sweep.
      const queue = createBullQueue(server, LIMIT, log);
      const other = await connected(server);
      await other.close();
      return queue;
    });

  describe("several processes", () => {
    it("work on a key once, and share the keys of a lane", async () => {
      const server = serverOf();
      const [mine, yours] = [gate(), gate()];
      const [one, two] = [await connected(server, mine.handler), await connected(server, yours.handler)];
      const ids = ["a", "b", "c", "d", "e"];
      for (const id of ids) {
        one.wake(aKey(id));
        two.wake(aKey(id));
      }
      const begun = () => [...mine.begun, ...yours.begun].toSorted();
      await until(begun, (seen) => seen.length >= ids.length);
      await awhile();
      expect(begun()).toEqual(ids);
      for (const work of [mine, yours]) work.endAll();
    });

    it("one that only wakes is heard by one that works, which has heard of the lane", async () => {
      const server = serverOf();
      const waker = createBullQueue(server, LIMIT, log);
      open.push(waker);
      const work = gate();
      const worker = await connected(server, work.handler);
      worker.wake(aKey("first"));
      await work.begins("first");
      work.endAll();
      waker.wake(aKey("second"));
      await work.begins("first", "second");
      work.endAll();
    });
  });

  describe("a Redis that", () => {
    const words = ["redis is away; what is due waits in the database", "redis is back"];

    it("is not there at start: nothing is thrown, it is said once, and it is used when it comes", async () => {
      await redis.stop();
      const queue = createBullQueue(serverOf(), LIMIT, log);
      open.push(queue);
      const work = gate();
      queue.consume(work.handler);
      for (let i = 0; i < 50; i++) queue.wake(aKey(`${i}`));
      await until(
        () => lines.length,
        (n) => n > 0,
      );
      await redis.start();
      await until(
        () => {
          queue.wake(aKey("a"));
          return work.begun.length;
        },
        (n) => n > 0,
      );
      expect(work.begun, "wakes from before are not kept").toEqual(["a"]);
      expect(lines).toEqual(words);
      work.endAll();
    });

    it("goes, comes back empty, and goes again while a key is worked on: said once each, worked once more", async () => {
      const work = gate();
      const queue = await connected(serverOf(), work.handler);
      queue.wake(aKey("a"));
      await work.begins("a");
      for (let round = 1; round <= 2; round++) {
        await redis.stop();
        await until(
          () => {
            queue.wake(aKey("a"));
            return lines.length;
          },
          (n) => n === 2 * round - 1,
        );
        await redis.start();
        await until(
          () => {
            queue.wake(aKey("a"));
            return lines.length;
          },
          (n) => n === 2 * round,
        );
      }
      expect(lines).toEqual([...words, ...words]);
      // Redis has forgotten that it is being worked on.
      await until(
        () => {
          queue.wake(aKey("a"));
          queue.wake(aKey("b"));
          return work.begun.length;
        },
        (n) => n === 2,
      );
      expect(work.begun).toEqual(["a", "b"]);
      work.end("a");
      await work.begins("a", "a", "b");
      work.endAll();
    });

    it("is emptied: the next wake is heard", async () => {
      const work = gate();
      const queue = await connected(serverOf(), work.handler);
      for (const id of ["a", "b", "c"]) {
        await redis.call("flushall");
        await until(
          () => {
            queue.wake(aKey(id));
            return work.begun.at(-1);
          },
          (last) => last === id,
        );
        work.endAll();
      }
    });

    it("is away when the process ends: it does not hold it up", async () => {
      const queue = await connected(serverOf());
      const never = createBullQueue(serverOf({ nodes: [{ host: "127.0.0.1", port: 1 }] }), LIMIT, log);
      never.consume(async () => undefined);
      await redis.stop();
      const begun = performance.now();
      await Promise.all([queue.close(), never.close()]);
      expect(performance.now() - begun).toBeLessThan(4_000);
      await redis.start();
    });

    it("wants another password: it is said, without the password", async () => {
      const facts: object[] = [];
      const warn = (about: object) => void facts.push(about);
      const queue = createBullQueue(serverOf({ password: "hunter2" }), LIMIT, { ...log, warn });
      open.push(queue);
      await until(
        () => facts.length,
        (n) => n > 0,
      );
      expect(JSON.stringify(facts)).toMatch(/WRONGPASS/);
      expect(JSON.stringify(facts)).not.toMatch(/hunter2/);
    });
  });
});
