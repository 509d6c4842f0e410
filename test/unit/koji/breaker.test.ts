import { expect, test, vi } from "vitest";
import { createBreaker } from "../../../src/adapters/koji/breaker.ts";
import { KojibridgeError } from "../../../src/domain/errors.ts";

const down = async (): Promise<never> => {
  throw new KojibridgeError("transient", "connection refused");
};

test("after five failures in a row calls fail fast, one probe asks, and success closes it", async () => {
  vi.useFakeTimers();
  let probes = 0;
  let up = false;
  const breaker = createBreaker(async () => {
    probes++;
    if (!up) await down();
  });
  for (let i = 0; i < 5; i++) await expect(breaker.run(down)).rejects.toThrow("refused");
  const call = vi.fn(async () => "answer");

  await expect(breaker.run(call)).rejects.toMatchObject({
    kind: "transient",
    code: "koji.unavailable",
    message: "hub unavailable, next try in 1 s",
  });
  expect([probes, call.mock.calls.length]).toEqual([0, 0]);

  vi.advanceTimersByTime(1000);
  const waiting = await Promise.allSettled([breaker.run(call), breaker.run(call), breaker.run(call)]);
  expect(waiting.map((one) => one.status)).toEqual(["rejected", "rejected", "rejected"]);
  expect([probes, call.mock.calls.length]).toEqual([1, 0]);
  await expect(breaker.run(call)).rejects.toThrow("next try in 2 s");

  up = true;
  vi.advanceTimersByTime(2000);
  expect(await Promise.all([breaker.run(call), breaker.run(call)])).toEqual(["answer", "answer"]);
  expect(probes).toBe(2);
  expect(await breaker.run(call)).toBe("answer");
  expect(probes).toBe(2);
  vi.useRealTimers();
});

test("the wait grows up to its limit", async () => {
  vi.useFakeTimers();
  const breaker = createBreaker(down, { threshold: 1, firstWait: 1000, longestWait: 4000 });
  await expect(breaker.run(down)).rejects.toThrow("refused");
  for (const seconds of [1, 2, 4, 4]) {
    await expect(breaker.run(down)).rejects.toThrow(`next try in ${seconds} s`);
    vi.advanceTimersByTime(seconds * 1000);
    await expect(breaker.run(down)).rejects.toThrow("hub unavailable");
  }
  vi.useRealTimers();
});

test("faults of the hub are answers: they do not count, and a probe that gets one closes it", async () => {
  const refuse = async (): Promise<never> => {
    throw new KojibridgeError("rejected", "no such tag");
  };
  const breaker = createBreaker(refuse, { threshold: 2, firstWait: 0 });
  await expect(breaker.run(down)).rejects.toThrow("refused");
  await expect(breaker.run(refuse)).rejects.toThrow("no such tag");
  await expect(breaker.run(down)).rejects.toThrow("refused");
  expect(await breaker.run(async () => 1)).toBe(1);
  await expect(breaker.run(down)).rejects.toThrow("refused");
  await expect(breaker.run(down)).rejects.toThrow("refused");
  expect(await breaker.run(async () => 2)).toBe(2);
});
