import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { describe, expect, it } from "vitest";

const SRC = resolve(import.meta.dirname, "../../src");
const files = readdirSync(SRC, { recursive: true, encoding: "utf8" }).filter((file) => /(?<!\.d)\.ts$/.test(file));

interface Import {
  readonly from: string;
  /** A file below src, or the name of a package. */
  readonly to: string;
  readonly isFile: boolean;
}

function importsOf(file: string): Import[] {
  const text = readFileSync(join(SRC, file), "utf8");
  const found = text.matchAll(
    /(?:^|\n)(?:import|export)\s[\w\s{},*$]*?from\s*"([^"]+)"|(?:^|\n)import\s*"([^"]+)"|\bimport\(\s*"([^"]+)"/g,
  );
  return [...found].map((match) => {
    const name = match[1] ?? match[2] ?? match[3] ?? "";
    const isFile = name.startsWith(".");
    return { from: file, to: isFile ? relative(SRC, resolve(SRC, dirname(file), name)) : name, isFile };
  });
}

const imports = files.flatMap(importsOf);

/** Which rooms a room may look into, besides itself. `koji-codec` is the XML-RPC reader that the simulator shares. */
const MAY: Readonly<Record<string, readonly string[]>> = {
  domain: [],
  ports: ["domain"],
  app: ["domain", "ports"],
  config: ["domain", "adapters/koji"],
  http: ["domain", "ports", "app"],
  ci: ["domain", "ports"],
  simulator: ["domain", "adapters/koji"],
  cli: [
    "domain",
    "ports",
    "app",
    "ci",
    "config",
    "http",
    "simulator",
    "adapters/koji",
    "adapters/forge",
    "adapters/store",
    "adapters/queue",
    "adapters/metrics",
  ],
  "adapters/koji": ["domain", "ports"],
  "adapters/forge": ["domain", "ports"],
  "adapters/store": ["domain", "ports"],
  "adapters/queue": ["domain", "ports"],
  "adapters/metrics": ["domain", "ports"],
};

/** Single files that may be looked at from where the room as a whole may not. */
const WINDOWS: Readonly<Record<string, RegExp>> = {
  config: /^adapters\/koji\/profile/,
  simulator: /^adapters\/koji\/(?:xmlrpc|values)\.ts$/,
};

/** The one home of each third-party package. */
const HOMES: Readonly<Record<string, RegExp>> = {
  xmlrpc: /^adapters\/koji\/xmlrpc\.ts$/,
  kerberos: /^adapters\/koji\/auth\//,
  "@octokit/": /^adapters\/forge\/github\//,
  "@gitbeaker/": /^adapters\/forge\/gitlab\//,
  kysely: /^adapters\/store\//,
  "better-sqlite3": /^adapters\/store\/sqlite\.ts$/,
  pg: /^adapters\/store\/postgres/,
  bullmq: /^adapters\/queue\/bullmq\.ts$/,
  ioredis: /^adapters\/queue\/redis\.ts$/,
  fastify: /^http\//,
  yaml: /^config\//,
  zod: /^config\//,
  commander: /^cli\//,
  pino: /^cli\//,
};

function roomOf(file: string): string {
  const parts = file.split("/");
  return parts[0] === "adapters" ? parts.slice(0, 2).join("/") : (parts[0] ?? "");
}

/** Of the forges, each is its own room; what lies beside them is shared. */
function forgeOf(file: string): string | undefined {
  return /^adapters\/forge\/([^/]+)\//.exec(file)?.[1];
}

describe("imports", () => {
  it("found them", () => expect(imports.length).toBeGreaterThan(100));

  it("point inward", () => {
    const wrong = imports.filter(({ from, to, isFile }) => {
      if (!isFile) return false;
      const [here, there] = [roomOf(from), roomOf(to)];
      if (here === there) return false;
      if (!MAY[here]?.includes(there)) return true;
      return WINDOWS[here] !== undefined && there.startsWith("adapters/") && !WINDOWS[here].test(to);
    });
    expect(wrong).toEqual([]);
  });

  it("forges do not know each other", () => {
    const wrong = imports.filter(({ from, to }) => {
      const [here, there] = [forgeOf(from), forgeOf(to)];
      return here !== undefined && there !== undefined && here !== there;
    });
    expect(wrong).toEqual([]);
  });

  it("each package has one home", () => {
    const wrong = imports.filter(({ from, to, isFile }) => {
      const home = isFile
        ? undefined
        : Object.entries(HOMES).find(([name]) => to === name || to.startsWith(name.endsWith("/") ? name : `${name}/`));
      return home !== undefined && !home[1].test(from);
    });
    expect(wrong).toEqual([]);
  });

  it("the domain is pure: no Node, no npm, no clock", () => {
    expect(imports.filter(({ from, isFile }) => roomOf(from) === "domain" && !isFile)).toEqual([]);
    for (const file of files.filter((name) => roomOf(name) === "domain"))
      expect(readFileSync(join(SRC, file), "utf8"), file).not.toMatch(
        /\bDate\.now\(|\bnew Date\(\)|Math\.random\(|\bprocess\./,
      );
  });

  it("run in no circle", () => {
    const graph = new Map(
      files.map((file) => [file, imports.filter((i) => i.isFile && i.from === file).map((i) => i.to)]),
    );
    const done = new Set<string>();
    const circles: string[] = [];
    const visit = (file: string, path: readonly string[]) => {
      if (path.includes(file)) circles.push([...path.slice(path.indexOf(file)), file].join(" -> "));
      if (done.has(file) || path.includes(file)) return;
      for (const next of graph.get(file) ?? []) visit(next, [...path, file]);
      done.add(file);
    };
    for (const file of files) visit(file, []);
    expect(circles).toEqual([]);
  });
});
