import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { digest } from "../../src/domain/digest/digest.ts";
import { RULES } from "../../src/domain/digest/rules/index.ts";
import { type Digest, FAILURE_CLASSES, LIMITS, type LogText } from "../../src/domain/digest/types.ts";

const CORPUS = join(import.meta.dirname, "../fixtures/logs");
const NAMES = ["build.log", "root.log", "mock_output.log", "checkout.log", "state.log"];
const TASK = { method: "buildArch", arch: "x86_64", fault: "mock exited with status 1; see build.log or root.log" };
const MIB = 1 << 20;

/** Lines of real-looking logs, to be put together in a wrong order. */
const LINES = readdirSync(CORPUS, { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".log"))
  .flatMap((file) => readFileSync(join(CORPUS, file), "utf8").split("\n"));

function expectWithinLimits(told: Digest): void {
  expect(FAILURE_CLASSES).toContain(told.class);
  expect(told.cause.length).toBeGreaterThan(0);
  expect(told.cause.length).toBeLessThanOrEqual(LIMITS.cause);
  expect(told.cause).not.toMatch(/[\r\n]/);
  expect(told.lines.length).toBeLessThanOrEqual(LIMITS.context);
  for (const line of told.lines) {
    expect(line.length).toBeLessThanOrEqual(LIMITS.contextLine);
    expect(line).not.toMatch(/[\r\n]/);
  }
  expect(told.annotations.length).toBeLessThanOrEqual(LIMITS.annotations);
  for (const { path, message } of told.annotations) {
    expect(path.length).toBeLessThanOrEqual(LIMITS.match);
    expect(message.length).toBeLessThanOrEqual(LIMITS.cause);
  }
}

/** Not speed, which is for bench/: what goes back and forth over a megabyte takes far longer than this. */
const HANGS_MS = 3_000;
const BACKTRACKS_MS = 10;

describe("whatever the logs hold", () => {
  const line = fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(...LINES) },
    fc.string({ unit: "binary", maxLength: 200 }),
    fc.constantFrom(...RULES.map((rule) => rule.needs)),
    fc.constant("\x1b[31merror: \x1b[0m\r"),
  );
  const log = fc.record({
    name: fc.constantFrom(...NAMES),
    text: fc.array(line, { maxLength: 40 }).map((lines) => lines.join("\n")),
    whole: fc.boolean(),
  });
  const fault = fc.option(fc.oneof(fc.string(), fc.constantFrom(...LINES)));

  it("never throws and stays within its limits", () => {
    fc.assert(
      fc.property(fc.array(log, { maxLength: 4 }), fault, (logs, fault) => {
        expectWithinLimits(digest({ ...TASK, fault }, logs));
      }),
      { numRuns: 500 },
    );
  });

  it("never shows a known secret, wherever it stands", () => {
    const secret = fc
      .string({ unit: "grapheme-ascii", minLength: 8, maxLength: 40 })
      .filter((s) => s.trim().length > 7);
    fc.assert(
      fc.property(fc.array(log, { minLength: 1, maxLength: 3 }), secret, fc.nat(), (logs, secret, seed) => {
        const hidden = logs.map(({ text, ...log }) => {
          const at = seed % (text.length + 1);
          const words = text.slice(0, at) + secret + text.slice(at).replaceAll(" error", ` ${secret} error`);
          return { ...log, text: words };
        });
        const told = digest({ ...TASK, fault: `${secret} ${TASK.fault}` }, hidden, [secret]);
        const shown = [told.cause, ...told.lines, ...told.annotations.flatMap((a) => [a.path, a.message])];
        for (const text of shown) expect(text).not.toContain(secret);
      }),
      { numRuns: 500 },
    );
  });

  it("cuts no secret in half", () => {
    const secret = "S".repeat(40);
    const text = `error: ${"x".repeat(LIMITS.cause - 30)} ${secret}\n`;
    const told = digest(TASK, [{ name: "build.log", text, whole: true }], [secret]);
    expect([told.cause, ...told.lines].join()).not.toContain("SSSS");
  });
});

describe("hostile logs of a megabyte", () => {
  const fill = (unit: string) => unit.repeat(Math.ceil(MIB / unit.length));
  const cases: [string, string][] = [
    ["empty lines", fill("\n")],
    ["one line", fill("a")],
    ["spaces", fill(" ")],
    ["colons", fill("a:1:")],
    ["carriage returns", fill("\r")],
    ["colours", fill("\x1b[0;")],
    ["key lines", fill(`-----BEGIN ${"PRIVATE"} KEY-----\n`)],
    ["base64", fill(`${"QUJD".repeat(20)} \n`)],
    ["verdicts", fill("error: Bad exit status from /var/tmp/x (%build)\n")],
    ["sections", fill("Executing(%check): /bin/sh\n")],
    ["commands", fill("Executing command: dnf\n")],
    ["credentials", fill("https://a:")],
    ["assignments", fill("password=")],
    ["ignored", fill("x.c:1:1: error: y\nmake: [x] Error 1 (ignored)\n")],
    ["tests", fill("12/34 a  ")],
    ["errors", fill("a.c:1:1: error: b\n")],
  ];

  it("take less than 100 ms each", () => {
    const slow: string[] = [];
    for (const [name, text] of cases) {
      for (const file of NAMES) {
        const logs: LogText[] = [{ name: file, text, whole: true }];
        // The best of some: a busy machine is not a slow rule.
        let best = Number.POSITIVE_INFINITY;
        for (let tries = 0; tries < 5 && best > HANGS_MS; tries += 1) best = Math.min(best, measure(logs));
        if (best > HANGS_MS) slow.push(`${name} as ${file}: ${best} ms`);
      }
    }
    expect(slow).toEqual([]);
  });

  function measure(logs: LogText[]): number {
    const start = performance.now();
    expectWithinLimits(digest(TASK, logs, ["a secret", "another one"]));
    return performance.now() - start;
  }
});

describe("rules", () => {
  it("need a literal that is rare enough to stop nearly all lines", () => {
    for (const rule of RULES) expect(rule.needs.length, String(rule.pattern)).toBeGreaterThan(2);
  });

  it("are tied to the start of the line, and keep no state", () => {
    for (const rule of RULES) {
      expect(rule.pattern.source, String(rule.pattern)).toMatch(/^\^/);
      for (const { flags } of [rule.pattern, rule.above, rule.below].filter((p) => p !== undefined)) {
        expect(flags).not.toMatch(/[gym]/);
      }
    }
  });

  it("do not backtrack on the longest hostile line", () => {
    const slow: string[] = [];
    for (const rule of RULES) {
      for (const filler of ["a", " ", "a b:1: ", "/a", "- "]) {
        const [long, half] = [LIMITS.match, LIMITS.match / 2];
        const texts = [
          rule.needs + filler.repeat(long),
          filler.repeat(half).slice(0, half) + rule.needs + filler.repeat(half),
          rule.needs.repeat(long),
        ].map((text) => text.slice(0, long));
        for (const pattern of [rule.pattern, rule.above, rule.below].filter((p) => p !== undefined)) {
          const worst = Math.max(...texts.map((text) => Math.min(...[1, 2, 3].map(() => measure(pattern, text)))));
          if (worst > BACKTRACKS_MS) slow.push(`${pattern} on «${filler}»: ${worst} ms`);
        }
      }
    }
    expect(slow).toEqual([]);
  });

  function measure(pattern: RegExp, text: string): number {
    const start = performance.now();
    for (let i = 0; i < 10; i += 1) pattern.test(text);
    return (performance.now() - start) / 10;
  }
});
