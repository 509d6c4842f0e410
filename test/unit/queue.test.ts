import { describe, expect, it } from "vitest";
import { createLocalQueue } from "../../src/adapters/queue/local.ts";
import type { Key } from "../../src/ports/queue.ts";

const key = (id: string, lane = "fedora"): Key => ({ kind: "build", id, lane });

/** A handler that ends when told to. */
function gate() {
  const begun: string[] = [];
  const open = new Map<string, () => void>();
  const handler = ({ id }: Key) =>
    new Promise<void>((resolve) => {
      begun.push(id);
      open.set(id, resolve);
    });
  const end = async (id: string) => {
    open.get(id)?.();
    await new Promise(setImmediate);
  };
  return { begun, handler, end };
}

describe("local queue", () => {
  it("works on a key once at a time, and once more if it was woken meanwhile", async () => {
    const queue = createLocalQueue(4);
    const { begun, handler, end } = gate();
    queue.consume(handler);
    for (let i = 0; i < 5; i++) queue.wake(key("a"));
    expect(begun).toEqual(["a"]);
    await end("a");
    expect(begun).toEqual(["a", "a"]);
    await end("a");
    expect(begun).toEqual(["a", "a"]);
  });

  it("keeps what was woken before anybody consumed", () => {
    const queue = createLocalQueue(4);
    const { begun, handler } = gate();
    queue.wake(key("a"));
    queue.consume(handler);
    expect(begun).toEqual(["a"]);
  });

  it("a lane that hangs does not hold up another", async () => {
    const queue = createLocalQueue(2);
    const { begun, handler, end } = gate();
    queue.consume(handler);
    for (const id of ["a", "b", "c"]) queue.wake(key(id, "slow"));
    queue.wake(key("d", "quick"));
    expect(begun).toEqual(["a", "b", "d"]);
    await end("a");
    expect(begun).toEqual(["a", "b", "d", "c"]);
  });

  it("close waits for what was begun and begins nothing more", async () => {
    const queue = createLocalQueue(1);
    const { begun, handler, end } = gate();
    queue.consume(handler);
    queue.wake(key("a"));
    queue.wake(key("b"));
    let closed = false;
    const closing = queue.close().then(() => {
      closed = true;
    });
    await new Promise(setImmediate);
    expect(closed).toBe(false);
    await end("a");
    await closing;
    expect(begun).toEqual(["a"]);
  });
});
