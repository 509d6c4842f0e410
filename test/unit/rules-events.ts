import type { MergeRequestEvent, PushEvent, Repo, TagEvent } from "../../src/domain/event.ts";
import { compilePatterns, compileRepoPattern } from "../../src/domain/pattern.ts";
import type { BuildSpec, Rule } from "../../src/domain/rules.ts";

/** Events and rules for the tables: everything usual, but what the row says. */
type But<Event> = Partial<Omit<Event, "repo" | "kind">> & { path?: string };

const SHA = "0123456789abcdef0123456789abcdef01234567";

export function repo(path: string): Repo {
  return { path, cloneUrl: `https://github.com/${path}.git`, webUrl: `https://github.com/${path}`, id: 1 };
}

function common(path = "rpms/bash") {
  return { forge: "github", repo: repo(path), author: "ann", text: "Fix it", sha: SHA };
}

export function push({ path, ...but }: But<PushEvent> = {}): PushEvent {
  return { kind: "push", ...common(path), branch: "main", before: null, changed: null, ...but };
}

export function tag({ path, ...but }: But<TagEvent> = {}): TagEvent {
  return { kind: "tag", ...common(path), tag: "v1.0", ...but };
}

export function mergeRequest({ path, ...but }: But<MergeRequestEvent> = {}): MergeRequestEvent {
  return {
    kind: "merge_request",
    ...common(path),
    mr: 7,
    action: "opened",
    title: "Fix it",
    branch: "main",
    sourceBranch: "fix",
    draft: false,
    labels: [],
    fork: false,
    source: repo(path ?? "rpms/bash"),
    webUrl: "https://github.com/rpms/bash/pull/7",
    opener: { id: 5, login: "alice" },
    ...but,
  };
}

type PatternKey = "branches" | "tags" | "paths" | "labels" | "authors" | "titles" | "messages";

export type RuleBut = Partial<Omit<Rule, "repos" | PatternKey | "build">> &
  Partial<Record<PatternKey, string[]>> & { repos?: string[]; build?: Partial<BuildSpec> };

export function rule(all: RuleBut = {}): Rule {
  const { repos = ["github:rpms/*"], branches, tags, paths, labels, authors, titles, messages, build, ...but } = all;
  const list = (patterns: string[] | undefined) => (patterns ? compilePatterns(patterns) : null);
  return {
    name: "r",
    repos: compilePatterns(repos, compileRepoPattern),
    on: ["push", "tag", "merge_request"],
    branches: list(branches),
    tags: list(tags),
    paths: list(paths),
    labels: list(labels),
    authors: list(authors),
    titles: list(titles),
    messages: list(messages),
    drafts: false,
    package: null,
    spec: null,
    forks: "scratch",
    build: {
      hub: "koji",
      targets: ["f42"],
      scratch: true,
      arches: [],
      source: null,
      context: null,
      from: [],
      unprotected: false,
      optional: false,
      macros: {},
      strategy: null,
      options: {},
      onExisting: "adopt",
      ...build,
    },
    repoFile: null,
    comments: null,
    reportSkipped: false,
    ...but,
  };
}
