import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, it } from "vitest";
import { payloadExamples } from "../../src/simulator/payloads/examples.ts";
import { endAll, run } from "../support/cli.ts";

const CONFIG = `
hubs:
  koji: { url: https://koji.example.org/kojihub, auth: { method: password, username: bridge, password: { env: NOT_SET } } }
forges:
  github: { type: github, token: { env: NOT_SET }, webhook_secret: { env: NOT_SET } }
  work: { type: gitlab, url: https://gitlab.example.org, token: { env: NOT_SET }, webhook_secret: { env: NOT_SET } }
  forgejo: { type: forgejo, url: https://forgejo.example.org, token: { env: NOT_SET }, webhook_secret: { env: NOT_SET } }
rules:
  - { name: push, repos: ["github:**", "work:**", "forgejo:**"], on: push, build: { hub: koji, target: "{branch}-candidate", arches: [x86_64, aarch64] } }
  - { name: mr, repos: ["github:**", "work:**", "forgejo:**"], on: merge_request, build: { hub: koji, target: f42-candidate } }
  - { name: tag, repos: ["github:**"], on: tag, build: { hub: koji, target: [f42-candidate, c9s-candidate], scratch: false, context: "release {tag} {target}" } }
`;

const SHAS = {
  push: "6113728f27ae82c7b1a177c8d03f9e96e0adf246",
  pull: "ec26c3e57ca3a959ca5aad62de7213c562f8c821",
  fork: "b1d3a2a4c8f0f1e5d6c7b8a9908f7e6d5c4b3a21",
  labPush: "da1560886d4f094c3e6c9ef40349f7d38b5d27d7",
  labMr: "9c1ba11f6bb6e2f7a1b4bf4ef5f4a9d42f3d1f0a",
  labFork: "e2f6a1c0d4b8473f9a5be1c7d30f6a8b9c2d4e5f",
  kiloPush: "0b1c1c108548ab7231867402ed9bad0326a03830",
  kiloFork: "4540c257eadb1d0ea41db392adae4dfcf9b9f8bf",
};

const directory = mkdtempSync(join(tmpdir(), "kojibridge-plan-"));
writeFileSync(join(directory, "kojibridge.yaml"), CONFIG);
for (const { dialect, name, payload } of payloadExamples)
  writeFileSync(join(directory, `${dialect}-${name}.json`), JSON.stringify(payload));
writeFileSync(
  join(directory, "paths.yaml"),
  `${CONFIG.replace(/^rules:.*/ms, "rules:")}
  - { name: spec, repos: "work:**", on: [push, merge_request], paths: "**.spec", build: { hub: koji, target: a } }
  - { name: regex, repos: "work:/^(?<who>[^/]+)\\\\//", on: push, branches: "/^m(?<rest>.*)$/", build: { hub: koji, target: "{who}-{rest}" } }
  - { name: packages, repos: "work:**", on: [push, merge_request], package: { path: "packages/{package}" }, build: { hub: koji, target: c } }
`,
);
const labPush = payloadExamples.find(({ dialect, name }) => dialect === "gitlab" && name === "push");
const commit = {
  id: SHAS.labPush,
  message: "x",
  added: ["packages/foo/foo.spec"],
  modified: ["packages/bar/x"],
  removed: [],
};
writeFileSync(
  join(directory, "packages.json"),
  JSON.stringify({ ...labPush?.payload, total_commits_count: 1, commits: [commit] }),
);
writeFileSync(
  join(directory, "asking.yaml"),
  `${CONFIG.replace(/^rules:.*/ms, "")}
repo_file: { allow: true, targets: "c*-candidate", macros: [dist] }
rules:
  - { name: spec, repos: "work:**", on: merge_request, paths: "**.spec", build: { hub: koji, target: f42-candidate } }
  - { name: next, repos: "work:**", on: merge_request, build: { hub: koji, target: f43, optional: true } }
  - { name: release, repos: "github:**", on: tag, build: { hub: koji, target: f42, scratch: false, from: [main, "rel/{tag}"] } }
  - { name: open, repos: "github:**", on: tag, build: { hub: koji, target: c9s, scratch: false, unprotected: true } }
  - { name: plain, repos: "github:**", on: tag, build: { hub: koji, target: c8s, scratch: false } }
`,
);
writeFileSync(join(directory, "paths.txt"), "README\nhello.spec\n");
writeFileSync(join(directory, "docs.txt"), "README\n");
writeFileSync(join(directory, "own.yaml"), "targets: [f43, c9s-candidate]\nmacros: { dist: .x }\n");
writeFileSync(join(directory, "bad.yaml"), "targets: [f43]\n  arches: x\n");
writeFileSync(join(directory, "far.yaml"), "targets: [f43, el9]\nmacros:\n  vendor: me\n");
writeFileSync(join(directory, "half.json"), '{"ref": ');
afterAll(() => {
  endAll();
  rmSync(directory, { recursive: true });
});

const plan = (forge: string, event: string, payload: string, ...more: string[]) =>
  run(["plan", "--forge", forge, "--event", event, "--payload", payload, ...more], { cwd: directory });

const HELLO = "git+https://github.com/Codertocat/Hello-World.git";
const FORKED = "git+https://github.com/octo-packager/Hello-World.git";
const DIASPORA = "git+https://gitlab.example.com/mike/diaspora.git";
const ALICES = "git+https://gitlab.example.com/alice/diaspora.git";

const github = {
  forge: "github",
  repo: "Codertocat/Hello-World",
  tag: null,
  mr: null,
  author: "Codertocat",
  fork: false,
};
const work = { forge: "work", repo: "mike/diaspora", tag: null, mr: null, author: "jsmith", fork: false };
const forgejo = { forge: "forgejo", repo: "packages/kilo", tag: null, mr: null, author: "jane", fork: false };
const plain = {
  package: null,
  macros: [],
  strategy: "auto",
  options: {},
  optional: false,
  onExisting: "adopt",
  guard: null,
  approval: false,
};
const push = (source: string, target = "master-candidate") => ({
  ...{ rule: "push", hub: "koji", target, scratch: true, arches: ["x86_64", "aarch64"], source },
  ...plain,
  context: `koji/${target}/scratch`,
});
const mr = (source: string) => ({
  ...{ rule: "mr", hub: "koji", target: "f42-candidate", scratch: true, arches: [], source },
  ...plain,
  context: "koji/f42-candidate/scratch",
});
const held = (source: string) => ({ ...mr(source), approval: true });
const tag = (target: string) => ({
  ...{ rule: "tag", hub: "koji", target, scratch: false, arches: [], source: `${HELLO}#${SHAS.push}` },
  ...plain,
  context: `release simple-tag ${target}`,
  guard: { kind: "tag", name: "simple-tag", branches: [], unprotected: false },
});

interface Row {
  /** `--event`: our own word for it or the one of the forge's header. */
  readonly word: string;
  readonly event: object;
  readonly builds: readonly object[];
}

const ROWS: Readonly<Record<string, Row>> = {
  "github-push": {
    word: "push",
    event: { ...github, kind: "push", sha: SHAS.push, branch: "master" },
    builds: [push(`${HELLO}#${SHAS.push}`)],
  },
  "github-tag": {
    word: "tag",
    event: { ...github, kind: "tag", sha: SHAS.push, branch: null, tag: "simple-tag" },
    builds: [tag("f42-candidate"), tag("c9s-candidate")],
  },
  "github-merge-request": {
    word: "merge_request",
    event: { ...github, kind: "merge_request", sha: SHAS.pull, branch: "master", mr: 2 },
    builds: [mr(`${HELLO}#${SHAS.pull}`)],
  },
  "github-fork": {
    word: "pull_request",
    event: {
      ...github,
      kind: "merge_request",
      sha: SHAS.fork,
      branch: "master",
      mr: 3,
      author: "octo-packager",
      fork: true,
    },
    builds: [held(`${FORKED}#${SHAS.fork}`)],
  },
  "gitlab-push": {
    word: "Push Hook",
    event: { ...work, kind: "push", sha: SHAS.labPush, branch: "master" },
    builds: [push(`${DIASPORA}#${SHAS.labPush}`)],
  },
  "gitlab-merge-request": {
    word: "Merge Request Hook",
    event: { ...work, kind: "merge_request", sha: SHAS.labMr, branch: "master", mr: 1 },
    builds: [mr(`${DIASPORA}#${SHAS.labMr}`)],
  },
  "gitlab-fork": {
    word: "merge_request",
    event: { ...work, kind: "merge_request", sha: SHAS.labFork, branch: "master", mr: 2, author: "alice", fork: true },
    builds: [held(`${ALICES}#${SHAS.labFork}`)],
  },
  "forgejo-push": {
    word: "push",
    event: { ...forgejo, kind: "push", sha: SHAS.kiloPush, branch: "main" },
    builds: [push(`git+https://forgejo.example.org/packages/kilo.git#${SHAS.kiloPush}`, "main-candidate")],
  },
  "forgejo-fork": {
    word: "merge_request",
    event: { ...forgejo, kind: "merge_request", sha: SHAS.kiloFork, branch: "main", mr: 4, author: "sam", fork: true },
    builds: [held(`git+https://forgejo.example.org/sam/kilo.git#${SHAS.kiloFork}`)],
  },
};

describe.concurrent("plan --json", () => {
  it.for(Object.entries(ROWS))("%s", async ([name, { word, event, builds }], { expect }) => {
    const forge = name.startsWith("gitlab") ? "work" : name.replace(/-.*/, "");
    const { code, stdout, stderr } = await plan(forge, word, `${name}.json`, "--json");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(JSON.parse(stdout)).toEqual({ event, builds, ignored: null });
  });

  it("what no rule wants: no builds, and why; exit 0", async ({ expect }) => {
    const { code, stdout } = await plan("work", "tag", "gitlab-tag.json", "--json");
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      event: { kind: "tag", tag: "v1.0.0" },
      builds: [],
      ignored: "no rule matches",
    });
  });

  it("what is no event of ours: null, and why; exit 0", async ({ expect }) => {
    const { code, stdout } = await plan("github", "issues", "github-push.json", "--json");
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual({ event: null, builds: [], ignored: "nothing is built on a issues event" });
  });
});

describe.concurrent("plan", () => {
  it("for people: the event, each rule with its reason, each build", async ({ expect }) => {
    const { code, stdout, stderr } = await plan("github", "push", "github-push.json");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toBe(`push on github:Codertocat/Hello-World at 6113728f27ae by Codertocat
  rule push: matches
  rule mr: no, on: this is a push, not a merge_request
  rule tag: no, on: this is a push, not a tag
build scratch on koji target master-candidate for x86_64 aarch64
  source ${HELLO}#${SHAS.push}
  status koji/master-candidate/scratch
  rule   push
`);
  });

  it("for people: paths, groups and packages", async ({ expect }) => {
    const { stdout, stderr } = await plan("work", "push", "packages.json", "--config", "paths.yaml");
    expect(stderr).toBe("");
    expect(stdout.split("\n").slice(1)).toEqual([
      "  rule spec: matches",
      "  rule regex: matches",
      "  rule packages: matches",
      ...["a/scratch", "mike-aster/scratch", "c/scratch/bar", "c/scratch/foo"].flatMap((context, i) => [
        `build scratch on koji target ${context.replace(/\/.*/, "")}`,
        `  source ${DIASPORA}${["", "", "?packages/bar", "?packages/foo"][i]}#${SHAS.labPush}`,
        `  status koji/${context}`,
        `  rule   ${["spec", "regex", "packages", "packages"][i]}`,
      ]),
      "",
    ]);
  });

  it("for people: paths that nobody said", async ({ expect }) => {
    const { stdout } = await plan("work", "merge_request", "gitlab-merge-request.json", "--config", "paths.yaml");
    expect(stdout).toContain(`
  rule spec: matches
    the forge will be asked for the changed paths; or give --paths
    paths unknown, built to be safe
  rule regex: no, on: this is a merge_request, not a push
  rule packages: no, package: changed paths unknown
    the forge will be asked for the changed paths; or give --paths
build scratch on koji target a
`);
  });

  const ask = (...more: string[]) =>
    plan("work", "merge_request", "gitlab-merge-request.json", "--config", "asking.yaml", ...more);
  const rest = (stdout: string) => stdout.split("\n").slice(1).join("\n");

  it("for people: what the forge will be asked", async ({ expect }) => {
    const { stdout } = await ask();
    expect(rest(stdout)).toBe(`  rule spec: matches
    the forge will be asked for the changed paths; or give --paths
    the forge will be asked for .kojibridge.yaml; or give --repo-file
    paths unknown, built to be safe
  rule next: matches
    the forge will be asked for .kojibridge.yaml; or give --repo-file
  rule release: no, repos: \`work:mike/diaspora\` does not match \`github:**\`
  rule open: no, repos: \`work:mike/diaspora\` does not match \`github:**\`
  rule plain: no, repos: \`work:mike/diaspora\` does not match \`github:**\`
build scratch on koji target f42-candidate
  source ${DIASPORA}#${SHAS.labMr}
  status koji/f42-candidate/scratch
  rule   spec
build scratch on koji target f43
  source ${DIASPORA}#${SHAS.labMr}
  status koji/f43/scratch
  rule   next
  optional: the summary status does not turn red for it
`);
  });

  it("for people: with the repo's own file and the changed paths, as the forge would tell them", async ({ expect }) => {
    const { stdout } = await ask("--paths", "paths.txt", "--repo-file", "own.yaml");
    expect(rest(stdout)).toMatch(/^ {2}rule spec: matches\n {2}rule next: matches\n {2}rule release/);
    expect(rest(stdout).split("\n").slice(5).join("\n")).toBe(`build scratch on koji target c9s-candidate
  macros %dist .x (repo_file); strategy auto
  source ${DIASPORA}#${SHAS.labMr}
  status koji/c9s-candidate/scratch
  rule   spec
build scratch on koji target f43
  macros %dist .x (repo_file); strategy auto
  source ${DIASPORA}#${SHAS.labMr}
  status koji/f43/scratch
  rule   next
  optional: the summary status does not turn red for it
`);
  });

  it.for<[file: string, said: string]>([
    ["bad.yaml", ".kojibridge.yaml:2:1: all mapping items must start at the same column"],
    [
      "far.yaml",
      ".kojibridge.yaml:1:16: target `el9` is not allowed here; allowed: f42-candidate, c*-candidate, f43 (and 1 more)",
    ],
  ])("for people: the mistakes of %s", async ([file, said], { expect }) => {
    const { stdout } = await ask("--paths", "paths.txt", "--repo-file", file);
    expect(stdout).toContain(`summary status, failure: ${said}\n`);
    expect(stdout).toMatch(/^nothing is built: \.kojibridge\.yaml:/m);
    expect(stdout).not.toMatch(/^build /m);
  });

  it("for people: changed paths that no rule wants", async ({ expect }) => {
    const { stdout } = await ask("--paths", "docs.txt");
    expect(stdout).toContain("  rule spec: no, paths: none of the 1 changed paths matches `**.spec`\n");
  });

  it("for people: where the commit of a real build has to be", async ({ expect }) => {
    const { stdout } = await plan("github", "tag", "github-tag.json", "--config", "asking.yaml");
    expect(stdout.split("\n").filter((line) => /only if|^build/.test(line))).toEqual([
      "build REAL on koji target f42",
      "  only if tag simple-tag is protected and is at the commit, or the commit is on one of main rel/simple-tag, which is protected: the forge will be asked",
      "build REAL on koji target c9s",
      "  only if tag simple-tag is at the commit: the forge will be asked",
      "build REAL on koji target c8s",
      "  only if tag simple-tag is protected and is at the commit: the forge will be asked",
    ]);
  });

  it("for people: why nothing is built", async ({ expect }) => {
    const { stdout } = await plan("work", "tag", "gitlab-tag.json");
    expect(stdout).toMatch(/^tag on work:mike\/diaspora .*\n(?: {2}rule .*\n){3}nothing is built: no rule matches\n$/);
  });

  it.for<[string, [string, string, string], RegExp]>([
    ["a push for a pull request", ["github", "merge_request", "github-push.json"], /^kojibridge: action: expected /],
    ["a push for a tag push", ["work", "tag", "gitlab-push.json"], /^kojibridge: object_kind: expected "tag_push"/],
    [
      "an unknown forge",
      ["gitea", "push", "github-push.json"],
      /^kojibridge: --forge gitea: .* github, work, forgejo$/,
    ],
    ["no such file", ["github", "push", "none.json"], /^kojibridge: --payload none\.json cannot be read/],
    ["half a payload", ["github", "push", "half.json"], /^kojibridge: --payload half\.json cannot be read as JSON/],
  ])("%s: one line that names it, exit 2", async ([, [forge, event, payload], message], { expect }) => {
    const { code, stdout, stderr } = await plan(forge, event, payload);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr.trimEnd()).toMatch(message);
    expect(stderr.trimEnd()).not.toContain("\n");
  });
});
