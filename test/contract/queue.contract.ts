import { setTimeout as delay } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Key, WorkQueue } from "../../src/ports/queue.ts";
import { until } from "../support/worlds.ts";

export const LIMIT = 3;

export const aKey = (id: string, lane = "fedora", kind: Key["kind"] = "build"): Key => ({ kind, id, lane });

/** A handler whose work ends when told to. */
export function gate() {
  const begun: string[] = [];
  const open = new Map<string, () => void>();
  const both = new Set<string>();
  const handler = ({ id }: Key) => {
    begun.push(id);
    if (open.has(id)) both.add(id);
    return new Promise<void>((resolve) => open.set(id, resolve)).then(() => void open.delete(id));
  };
  /** Resolves when so many have begun; fails if it is not these. */
  const begins = (...ids: string[]) =>
    until(
      () => begun.toSorted(),
      (seen) => seen.length >= ids.length,
    ).then((seen) => expect(seen).toEqual(ids.toSorted()));
  return {
    begun,
    handler,
    begins,
    both,
    end: (id: string) => open.get(id)?.(),
    endAll: () => [...open.values()].forEach((end) => void end()),
  };
}

/** Long enough for what must not happen to happen. */
export const awhile = () => delay(80);

/** What every implementation of the queue port promises. `open` may be asked for several queues of the same world. */
export function queueContract(name: string, open: () => Promise<WorkQueue>): void {
  describe(`queue: ${name}`, () => {
    let queue: WorkQueue;
    let work: ReturnType<typeof gate>;
    beforeEach(async () => {
      queue = await open();
      work = gate();
    });
    afterEach(async () => {
      const closed = queue.close();
      work.endAll();
      await closed;
      expect([...work.both], "worked on twice at the same time").toEqual([]);
    });

    it("works on a key once at a time, and once more if it was woken meanwhile", async () => {
      queue.consume(work.handler);
      for (let i = 0; i < 5; i++) queue.wake(aKey("a"));
      await work.begins("a");
      await awhile();
      for (let i = 0; i < 5; i++) queue.wake(aKey("a"));
      await awhile();
      expect(work.begun).toEqual(["a"]);
      work.end("a");
      await work.begins("a", "a");
      await awhile();
      work.end("a");
      await awhile();
      expect(work.begun).toEqual(["a", "a"]);
      queue.wake(aKey("a"));
      await work.begins("a", "a", "a");
    });

    it("keeps what was woken before anybody consumed", async () => {
      queue.wake(aKey("a"));
      await awhile();
      queue.consume(work.handler);
      await work.begins("a");
    });

    it("gives the handler the key as it was woken", async () => {
      const seen: Key[] = [];
      queue.consume(async (key) => void seen.push(key));
      const keys = [aKey("github rpms/a:b {x} ü koji/f42", "github", "status"), aKey("y", "my.hub_2-x")];
      for (const key of keys) queue.wake(key);
      await until(
        () => seen.length,
        (n) => n === 2,
      );
      expect(new Set(seen)).toEqual(new Set(keys));
    });

    it("the same id of two kinds is two keys", async () => {
      queue.consume(work.handler);
      queue.wake(aKey("a", "x", "status"));
      queue.wake(aKey("b", "x", "comment"));
      await work.begins("a", "b");
    });

    it("works on so many keys of a lane at a time, and a lane that hangs does not hold up another", async () => {
      queue.consume(work.handler);
      for (const id of ["a", "b", "c", "d"]) queue.wake(aKey(id, "slow"));
      await work.begins("a", "b", "c");
      queue.wake(aKey("q", "quick"));
      await work.begins("a", "b", "c", "q");
      await awhile();
      expect(work.begun).toHaveLength(LIMIT + 1);
      work.end("b");
      await work.begins("a", "b", "c", "q", "d");
    });

    it("a handler that throws leaves the key wakeable", async () => {
      let tries = 0;
      queue.consume(async () => {
        tries += 1;
        throw new Error("no");
      });
      const triedTimes = (n: number) =>
        until(
          () => tries,
          (seen) => seen === n,
        );
      queue.wake(aKey("a"));
      await triedTimes(1);
      await awhile();
      expect(tries, "attempts are 1").toBe(1);
      queue.wake(aKey("a"));
      await triedTimes(2);
    });

    it("close waits for what was begun and begins nothing more", async () => {
      queue.consume(work.handler);
      for (const id of ["a", "b", "c", "d"]) queue.wake(aKey(id));
      await work.begins("a", "b", "c");
      let closed = false;
      const closing = queue.close().then(() => {
        closed = true;
      });
      queue.wake(aKey("e"));
      await awhile();
      expect(closed).toBe(false);
      work.endAll();
      await closing;
      await awhile();
      expect(work.begun).toHaveLength(LIMIT);
    });

    it("close without any work ends at once", async () => {
      queue.consume(work.handler);
      await queue.close();
      queue.wake(aKey("a"));
      await awhile();
      expect(work.begun).toEqual([]);
    });
  });
}
