import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative, resolve } from "node:path";
import type { Command } from "commander";
import { afterAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { COMMANDS } from "../../src/cli/main.ts";
import { parseConfig } from "../../src/config/load.ts";
import { formatProblem } from "../../src/config/problem.ts";
import { parseRepoFile } from "../../src/config/repo-file.ts";
import { endAll, run } from "../support/cli.ts";
import {
  anchorsOf,
  type Block,
  blocksOf,
  type CommandLine,
  commandLinesOf,
  linksOf,
  PAGES,
  ROOT,
} from "../support/pages.ts";

const blocks = PAGES.flatMap(blocksOf);
const lines = blocks.flatMap(commandLinesOf);
const { scripts } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));

/** What a part of a configuration may take for granted. */
const REST: Readonly<Record<string, string>> = {
  hubs: `hubs:
  koji: { url: "https://koji.example.org/kojihub", auth: { method: password, username: a, password: { env: A } } }
  community: { url: "https://koji.example.com/kojihub", auth: { method: password, username: a, password: { env: A } } }
`,
  forges: `forges:
  github: { type: github, token: { env: A }, webhook_secret: { env: A } }
  work: { type: gitlab, url: "https://gitlab.example.org", token: { env: A }, webhook_secret: { env: A } }
`,
  rules: `rules: [{ name: any, repos: ["FORGE:**"], on: push, build: { hub: koji, target: f42-candidate } }]
`,
};

/** YAML of other programs, by a key that only they have. */
const FOREIGN = ["jobs", "include", "scrape_configs"];
/** Keys of a packaging repository's own file. */
const REPO_FILE = ["targets", "arches"];

function problemsOf({ page, text }: Block): string[] {
  const given = parse(text) ?? {};
  const keys = Object.keys(given);
  if (keys.some((key) => FOREIGN.includes(key))) return [];
  if (keys.some((key) => REPO_FILE.includes(key))) {
    const file = parseRepoFile(text, page);
    return file.ok ? [] : [...file.problems];
  }
  const [forge = "github"] = Object.keys(given.forges ?? {});
  const rest = Object.entries(REST).flatMap(([key, part]) =>
    keys.includes(key) ? [] : [part.replace("FORGE", forge)],
  );
  const loaded = parseConfig(text + rest.join(""), page, { env: {}, secrets: "optional" });
  return loaded.ok ? [] : loaded.problems.map(formatProblem);
}

describe.each(PAGES)("%s", (page) => {
  it("has configurations that load", () => {
    for (const block of blocks.filter((each) => each.page === page && each.language === "yaml"))
      expect(problemsOf(block), block.text).toEqual([]);
  });

  it("links to what is there", () => {
    for (const link of linksOf(page)) {
      const [path = "", anchor] = link.split("#");
      const target = path === "" ? join(ROOT, page) : resolve(ROOT, dirname(page), path);
      expect(existsSync(target), link).toBe(true);
      if (anchor !== undefined && target.endsWith(".md"))
        expect(anchorsOf(relative(ROOT, target)), link).toContain(anchor);
    }
  });
});

/** Options and arguments are taken apart as ever; then nothing is done. */
function disarm(command: Command): Command {
  command.exitOverride().configureOutput({ writeErr: () => undefined });
  if (command.commands.length === 0) command.action(() => undefined);
  for (const each of command.commands) disarm(each);
  return command;
}

const unique = (wanted: string) =>
  [...new Map(lines.map((line) => [line.words.join(" "), line])).values()].filter(({ words }) => words[0] === wanted);

describe("command lines", () => {
  it.each(unique("kojibridge").map(({ words, page }) => [words.join(" "), words, page] as const))(
    "%s",
    async (_line, words, page) => {
      const [, name = "", ...rest] = words;
      const load = COMMANDS[name];
      expect(load, `${page}: kojibridge ${name}`).toBeDefined();
      if (load !== undefined) await disarm(await load()).parseAsync(rest, { from: "user" });
    },
  );

  it.each(unique("npm").map(({ words, page }) => [words.join(" "), words, page] as const))(
    "%s",
    (_line, [, verb, script = ""], page) => {
      expect(["ci", "run", "test"], page).toContain(verb);
      if (verb === "run") expect(Object.keys(scripts), page).toContain(script);
    },
  );
});

/** These contact nobody, so what they print is known. */
const ALONE = ["check", "plan"];

describe.concurrent("what a console shows", () => {
  const directory = mkdtempSync(join(tmpdir(), "kojibridge-docs-"));
  symlinkSync(join(ROOT, "test"), join(directory, "test"));
  afterAll(() => {
    endAll();
    rmSync(directory, { recursive: true });
  });
  const shown = unique("kojibridge").filter(({ words, shown }) => shown !== null && ALONE.includes(words[1] ?? ""));

  it("is tried at all", () => expect(shown.length).toBeGreaterThan(1));

  it.for(shown.map((line): [string, CommandLine] => [line.words.join(" "), line]))(
    "%s",
    async ([, { page, words, shown }]) => {
      const config = blocks.find((block) => block.page === page && block.language === "yaml")?.text ?? "";
      const file = join(directory, "kojibridge.yaml");
      writeFileSync(file, config);
      const secrets = [...config.matchAll(/env: (\w+)/g)].map(([, name = ""]) => [name, "not-a-secret"]);
      const { code, stdout } = await run(words.slice(1), { cwd: directory, env: Object.fromEntries(secrets) });
      expect({ code, stdout: stdout.trim() }).toEqual({ code: 0, stdout: shown?.trim() });
    },
  );
});
