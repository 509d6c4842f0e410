import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { toEvent as fromForgejo } from "../../src/adapters/forge/forgejo/convert.ts";
import { toEvent as fromGitHub } from "../../src/adapters/forge/github/convert.ts";
import { toEvent as fromGitLab } from "../../src/adapters/forge/gitlab/convert.ts";
import type { Dialect } from "../../src/simulator/forge/state.ts";
import { payloadExamples } from "../../src/simulator/payloads/examples.ts";

export interface Sample {
  readonly forge: Dialect;
  readonly name: string;
  readonly event: string;
  readonly payload: unknown;
  /** Null where nobody wrote down what is expected. */
  readonly expected: unknown;
}

export const convert = { github: fromGitHub, gitlab: fromGitLab, forgejo: fromForgejo };

const fixtures = join(import.meta.dirname, "../fixtures");

function readJson(path: string): unknown {
  return JSON.parse(readFileSync(path, "utf8"));
}

/** `EVENT.NAME.json` beside `EVENT.NAME.event.json`. */
function fromFolder(forge: Dialect): Sample[] {
  const folder = join(fixtures, forge, "payloads");
  const names = readdirSync(folder).filter((file) => file.endsWith(".json") && !file.endsWith(".event.json"));
  return names.map((file) => {
    const name = file.slice(0, -".json".length);
    const event = name.slice(0, name.indexOf("."));
    const expected = readJson(join(folder, `${name}.event.json`));
    return { forge, name, event, payload: readJson(join(folder, file)), expected };
  });
}

const EVENTS = [
  "push",
  "create",
  "delete",
  "ping",
  "pull_request",
  "issue_comment",
  "commit_comment",
  "check_run",
  "check_suite",
];

/** Every such example of GitHub's own collection: github.com and five Enterprise versions. */
function fromOctokit(): Sample[] {
  const require = createRequire(import.meta.url);
  const folder = dirname(require.resolve("@octokit/webhooks-examples/package.json"));
  const expected = readJson(join(fixtures, "github/octokit-examples.event.json")) as Record<string, unknown>;
  const editions = ["api.github.com", "ghes-31", "ghes-32", "ghes-33", "ghes-34", "ghes-35"];
  return editions.flatMap((edition) => {
    const all = readJson(join(folder, edition, "index.json")) as { name: string; examples: unknown[] }[];
    const ours = all.filter(({ name }) => EVENTS.includes(name));
    return ours.flatMap(({ name: event, examples }) =>
      examples.map((payload, i): Sample => {
        const name = `${edition}/${event}/${i}`;
        return { forge: "github", name, event, payload, expected: expected[name] ?? null };
      }),
    );
  });
}

function fromDemo(): Sample[] {
  return payloadExamples.map(({ dialect, name, event, payload }) => ({
    forge: dialect,
    name: `demo ${name}`,
    event,
    payload,
    expected: null,
  }));
}

export const golden: readonly Sample[] = [
  ...fromFolder("github"),
  ...fromFolder("gitlab"),
  ...fromFolder("forgejo"),
  ...fromOctokit(),
];
export const demo: readonly Sample[] = fromDemo();
