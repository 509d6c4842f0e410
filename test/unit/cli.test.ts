import { execFileSync } from "node:child_process";
import { accessSync, constants, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { COMMAND, endAll, run, start } from "../support/cli.ts";

const ROOT = join(import.meta.dirname, "../..");
const { version } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));

const SECRETS = {
  KOJI_PASSWORD: "secret-of-the-hub",
  GITHUB_TOKEN: "secret-token",
  GITHUB_SECRET: "secret-of-the-webhook",
};
const GOOD = `
hubs:
  koji: { url: https://koji.example.org/kojihub, auth: { method: password, username: bridge, password: { env: KOJI_PASSWORD } } }
forges:
  github: { type: github, token: { env: GITHUB_TOKEN }, webhook_secret: { env: GITHUB_SECRET } }
rules:
  - { name: push, repos: "github:**", on: push, build: { hub: koji, target: f42-candidate } }
`;
const BROKEN = `
server: { pubic_url: https://bridge.example.org }
hubs:
  koji: { url: https://koji.example.org/kojihub, auth: { method: password, username: bridge, password: ${SECRETS.KOJI_PASSWORD} } }
forges:
  github: { type: github, token: { env: GITHUB_TOKEN } }
rules:
  - { name: mr, repos: "github:**", on: merge_request, build: { hub: fedora, target: f42-candidate, scratch: false } }
`;

const directory = mkdtempSync(join(tmpdir(), "kojibridge-cli-"));
writeFileSync(join(directory, "kojibridge.yaml"), GOOD);
writeFileSync(join(directory, "broken.yaml"), BROKEN);
afterAll(() => {
  endAll();
  rmSync(directory, { recursive: true });
});
const here = (args: readonly string[], env: Record<string, string> = SECRETS) => run(args, { cwd: directory, env });

describe.concurrent("the command line", () => {
  const COMMANDS = ["serve", "check", "doctor", "plan", "demo", "replay", "catch-up", "migrate"];

  it("--help names every command and the exit codes", async () => {
    const { code, stdout } = await here(["--help"]);
    expect(code).toBe(0);
    for (const command of COMMANDS) expect(stdout).toMatch(new RegExp(`^  ${command} `, "m"));
    expect(stdout).toMatch(/Exit codes:\n +0 .*\n +1 .*\n +2 /);
  });

  it.for(COMMANDS)("%s --help tells its options and the exit codes", async (command) => {
    const { code, stdout, stderr } = await here([command, "--help"]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(new RegExp(`^Usage: kojibridge ${command} `));
    expect(stdout).toMatch(/Exit codes:\n +0 .*\n +1 .*\n +2 /);
  });

  it.for<[string, string[]]>([
    ["unknown command 'xyzzy'", ["xyzzy"]],
    ["unknown option '--prot'", ["serve", "--prot"]],
    ["missing required argument 'delivery'", ["replay"]],
    ["argument 'loud' is invalid. Allowed choices are debug, info, warn, error", ["serve", "--log-level", "loud"]],
  ])("%s: one line, where to look, and exit 2", async ([message, args]) => {
    const { code, stdout, stderr } = await here(args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(message);
    expect(stderr.trim().split("\n")).toEqual([expect.stringMatching(/^error: /), "(--help shows what there is)"]);
  });

  it("a command loads nothing of the others", async () => {
    const tell = "load(url, context, next) { console.error(url); return next(url, context); }";
    const hooks = `data:text/javascript,import { registerHooks } from "node:module"; registerHooks({ ${tell} })`;
    const { code, stderr } = await start(["--import", hooks, COMMAND, "plan", "--help"]).ended;
    expect(code).toBe(0);
    expect(stderr).toContain("/src/cli/plan.ts");
    expect(stderr).not.toMatch(/\/src\/(?:http|simulator|app|adapters\/store)\//);
  });

  it("--version is the package's", async () => {
    expect(await here(["--version"])).toEqual({ code: 0, stdout: `${version}\n`, stderr: "" });
  });
});

describe.concurrent("check", () => {
  it("a good configuration: ok, exit 0", async () => {
    const { code, stdout, stderr } = await here(["check"]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toBe("kojibridge.yaml: ok, 1 hub(s), 1 forge(s), 1 rule(s)\n");
  });

  it.for(["check", "serve"])("%s with a broken one: every problem with its place, exit 2", async (command) => {
    const { code, stdout, stderr } = await here([command, "--config", "broken.yaml"]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr.trim().split("\n")).toEqual([
      expect.stringMatching(/^broken\.yaml:2:11: server\.pubic_url: .*`public_url`/),
      expect.stringMatching(/^broken\.yaml:4:\d+: hubs\.koji\.auth\.password: .*\{ env: NAME \}/),
      expect.stringMatching(/^broken\.yaml:6:3: forges\.github\.webhook_secret: missing/),
      expect.stringMatching(/^broken\.yaml:8:\d+: rules\[0\]\.build\.hub: unknown hub `fedora`; there is koji/),
      expect.stringMatching(/^broken\.yaml:8:\d+: rules\[0\]\.build\.scratch: /),
    ]);
  });

  it("no such file: said with its name, exit 2", async () => {
    const { code, stderr } = await here(["check", "--config", "nowhere.yaml"]);
    expect({ code, stderr }).toEqual({ code: 2, stderr: "nowhere.yaml:1:1: the file cannot be read (ENOENT)\n" });
  });

  it("a secret that is not there: its variable is named, exit 2", async () => {
    const { code, stderr } = await here(["check"], { ...SECRETS, GITHUB_TOKEN: "" });
    expect(code).toBe(2);
    expect(stderr).toMatch(/^kojibridge\.yaml:\d+:\d+: forges\.github\.token.*GITHUB_TOKEN/);
  });

  it("--schema is a JSON Schema", async () => {
    const { code, stdout } = await here(["check", "--schema"]);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ type: "object", required: expect.arrayContaining(["hubs", "rules"]) });
  });

  it("no secret is ever printed", async () => {
    const outputs = await Promise.all(
      ["kojibridge.yaml", "broken.yaml"].map((file) => here(["check", "--config", file])),
    );
    expect(JSON.stringify(outputs)).not.toMatch(/secret-/);
  });
});

describe.concurrent("an older Node", () => {
  const pretending = (node: string) =>
    `data:text/javascript,Object.defineProperty(process, "versions", { value: { ...process.versions, node: "${node}" } })`;

  it.for(["20.19.5", "22.18.0"])("%s: one line that says which Node to take, exit 2", async (node) => {
    const ended = await start(["--import", pretending(node), COMMAND, "--version"]).ended;
    const stderr = `kojibridge needs Node.js 22.19 or newer; this is ${node}.\n`;
    expect(ended).toEqual({ code: 2, stdout: "", stderr });
  });

  it.for(["22.19.0"])("%s is new enough", async (node) => {
    expect(await start(["--import", pretending(node), COMMAND, "--version"]).ended).toMatchObject({ code: 0 });
  });

  const older = findOlderNode();
  it.skipIf(older === null)(
    `a real one (${older?.version ?? "none on PATH"}) reads the command and says so`,
    async () => {
      const file = join(directory, "kojibridge.mjs");
      writeFileSync(file, stripTypeScriptTypes(readFileSync(COMMAND, "utf8")));
      const ended = await start([file, "--version"], { node: older?.path ?? "" }).ended;
      expect(ended).toMatchObject({
        code: 2,
        stderr: expect.stringMatching(/^kojibridge needs Node\.js 22\.19 .*\n$/),
      });
    },
  );
});

/** An npm script puts our own Node first, so the machine's is further on. */
function findOlderNode(): { path: string; version: string } | null {
  for (const folder of (process.env.PATH ?? "").split(delimiter)) {
    const path = join(folder, "node");
    if (folder.includes("node_modules") || !existsSync(path)) continue;
    const found = execFileSync(path, ["--version"], { encoding: "utf8" }).trim();
    const [major = 0, minor = 0] = found.slice(1).split(".").map(Number);
    if (major < 22 || (major === 22 && minor < 19)) return { path, version: found };
  }
  return null;
}

describe("the built command", () => {
  const built = join(ROOT, "dist/cli/kojibridge.js");

  it.skipIf(!existsSync(built))("runs as it is, as npx and a symlink in bin do it (needs npm run build)", async () => {
    accessSync(built, constants.X_OK);
    const PATH = `${dirname(process.execPath)}${delimiter}${process.env.PATH}`;
    expect(execFileSync(built, ["--version"], { encoding: "utf8", env: { PATH } })).toBe(`${version}\n`);
  });
});
