import { describe, expect, it } from "vitest";
import { retryAt } from "../../../src/adapters/forge/throttle.ts";

const NOW = Date.parse("2026-11-20T12:00:00Z");

describe("retryAt", () => {
  it.each([
    ["200", 200, { "retry-after": "5" }, "", null],
    ["503 with Retry-After is no limit of ours", 503, { "retry-after": "5" }, "", null],
    ["403", 403, {}, "Forbidden", null],
    ["403, some of the hour left", 403, { "x-ratelimit-remaining": "12", "x-ratelimit-reset": "1" }, "", null],
    ["seconds", 429, { "retry-after": "5" }, "", 5000],
    ["a date", 429, { "retry-after": "Fri, 20 Nov 2026 12:00:30 GMT" }, "", 30_000],
    ["a date gone by", 429, { "retry-after": "Fri, 20 Nov 2026 11:00:00 GMT" }, "", 1000],
    ["zero", 429, { "retry-after": "0" }, "", 1000],
    ["nonsense", 429, { "retry-after": "soon" }, "", 60_000],
    [
      "GitHub's hour",
      403,
      { "x-ratelimit-remaining": "0", "x-ratelimit-reset": String(NOW / 1000 + 600) },
      "",
      601_000,
    ],
    ["GitLab's minute", 429, { "ratelimit-reset": String(NOW / 1000 + 40) }, "", 41_000],
    ["words alone", 403, {}, "You have exceeded a secondary rate limit", 60_000],
    ["nothing", 429, {}, "", 60_000],
    ["a clock that is years off", 429, { "ratelimit-reset": "99999999999" }, "", 86_400_000],
  ] as const)("%s", (_name, status, headers, text, wait) => {
    expect(retryAt(status, new Headers(headers), text, NOW)).toBe(wait === null ? null : NOW + wait);
  });
});
