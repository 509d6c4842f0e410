import { describe, expect, it } from "vitest";
import type { Tag } from "../../src/adapters/koji/calls/tags.ts";
import { forgeNeeds, hubNeeds } from "../../src/cli/doctor/needs.ts";
import { toPolicyData } from "../../src/cli/doctor/sources.ts";
import { judgeTarget } from "../../src/cli/doctor/target-verdict.ts";
import { parseConfig } from "../../src/config/load.ts";

const HEAD = `
hubs:
  fedora: { url: https://koji.example.org/kojihub, auth: { method: password, username: b, password: { env: P } } }
  spare: { url: https://spare.example.org/kojihub }
forges:
  github: { type: github, token: { env: T }, webhook_secret: { env: T } }
  ghe: { type: github, api_url: https://git.corp.example/api/v3, token: { env: T }, webhook_secret: { env: T } }
  work: { type: gitlab, url: https://example.org/gitlab, token: { env: T }, webhook_secret: { env: T } }
  tea: { type: gitea, url: https://gitea.example.org/, token: { env: T }, webhook_secret: { env: T } }
rules:
`;

function parse(...rules: string[]) {
  const loaded = parseConfig(HEAD + rules.map((rule) => `  - ${rule}\n`).join(""), "test.yaml", {
    env: {},
    secrets: "optional",
  });
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems));
  return loaded.config;
}

describe("what rules need", () => {
  it("of a hub: fixed targets once each, and templates", () => {
    const config = parse(
      "{ name: a, repos: 'github:rpms/*', on: push, build: { hub: fedora, target: [f42, '{branch}-x'], arches: [x86_64] } }",
      "{ name: b, repos: 'github:rpms/*', on: tag, build: { hub: fedora, target: f42, scratch: false } }",
    );
    const { needed, targets, templates } = hubNeeds(config, "fedora");
    expect({ needed, templates }).toEqual({ needed: true, templates: ["{branch}-x"] });
    expect([...targets.keys()]).toEqual(["f42"]);
    expect(targets.get("f42")).toMatchObject([
      { rule: "a", scratch: true, arches: ["x86_64"] },
      { rule: "b", scratch: false, arches: [] },
    ]);
    expect(hubNeeds(config, "spare").needed).toBe(false);
  });

  it.each([
    ["'github:rpms/*'", "git+https://github.com/rpms/example.git#0000000000000000000000000000000000000000"],
    ["'github:**'", "git+https://github.com/example/example.git#0000000000000000000000000000000000000000"],
    [
      "'ghe:rpms/{nano,vim-{x,y}}?'",
      "git+https://git.corp.example/rpms/nanox.git#0000000000000000000000000000000000000000",
    ],
    ["'tea:rpms/*'", "git+https://gitea.example.org/rpms/example.git#0000000000000000000000000000000000000000"],
    ["'work:dist/**'", "git+https://example.org/gitlab/dist/example.git#0000000000000000000000000000000000000000"],
  ])("sources of %s", (repos, url) => {
    const config = parse(`{ name: a, repos: [${repos}, '!work:x/*'], on: push, build: { hub: fedora, target: f42 } }`);
    expect(hubNeeds(config, "fedora").sources).toEqual([{ url, scratch: true }]);
  });

  it("no source of a regular expression", () => {
    const config = parse("{ name: a, repos: 'github:/^rpms/', on: push, build: { hub: fedora, target: f42 } }");
    expect(hubNeeds(config, "fedora").sources).toEqual([]);
    expect(forgeNeeds(config, "github").needed).toBe(true);
  });

  it("the source of a monorepo's package", () => {
    const rule = "name: a, repos: 'github:a/mono', on: push, package: { path: 'rpms/{package}' }";
    const config = parse(`{ ${rule}, build: { hub: fedora, target: "{package}" } }`);
    const url = "git+https://github.com/a/mono.git?rpms/example#0000000000000000000000000000000000000000";
    expect(hubNeeds(config, "fedora")).toMatchObject({ sources: [{ url }], templates: ["{package}"] });
  });

  it("a source of a rule's own", () => {
    const source = "git+https://src.example.org/{owner}/{repo_name}.git?sub#{branch}";
    const config = parse(
      `{ name: a, repos: 'github:rpms/*', on: push, build: { hub: fedora, target: f42, source: '${source}' } }`,
    );
    const url = "git+https://src.example.org/rpms/example.git?sub#example";
    expect(hubNeeds(config, "fedora").sources).toEqual([{ url, scratch: true }]);
  });

  it.each([
    ["merge_request", "always", { needed: true, comments: true }],
    ["merge_request", "never", { needed: true, comments: false }],
    ["push", "always", { needed: true, comments: false }],
  ])("of a forge: %s, comments %s", (on, comments, needs) => {
    const config = parse(
      `{ name: a, repos: ['work:x/*', '!ghe:y/*'], on: ${on}, comments: ${comments}, build: { hub: fedora, target: f42 } }`,
    );
    expect(forgeNeeds(config, "work")).toEqual(needs);
    expect(forgeNeeds(config, "ghe")).toEqual({ needed: false, comments: false });
  });
});

it.each([
  [
    "git+https://h.example/a/b.git?m/n#dead",
    {
      scm_scheme: "git+https://",
      scm_type: "GIT",
      scm_user: null,
      scm_host: "h.example",
      scm_repository: "/a/b.git",
      scm_module: "m/n",
      scm_revision: "dead",
    },
  ],
  [
    "git+ssh://git@h.example:22/a#b",
    {
      scm_scheme: "git+ssh://",
      scm_type: "GIT+SSH",
      scm_user: "git",
      scm_host: "h.example:22",
      scm_repository: "/a",
      scm_module: "",
      scm_revision: "b",
    },
  ],
  ["svn://h/a#1", { scm_type: "SVN" }],
  ["cvs+ssh://u@h/a#1", { scm_type: "CVS+SSH" }],
])("policy data of %s", (url, data) => {
  expect(toPolicyData(url, 7, true)).toMatchObject({
    ...data,
    scm_url: url,
    user_id: 7,
    scratch: true,
    channel: "default",
  });
});

describe("arches a builder would leave", () => {
  const tag: Tag = { id: 1, name: "t", arches: [], locked: false, permission: null, extra: {} };
  const target = { id: 1, name: "t", buildTag: "t-build", buildTagId: 1, destTag: "t", destTagId: 1 };
  it.each([
    ["x86_64 i386", ["i686"], "ok"],
    ["armv7hl", ["armv5tel"], "fail"],
    ["armv7hl", ["armv6hl"], "ok"],
    ["ppc64le", ["ppc64"], "fail"],
    ["ppc64", ["ppc64p7"], "ok"],
    ["x86_64", ["noarch"], "ok"],
    ["x86_64", ["x86_64", "aarch64"], "warn"],
    ["x86_64", [], "ok"],
    ["", [], "fail"],
  ])("tag %j, rule %j: %s", (tagArches, arches, status) => {
    const config = { ...tag, arches: tagArches.split(" ").filter((arch) => arch !== ""), inherited: {} };
    const facts = { ok: true, value: { exists: true, target, destination: tag, config } } as const;
    const checks = judgeTarget("t", [{ rule: "r", scratch: true, arches }], facts);
    expect(checks.find(({ check }) => check === "arches")).toMatchObject({ status });
  });
});
