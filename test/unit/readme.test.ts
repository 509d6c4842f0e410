import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { parseConfig } from "../../src/config/load.ts";
import { formatProblem } from "../../src/config/problem.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const README = readFileSync(join(ROOT, "README.md"), "utf8");
const scripts: Record<string, string> = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")).scripts;

describe("README", () => {
  const blocks = [...README.matchAll(/```yaml\n([\s\S]*?)```/g)].map((match) => match[1] ?? "");

  it("has a configuration of a dozen lines that loads", () => {
    expect(blocks).toHaveLength(1);
    expect(blocks[0]?.trim().split("\n").length).toBeLessThanOrEqual(14);
    const loaded = parseConfig(blocks[0] ?? "", "README.md", { env: {}, secrets: "optional" });
    expect(loaded.ok ? [] : loaded.problems.map(formatProblem)).toEqual([]);
  });

  it("shows both commands on its first screen", () => {
    const screen = README.split("\n").slice(0, 24).join("\n");
    expect(screen).toContain("npm ci && npm run demo");
    expect(screen).toContain("npm ci && npm test");
  });

  it("names only npm scripts and files that exist", () => {
    for (const [, script] of README.matchAll(/npm run (\w+)/g)) expect(Object.keys(scripts)).toContain(script);
    for (const [, file = ""] of README.matchAll(/\]\(((?!https?:|#)[^)]+)\)/g))
      expect(existsSync(join(ROOT, file)), file).toBe(true);
  });

  it("maps src as it is", () => {
    const rooms = readdirSync(join(ROOT, "src"));
    for (const room of rooms) expect(README, `src/${room} in the map`).toContain(`\`${room}/`);
    for (const [, room = ""] of README.matchAll(/^\| `([\w/]+)\/` \|/gm))
      expect(existsSync(join(ROOT, "src", room)), room).toBe(true);
  });
});
