import { expect, test } from "vitest";
import { nextLook } from "../../src/domain/repair.ts";

const HOUR = 3_600_000;

test.each([
  [0, 1],
  [1, 6],
  [5.9, 6],
  [6, 24],
  [24, 168],
  [168, null],
  [900, null],
])("%d hours after its end a build's status is looked at next when it is %s hours old", (age, next) => {
  expect(nextLook(7 * HOUR, (7 + age) * HOUR)).toBe(next === null ? null : (7 + next) * HOUR);
});
