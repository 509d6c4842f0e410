import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { describeExisting, type HubBuild, isInTheWay, isOfCommit, rivalOf } from "../../src/domain/existing.ts";
import { formatNvr, readNvr } from "../../src/domain/nvr.ts";

const directory = mkdtempSync(join(tmpdir(), "kojibridge-nvr-"));
afterAll(() => rmSync(directory, { recursive: true }));
const hasRpm = process.env.KOJIBRIDGE_TEST_REQUIRE_ALL === "1" || spawnSync("rpmspec", ["--version"]).status === 0;

const GIVEN = { dist: ".fc42", ci_run: "7" };
const USUAL = "Name: hello\nVersion: 1.0\nRelease: 1%{?dist}\n";
const REST = "Summary: s\nLicense: x\n%description\n";

/** What rpm itself makes of it, with the same macros. */
function byRpm(spec: string): string {
  const file = join(directory, "t.spec");
  writeFileSync(file, spec);
  const defines = Object.entries(GIVEN).flatMap(([name, value]) => ["--define", `${name} ${value}`]);
  const args = ["-q", "--srpm", "--qf", "%{NAME}-%{VERSION}-%{RELEASE}\n", ...defines, file];
  return spawnSync("rpmspec", args, { encoding: "utf8" }).stdout.trim();
}

const KNOWN: [what: string, spec: string, nvr: string][] = [
  ["the usual", USUAL, "hello-1.0-1.fc42"],
  ["without dist", "Name: hello\nVersion: 1.0\nRelease: 1\n", "hello-1.0-1"],
  ["other cases and blanks", "NAME: hello\nversion:\t1.0 \nRelease:1%{dist}\n", "hello-1.0-1.fc42"],
  [
    "macros of its own",
    `%global up 2.5\n%define rel 3\nName: hello\nVersion: %{up}\nRelease: %{rel}%{?dist}\n`,
    "hello-2.5-3.fc42",
  ],
  [
    "macros of macros",
    `%global major 2\n%global up %{major}.1\nName: hello\nVersion: %up\nRelease: 1\n`,
    "hello-2.1-1",
  ],
  [
    "expanded at once",
    `%global a 1\n%global b %{a}\n%global a 2\nName: hello\nVersion: %{b}\nRelease: 1\n`,
    "hello-1-1",
  ],
  ["expanded late", `%global a 1\n%define b %{a}\n%global a 2\nName: hello\nVersion: %{b}\nRelease: 1\n`, "hello-2-1"],
  ["its own dist", `%global dist .mine\n${USUAL}`, "hello-1.0-1.mine"],
  ["tags in tags", "Name: hello\nVersion: 1.0\nRelease: %{version}%{?dist}\n", "hello-1.0-1.0.fc42"],
  ["a percent that is none of these", `# 100%% sure\n${USUAL}`, "hello-1.0-1.fc42"],
  ["what a condition sets elsewhere", `%if 1\n%global other 1\n%endif\n${USUAL}`, "hello-1.0-1.fc42"],
  ["what comes after the preamble", `${USUAL}${REST}%global dist .late\n`, "hello-1.0-1.fc42"],
  ["nil", "Name: hello\nVersion: 1.0\nRelease: 1%{nil}\n", "hello-1.0-1"],
  [
    "a name with dashes, a version with tilde",
    "Name: a-b-c\nVersion: 1~rc1\nRelease: 0.1^git\n",
    "a-b-c-1~rc1-0.1^git",
  ],
];

describe("what is certain", () => {
  test.each(KNOWN)("%s", (_, spec, nvr) => {
    const read = readNvr(spec, GIVEN);
    expect(read === null ? null : formatNvr(read)).toBe(nvr);
  });
  test.skipIf(!hasRpm).each(KNOWN)("rpm says the same: %s", (_, spec, nvr) => {
    expect(byRpm(spec.includes("%description") ? spec : `${spec}${REST}`)).toBe(nvr);
  });
});

test.each<[what: string, spec: string]>([
  ["no release", "Name: hello\nVersion: 1\n"],
  ["a macro of the distribution", "Name: hello\nVersion: 1\nRelease: 1%{?other}\n"],
  ["%autorelease", "Name: hello\nVersion: 1\nRelease: %autorelease\n"],
  ["a shell", "Name: hello\nVersion: %(cat VERSION)\nRelease: 1\n"],
  ["lua", "Name: hello\nVersion: %{lua:print(1)}\nRelease: 1\n"],
  ["an expression", "Name: hello\nVersion: %[1+1]\nRelease: 1\n"],
  ["a condition inside", "Name: hello\nVersion: 1\nRelease: 1%{?ci_run:.%{ci_run}}\n"],
  ["twice", `${USUAL}Release: 2\n`],
  ["a tag under a condition", "Name: hello\nVersion: 1\n%if 0%{?fedora}\nRelease: 1\n%else\nRelease: 2\n%endif\n"],
  ["a macro under a condition", `%if 1\n%global dist .x\n%endif\n${USUAL}`],
  ["a macro that may be defined", `%{!?dist: %global dist .x}\n${USUAL}`],
  ["one that is undefined", `%undefine dist\n${USUAL}`],
  ["one that goes on", `%global dist .x\\\n.y\n${USUAL}`],
  ["a body in braces", `%global dist %{expand:.x}\n${USUAL}`],
  ["an included file", `%include other.inc\n${USUAL}`],
  ["loaded macros", `%load macros.x\n${USUAL}`],
  ["itself", `%define a %{b}\n%define b %{a}\nName: hello\nVersion: %{a}\nRelease: 1\n`],
  ["nothing that can be one", "Name: he llo\nVersion: 1\nRelease: 1\n"],
  ["a dash in the version", "Name: hello\nVersion: 1-2\nRelease: 1\n"],
  ["no spec", "\u0000\u0001"],
])("unknown: %s", (_, spec) => {
  expect(readNvr(spec, GIVEN)).toBeNull();
});

describe("a build that is there", () => {
  const sha = "a".repeat(40);
  const there: HubBuild = {
    id: 5,
    nvr: "hello-1.0-1",
    state: "COMPLETE",
    owner: "ann",
    source: `git+https://h/rpms/hello.git#${sha}`,
    task: 9,
    finishedAt: Date.UTC(2026, 10, 20),
  };
  const other = { ...there, source: `git+https://h/rpms/hello.git#${"b".repeat(40)}` };

  test.each<[what: string, build: HubBuild, inTheWay: boolean, ours: boolean]>([
    ["of this commit", there, true, true],
    ["of another", other, true, false],
    ["imported", { ...there, source: null }, true, false],
    ["under way", { ...there, state: "BUILDING" }, true, false],
    ["deleted", { ...there, state: "DELETED" }, true, false],
    ["failed", { ...there, state: "FAILED" }, false, false],
    ["canceled", { ...there, state: "CANCELED" }, false, false],
  ])("%s", (_, build, inTheWay, ours) => {
    expect([isInTheWay(build), isOfCommit(build, { sha })]).toEqual([inTheWay, ours]);
  });

  test.each<[build: HubBuild, words: string]>([
    [other, "hello-1.0-1 is built already, by ann on 2026-11-20 from bbbbbbbbbbbb; raise the version or the release"],
    [
      { ...there, source: null, finishedAt: null },
      "hello-1.0-1 is built already, by ann from an import; raise the version or the release",
    ],
    [
      { ...other, state: "DELETED" },
      "hello-1.0-1 was built and deleted, by ann on 2026-11-20 from bbbbbbbbbbbb; raise the version or the release",
    ],
    [
      { ...other, state: "BUILDING", finishedAt: null },
      "hello-1.0-1 is being built by ann (task 9); wait for that, or raise the release",
    ],
  ])("%#", (build, words) => {
    expect(describeExisting(build)).toBe(words);
  });

  test.each<[fault: string, rival: object | null]>([
    ["Build already exists (id=42, state=COMPLETE): {'name': 'hello'}", { build: 42 }],
    ["Build already in progress (task 17)", { task: 17 }],
    ["package hello not in list for tag f42", null],
    ["", null],
  ])("the fault %s", (fault, rival) => {
    expect(rivalOf(fault)).toEqual(rival);
  });
});
