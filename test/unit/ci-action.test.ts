import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { parse, parseAllDocuments } from "yaml";
import { INPUTS, toArguments } from "../../action/inputs.ts";
import { buildCommand } from "../../src/cli/build/command.ts";
import { toFlagHub } from "../../src/config/flag-hub.ts";
import { parseStepFile } from "../../src/config/step-file.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const text = (file: string) => readFileSync(resolve(ROOT, file), "utf8");
const action = parse(text("action/action.yml"));
const flags = buildCommand().options.map(({ long }) => long);

describe("action.yml", () => {
  test("has an input for every flag but --verbose, and no other", () => {
    expect(Object.keys(action.inputs).toSorted()).toEqual([...Object.keys(INPUTS), "scratch", "token"].toSorted());
    const covered = [...Object.values(INPUTS).map(({ flag }) => flag), "--scratch", "--no-scratch", "--verbose"];
    expect(covered.toSorted()).toEqual(flags.toSorted());
  });

  test("describes every input and output, and names the outputs there are", () => {
    for (const { description } of Object.values<{ description: string }>({ ...action.inputs, ...action.outputs }))
      expect(description).toMatch(/^\S.*\.$/);
    expect(Object.keys(action.outputs)).toEqual(["task-id", "task-url", "nvr", "state", "rpms"]);
  });

  test("says the defaults of the flags", () => {
    for (const option of buildCommand().options) {
      const input = Object.entries(INPUTS).find(([, { kind, flag }]) => kind === "text" && flag === option.long)?.[0];
      if (input !== undefined) expect(action.inputs[input].default, input).toBe(option.defaultValue);
    }
  });

  test("runs on the runner's newest Node", () => {
    expect(action.runs).toEqual({ using: "node24", main: "index.mjs" });
  });
});

describe("inputs", () => {
  test.each<[inputs: Record<string, string>, args: string[]]>([
    [{}, []],
    [{ TARGET: "f42", WAIT: "true", CANCEL: "true", FOLLOW: "false" }, ["--target=f42"]],
    [{ TARGET: " a \n\n b\n" }, ["--target=a", "--target=b"]],
    [{ "HUB-URL": "https://h/k" }, ["--hub-url=https://h/k"]],
    [{ SCRATCH: "true" }, ["--scratch"]],
    [{ SCRATCH: "false" }, ["--no-scratch"]],
    [{ WAIT: "false", CANCEL: "False", FORCE: "TRUE" }, ["--no-wait", "--force", "--no-cancel"]],
    [{ MACROS: "dist=.an8\nvendor=A B" }, ["--macro=dist=.an8", "--macro=vendor=A B"]],
    [{ WITH: "-x" }, ["--with=-x"]],
  ])("%j", (inputs, args) => {
    const env = Object.fromEntries(Object.entries(inputs).map(([name, value]) => [`INPUT_${name}`, value]));
    expect(toArguments(env)).toEqual(args);
  });

  test.each(["SCRATCH", "WAIT", "FORCE"])("%s is true or false", (name) => {
    expect(() => toArguments({ [`INPUT_${name}`]: "yes" })).toThrow(
      `input \`${name.toLowerCase()}\`: write true or false`,
    );
  });
});

describe("templates", () => {
  test("the workflow uses inputs there are, on pull requests and tags", () => {
    const workflow = parse(text("templates/github/koji.yml"));
    expect(Object.keys(workflow.on)).toEqual(["pull_request", "push"]);
    const [step] = workflow.jobs.koji.steps;
    for (const input of Object.keys(step.with)) expect(action.inputs).toHaveProperty([input]);
  });

  test("the release workflow builds the bundle and pushes tags only", () => {
    const { on, jobs } = parse(text("templates/github/release-action.yml"));
    expect(on).toEqual({ push: { tags: ["release-*"] } });
    const script = jobs.release.steps.map(({ run = "" }) => run).join("\n");
    const { scripts } = JSON.parse(text("package.json"));
    for (const [, name = ""] of script.matchAll(/npm run ([\w:]+)/g)) expect(scripts).toHaveProperty([name]);
    expect(script).not.toMatch(/git push(?! (?:--force )?origin "\$)/);
  });

  test("the component uses flags there are, and its defaults", () => {
    const [head, jobs] = parseAllDocuments(text("templates/gitlab/koji.yml")).map((one) => one.toJS());
    const script = [
      ...jobs[".koji"].script,
      ...["koji-scratch", "koji-release"].map((job) => jobs[job].variables.KOJI_MODE),
    ];
    const used = script.join(" ").match(/(?<![\w-])--[a-z-]+/g) ?? [];
    expect(used.length).toBeGreaterThan(5);
    for (const flag of used) expect(flags).toContain(flag);
    const inputs = JSON.stringify(jobs).matchAll(/\$\[\[ inputs\.(\w+) \]\]/g);
    expect(new Set([...inputs].map(([, name]) => name))).toEqual(new Set(Object.keys(head.spec.inputs)));
  });

  test(".kojibridge.yaml", () => {
    const loaded = parseStepFile(text("templates/ci.kojibridge.yaml"), ".kojibridge.yaml");
    expect(loaded).toMatchObject({ ok: true, file: { rules: [{ name: "scratch builds" }, { name: "releases" }] } });
  });

  test("a hub that flags name has the file's defaults", () => {
    const text = "hubs: { h: { url: https://h/k } }\nrules: [{ name: x, on: push, build: { hub: h, target: t } }]";
    const loaded = parseStepFile(text, ".kojibridge.yaml");
    expect(loaded.ok && loaded.file.hubs.h).toEqual(toFlagHub("h", { url: "https://h/k" }, "5s"));
  });

  test.each<[yaml: string, message: string]>([
    [
      "hubs: { a: { url: https://h/k, auth: { method: none } } }\nrules: [{ name: x, on: push, build: { hub: a, target: t } }]",
      "unknown key",
    ],
    ["rules: []", "the list is empty"],
    ["{}", "missing"],
    [
      "hubs: { a: { url: https://h/k } }\nrules: [{ name: x, on: push, build: { hub: b, target: t } }]",
      "unknown hub `b`",
    ],
    [
      "rules: [{ name: x, on: merge_request, build: { hub: b, target: t, scratch: false } }]",
      "merge requests only get scratch",
    ],
  ])("%s", (yaml, message) => {
    const loaded = parseStepFile(yaml, ".kojibridge.yaml");
    expect(loaded.ok ? [] : loaded.problems.map((problem) => problem.message).join("\n")).toContain(message);
  });
});
