import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { parseConfig } from "../../src/config/load.ts";
import { formatProblem } from "../../src/config/problem.ts";
import type { ForgeEvent } from "../../src/domain/event.ts";
import { plan, type Rule } from "../../src/domain/rules.ts";
import { mergeRequest, push, tag } from "./rules-events.ts";

const HEAD = `hubs:
  koji: { url: "https://koji.example.org/kojihub", auth: { method: password, username: a, password: { env: A } } }
  community: { url: "https://koji.example.com/kojihub", auth: { method: password, username: a, password: { env: A } } }
forges:
  github: { type: github, token: { env: A }, webhook_secret: { env: A } }
  work: { type: gitlab, url: "https://gitlab.example.org", token: { env: A }, webhook_secret: { env: A } }
`;

const guide = readFileSync(fileURLToPath(new URL("../../docs/rules.md", import.meta.url)), "utf8");

/** The rules under each heading. */
const setups = new Map(
  guide
    .split(/^## /m)
    .slice(1)
    .map((section) => {
      const [title = ""] = section.split("\n", 1);
      const blocks = [...section.matchAll(/^```yaml\n(.*?)^```$/gms)].map((match) => match[1]);
      return [title, blocks] as const;
    }),
);

function rulesOf(title: string): readonly Rule[] {
  const [text] = setups.get(title) ?? [];
  const loaded = parseConfig(HEAD + text, `${title}.yaml`, { env: {}, secrets: "optional" });
  if (!loaded.ok) throw new Error(loaded.problems.map(formatProblem).join("\n"));
  return loaded.config.rules;
}

test("each set-up has its rules", () => {
  expect([...setups.keys()]).toHaveLength(12);
  for (const [title, blocks] of setups) {
    expect(blocks, title).toHaveLength(1);
    expect(rulesOf(title).length, title).toBeGreaterThan(1);
  }
});

const at = (path: string) => ({ path });
const bash = at("rpms/bash");
const stream = { forge: "work", path: "centos-stream/rpms/bash" };
const euler = at("src-openeuler/bash");
const anolis = at("src-anolis-os/bash");
const mono = { forge: "work", path: "platform/packages" };
const example = at("example/tool");
const platform = { forge: "work", path: "platform/agent" };
const vendor = at("vendor/nginx");

describe("what they build", () => {
  test.each<[setup: string, event: ForgeEvent, builds: string[]]>([
    ["Fedora-like dist-git", mergeRequest({ ...bash, branch: "f42" }), ["f42-candidate as koji/f42-candidate/scratch"]],
    [
      "Fedora-like dist-git",
      mergeRequest({ ...bash, branch: "epel9" }),
      ["epel9-candidate as koji/epel9-candidate/scratch"],
    ],
    ["Fedora-like dist-git", mergeRequest({ ...bash, branch: "rawhide" }), ["rawhide as koji/rawhide/scratch"]],
    ["Fedora-like dist-git", mergeRequest({ ...bash, branch: "f42-next" }), []],
    ["Fedora-like dist-git", mergeRequest({ ...bash, branch: "f42", author: "renovate[bot]" }), []],
    [
      "Fedora-like dist-git",
      push({ ...bash, branch: "f42", changed: ["README", "bash.spec"] }),
      ["REAL f42-candidate as koji/f42-candidate"],
    ],
    ["Fedora-like dist-git", push({ ...bash, branch: "f42", changed: ["README", "plans/a.fmf"] }), []],
    ["Fedora-like dist-git", push({ ...bash, branch: "f42" }), []],
    ["Fedora-like dist-git", push({ ...bash, branch: "rawhide", changed: ["bash.spec"] }), []],
    ["CentOS-like branches", push({ ...stream, branch: "c9s" }), ["c9s-candidate as koji/c9s-candidate/scratch"]],
    [
      "CentOS-like branches",
      mergeRequest({ ...stream, branch: "c10s" }),
      ["c10s-candidate as koji/c10s-candidate/scratch"],
    ],
    [
      "CentOS-like branches",
      push({ ...stream, branch: "c9s-sig-cloud-antelope" }),
      ["cloud9s-antelope-el9s as koji/cloud/antelope"],
    ],
    ["CentOS-like branches", push({ ...stream, branch: "c9" }), []],
    [
      "openEuler",
      mergeRequest({ ...euler, branch: "openEuler-24.03-LTS-SP1" }),
      ["openEuler-24.03-LTS-SP1 as koji/lts"],
    ],
    ["openEuler", mergeRequest({ ...euler, branch: "openEuler-24.03-LTS" }), ["openEuler-24.03-LTS as koji/lts"]],
    ["openEuler", mergeRequest({ ...euler, branch: "openEuler-25.09" }), ["openEuler-25.09 as koji/innovation"]],
    ["openEuler", mergeRequest({ ...euler, branch: "master" }), ["master as koji/innovation"]],
    ["openEuler", mergeRequest({ ...euler, branch: "master", labels: ["sig/Base", "do-not-build"] }), []],
    ["openEuler", mergeRequest({ ...euler, branch: "master", labels: ["sig/Base"] }), ["master as koji/innovation"]],
    ["Anolis", push({ ...anolis, branch: "a8.9" }), ["dist-an8-candidate as koji/dist-an8-candidate/scratch"]],
    ["Anolis", push({ ...anolis, branch: "a23", changed: ["README.md"] }), []],
    [
      "Anolis",
      push({ ...anolis, branch: "a23", changed: ["README.md", "a.spec"] }),
      ["dist-an23-candidate as koji/dist-an23-candidate/scratch"],
    ],
    [
      "Anolis",
      mergeRequest({ ...anolis, branch: "a23", labels: ["koji:an23-gcc14"] }),
      ["dist-an23-candidate as koji/dist-an23-candidate/scratch", "dist-an23-gcc14 as koji/dist-an23-gcc14/scratch"],
    ],
    ["Anolis", mergeRequest({ ...anolis, branch: "main", labels: ["koji:el9"] }), []],
    [
      "Company monorepo",
      push({ ...mono, changed: ["packages/foo/foo.spec", "packages/bar/README.md"] }),
      ["el9-candidate as koji/el9-candidate/scratch/foo", "el10-candidate as koji/el10-candidate/scratch/foo"],
    ],
    ["Company monorepo", push({ ...mono, changed: ["tools/x"] }), []],
    ["Company monorepo", push({ ...mono }), []],
    [
      "Company monorepo",
      tag({ ...mono, tag: "foo-bar-1.2-3" }),
      ["REAL el9-candidate as koji/el9-candidate/foo-bar", "REAL el10-candidate as koji/el10-candidate/foo-bar"],
    ],
    ["Company monorepo", tag({ ...mono, tag: "v1" }), []],
    [
      "Tags to real builds",
      tag({ ...example, tag: "v1.2.3" }),
      ["REAL f43-candidate as koji/f43-candidate", "REAL f42-candidate as koji/f42-candidate"],
    ],
    [
      "Tags to real builds",
      tag({ ...example, tag: "v1.2-rc1" }),
      ["f43-candidate as koji/f43-candidate/scratch", "f42-candidate as koji/f42-candidate/scratch"],
    ],
    ["Tags to real builds", tag({ ...example, tag: "v1.2-beta" }), []],
    ["Tags to real builds", tag({ path: "example/website", tag: "v1" }), []],
    ["Tags to real builds", mergeRequest({ ...example, title: "WIP: x" }), []],
    [
      "Tags to real builds",
      mergeRequest({ ...example, title: "Fix" }),
      ["f43-candidate as koji/f43-candidate/scratch"],
    ],
    ["Tags to real builds", push({ ...example, text: "WIP" }), ["f43-candidate as koji/f43-candidate/scratch"]],
    [
      "Release branches that vouch for tags",
      tag({ ...example, tag: "v3.1.4" }),
      ["REAL f43-candidate as koji/f43-candidate"],
    ],
    ["Release branches that vouch for tags", tag({ ...example, tag: "v3.1.4-rc1" }), []],
    ["Release branches that vouch for tags", push(example), []],
    [
      "A required check, and the next release on trial",
      mergeRequest(example),
      [
        "f42-candidate as koji/f42-candidate/scratch",
        "f43-candidate as koji/f43-candidate/scratch",
        "rawhide as koji/rawhide/scratch",
      ],
    ],
    ["A required check, and the next release on trial", mergeRequest({ ...example, draft: true }), []],
    ["Packagers choose their targets", mergeRequest(bash), ["rawhide as koji/rawhide/scratch"]],
    [
      "Packagers choose their targets",
      push({ ...bash, branch: "rawhide" }),
      ["rawhide as koji/rawhide/scratch", "REAL rawhide as koji/rawhide"],
    ],
    [
      "Two hubs",
      tag({ ...platform, tag: "v1" }),
      ["REAL el9-candidate as koji/el9-candidate", "REAL infra9-el9-candidate as community/infra9-el9-candidate"],
    ],
    ["Two hubs", push(platform), ["el9-candidate as koji/el9-candidate/scratch"]],
    ["A vendor's variants", mergeRequest(vendor), ["an8-candidate as koji/an8-candidate/scratch"]],
    [
      "A vendor's variants",
      mergeRequest({ ...vendor, labels: ["hardened"] }),
      ["an8-candidate as koji/an8-candidate/scratch", "an8-candidate as koji/hardened"],
    ],
    [
      "Specs apart from sources",
      push({ ...mono, branch: "product-a", changed: ["components/foo/rpm/SPECS/foo.spec", "components/bar/src/x.c"] }),
      ["REAL product-a-candidate as koji/product-a-candidate/foo"],
    ],
    ["Specs apart from sources", push({ ...mono, branch: "product-c", changed: ["components/foo/rpm/x"] }), []],
    ["Specs apart from sources", mergeRequest({ ...mono, branch: "product-a", fork: true }), []],
  ])("%s %#", (setup, event, expected) => {
    const { builds } = plan(event, rulesOf(setup), { comments: "always" });
    expect(builds.map(({ scratch, target, context }) => `${scratch ? "" : "REAL "}${target} as ${context}`)).toEqual(
      expected,
    );
  });

  test("the branches that vouch for a tag have its major number", () => {
    const rules = rulesOf("Release branches that vouch for tags");
    const { builds } = plan(tag({ ...example, tag: "v3.1.4" }), rules, { comments: "always" });
    expect(builds[0]?.guard).toEqual({
      kind: "tag",
      name: "v3.1.4",
      branches: ["main", "release/3"],
      unprotected: false,
    });
  });

  test("specs are where the rule says", () => {
    const event = push({ ...mono, branch: "product-b", changed: ["components/foo/rpm/x"] });
    const { builds } = plan(event, rulesOf("Specs apart from sources"), { comments: "always" });
    expect(builds).toMatchObject([{ package: "foo", spec: "components/foo/rpm/SPECS/foo.spec" }]);
  });

  test("the monorepo's release from its folder", () => {
    const { builds } = plan(tag({ ...mono, tag: "foo-1-2" }), rulesOf("Company monorepo"), { comments: "always" });
    expect(builds[0]?.source).toBe(`git+https://gitlab.example.org/platform/packages.git?packages/foo#${tag().sha}`);
  });
});
