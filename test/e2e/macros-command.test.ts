import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createHubWorld, type HubWorld } from "../../src/simulator/hub/index.ts";
import { endAll, run } from "../support/cli.ts";

let hub: HubWorld;
let cwd: string;
beforeAll(async () => {
  hub = createHubWorld();
  await hub.listen();
  cwd = mkdtempSync(join(tmpdir(), "kojibridge-macros-"));
  for (const user of ["kojiadmin", "kojibridge"])
    writeFileSync(
      join(cwd, `${user}.yaml`),
      `hubs: { koji: { url: ${hub.url}, auth: { method: password, username: ${user}, password: { env: P } } } }
forges: { github: { type: github, token: { env: P }, webhook_secret: { env: P } } }
rules: [{ name: r, repos: "github:a/b", on: push, build: { hub: koji, target: f42-candidate, macros: { ci_x: "1" } } }]
`,
    );
});
afterAll(async () => {
  endAll();
  await hub.close();
  rmSync(cwd, { recursive: true });
});

const macros = (args: string[], user = "kojiadmin") =>
  run(["macros", ...args, "-c", `${user}.yaml`], { cwd, env: { P: `${user}-test-password` } });
const backups = () =>
  readdirSync(cwd)
    .filter((name) => name.startsWith("macros-f42-build-"))
    .sort();

it("shows, sets, compares, puts back; and changes nothing twice", async () => {
  const shown = await macros(["show", "f42-candidate"]);
  expect(shown).toMatchObject({ code: 0, stderr: "" });
  expect(shown.stdout).toMatch(/%dist\s+\.fc42\s+f42-build\n/);
  expect(shown.stdout).toMatch(/%ci_x\s+1\s+rule r\n/);

  const set = await macros(["set", "f42-candidate", "dist=.an8", "ci_run=7"]);
  expect(set).toMatchObject({ code: 0 });
  expect(set.stdout).toContain("+ %ci_run 7\n- %dist .fc42\n+ %dist .an8\n");
  const [backup = ""] = backups();
  expect(JSON.parse(readFileSync(join(cwd, backup), "utf8"))).toMatchObject({
    tag: "f42-build",
    macros: { dist: ".fc42" },
  });
  expect((await macros(["set", "f42-candidate", "dist=.an8", "ci_run=7"])).stdout).toBe(
    "f42-build: nothing to change\n",
  );
  expect(backups()).toHaveLength(1);

  expect(await macros(["diff", backup])).toMatchObject({
    code: 1,
    stdout: "+ %ci_run 7\n- %dist .fc42\n+ %dist .an8\n",
  });
  expect((await macros(["unset", "f42-candidate", "%ci_run"])).stdout).toContain("- %ci_run 7\n");
  expect(await macros(["restore", backup])).toMatchObject({ code: 0 });
  expect(await macros(["diff", backup])).toMatchObject({ code: 0, stdout: `f42-build: as in ${backup}\n` });
}, 60_000);

it.each<[what: string, args: string[], user: string, code: number, stderr: RegExp]>([
  [
    "no such target",
    ["show", "f42-candidat"],
    "kojiadmin",
    2,
    /no target f42-candidat; did you mean `f42-candidate`\?/,
  ],
  ["no permission", ["set", "f42-candidate", "dist=.x"], "kojibridge", 1, /tag permission required/],
  ["no value", ["set", "f42-candidate", "dist"], "kojiadmin", 2, /dist: write NAME=VALUE/],
  ["a name that is none", ["set", "f42-candidate", "9=x"], "kojiadmin", 2, /the name of a macro/],
  ["no backup", ["restore", "kojiadmin.yaml"], "kojiadmin", 2, /cannot be read as JSON/],
  ["another hub", ["show", "f42-candidate", "--hub", "x"], "kojiadmin", 2, /no hub `x`: --hub koji/],
])(
  "%s",
  async (_, args, user, code, stderr) => {
    const ended = await macros(args, user);
    expect(ended).toMatchObject({ code });
    expect(ended.stderr).toMatch(stderr);
  },
  30_000,
);
