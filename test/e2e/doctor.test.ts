import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Check } from "../../src/cli/doctor/check.ts";
import { examine } from "../../src/cli/doctor/examine.ts";
import { loadConfig } from "../../src/config/load.ts";
import { createForgeWorld, type ForgeWorld } from "../../src/simulator/forge/world.ts";
import { createHubWorld, DEFAULT_CONTENT, type HubWorld, type HubWorldOptions } from "../../src/simulator/hub/index.ts";
import { readOpenApi } from "../contract/openapi.ts";
import { makeTempDir, removeTempDir } from "../support/temp-dir.ts";

const COMMAND = join(import.meta.dirname, "../../src/cli/kojibridge.ts");
const SOON = new Date(Date.now() + 4 * 86_400_000).toISOString().slice(0, 10);
const NOWHERE = "http://127.0.0.1:9999";
const SECRETS = {
  HUB: "kojibridge-test-password",
  GITHUB: "ghp_doctor-github-token",
  GITLAB: "glpat-doctor-gitlab-token",
  HOOK: "doctor-webhook-secret",
};

/** Everybody's tokens, and what the forges gave them. */
const TOKENS = [
  { login: "bridge", token: SECRETS.GITHUB, scopes: ["repo"] },
  { login: "project_7_bot", token: SECRETS.GITLAB, scopes: ["api"] },
  { login: "bridge", token: "ghp_without", scopes: ["gist"] },
  { login: "bridge", token: "ghp_naked", scopes: [] },
  { login: "bridge", token: "ghp_statuses", scopes: ["repo:status"] },
  { login: "bridge", token: "github_pat_fine" },
  { login: "app[bot]", token: "ghs_app-token", isBot: true },
  { login: "bridge", token: "ghp_expiring", scopes: ["repo"], expiresAt: SOON },
  { login: "bridge", token: "glpat-reads", scopes: ["read_api"] },
  { login: "bridge", token: "glpat-registry", scopes: ["read_registry"] },
  { login: "bridge", token: "glpat-granular", scopes: ["granular", "api"] },
  { login: "bridge", token: "forgejo-token", scopes: ["read:user", "write:repository", "write:issue"] },
  { login: "bridge", token: "glpat-expiring", scopes: ["api"], expiresAt: SOON },
];

/** What a case changes of a configuration that is right. */
interface Changes {
  readonly hub?: object;
  readonly forge?: object;
  readonly rule?: object;
  readonly build?: object;
  readonly hubs?: object;
  readonly env?: Readonly<Record<string, string>>;
}

/** `line`: subject, check and status. */
type Case = [name: string, changes: Changes, line: string, seen: RegExp, todo?: RegExp];

describe("kojibridge doctor", () => {
  let dir: string;
  let hub: HubWorld;
  let forge: ForgeWorld;

  beforeAll(async () => {
    dir = await makeTempDir();
    hub = await openHub();
    forge = await createForgeWorld();
    for (const { login, ...user } of TOKENS) forge.addUser(login, user);
  });

  afterAll(async () => {
    await Promise.all([hub?.close(), forge?.close()]);
    if (dir !== undefined) await removeTempDir(dir);
  });

  async function openHub(options: HubWorldOptions = {}): Promise<HubWorld> {
    const { tags, targets } = DEFAULT_CONTENT;
    const content = {
      tags: [...tags, { name: "frozen", arches: "", locked: true }, { name: "empty-build" }],
      targets: [
        ...targets,
        { name: "f42-frozen", build: "f42-build", dest: "frozen" },
        { name: "empty", build: "empty-build", dest: "f42-updates-candidate" },
      ],
    };
    const world = createHubWorld({ content, ...options });
    await world.listen();
    return world;
  }

  function configuration(changes: Changes): object {
    const auth = { method: "password", username: "kojibridge", password: { env: "HUB" } };
    const webhook_secret = { env: "HOOK" };
    const build = { hub: "fedora", target: "f42-candidate", ...changes.build };
    return {
      hubs: { fedora: { url: hub.url, auth, ...changes.hub }, ...changes.hubs },
      forges: {
        github: { type: "github", api_url: forge.gitHubUrl, token: { env: "GITHUB" }, webhook_secret },
        work: { type: "gitlab", url: forge.url, token: { env: "GITLAB" }, webhook_secret, ...changes.forge },
      },
      rules: [{ name: "all", repos: ["github:rpms/*", "work:dist/**"], on: "push", build, ...changes.rule }],
    };
  }

  async function write(changes: Changes): Promise<string> {
    const file = join(dir, "doctor.yaml");
    // JSON is YAML.
    await writeFile(file, JSON.stringify(configuration(changes)));
    return file;
  }

  /** Through the command line. */
  async function run(changes: Changes, ...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
    const command = [COMMAND, "doctor", "--config", await write(changes), ...args];
    const env = { PATH: "/usr/bin:/bin", ...SECRETS, ...changes.env };
    return new Promise((resolve) => {
      const child = execFile(process.execPath, command, { env }, (_error, stdout, stderr) =>
        resolve({ code: child.exitCode ?? -1, stdout, stderr }),
      );
    });
  }

  /** Without the command line, which takes half a second to start. */
  async function diagnose(changes: Changes, patience?: number): Promise<Check[]> {
    const env = { ...SECRETS, ...changes.env };
    const loaded = loadConfig(await write(changes), { env, secrets: "required" });
    if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems));
    const checks = await examine(loaded.config, patience);
    for (const secret of Object.values(env)) expect(JSON.stringify(checks)).not.toContain(secret);
    return checks;
  }

  it("finds everything that is there", async () => {
    const { code, stdout, stderr } = await run({}, "--json");
    const { ok, checks }: { ok: boolean; checks: Check[] } = JSON.parse(stdout);
    const source = (repo: string) => `git+${forge.url}/${repo}.git: the hub's policy allows`;
    expect(checks.map(({ subject, check, status, seen }) => [subject, check, status, seen])).toEqual([
      ["hubs.fedora", "reachable", "ok", hub.url],
      ["hubs.fedora", "version", "ok", "Koji 1.35.3"],
      ["hubs.fedora", "clock", "ok", "as ours"],
      ["hubs.fedora", "login", "ok", "kojibridge, by password"],
      ["hubs.fedora", "permissions", "ok", expect.stringContaining("none")],
      ["hubs.fedora", "sidetags", "ok", "the plugin is there"],
      ["hubs.fedora", "sources", "ok", expect.stringContaining(source("rpms/example"))],
      ["hubs.fedora", "sources", "ok", expect.stringContaining(source("dist/example"))],
      ["hubs.fedora/f42-candidate", "target", "ok", "f42-build -> f42-updates-candidate"],
      ["hubs.fedora/f42-candidate", "destination", "ok", "f42-updates-candidate is open"],
      ["hubs.fedora/f42-candidate", "arches", "ok", "f42-build has x86_64 aarch64"],
      ["hubs.fedora/f42-candidate", "macros", "ok", "%dist .fc42"],
      ["forges.github", "reachable", "ok", forge.gitHubUrl],
      ["forges.github", "token", "ok", "bridge"],
      ["forges.github", "scopes", "ok", "repo"],
      ["forges.github", "clock", "ok", "as ours"],
      ["forges.work", "reachable", "ok", forge.url],
      ["forges.work", "token", "ok", "project_7_bot"],
      ["forges.work", "scopes", "ok", "api"],
      ["forges.work", "clock", "ok", "as ours"],
    ]);
    expect(checks.every(({ todo }) => todo === null)).toBe(true);
    expect({ code, ok, stderr }).toEqual({ code: 0, ok: true, stderr: "" });
  });

  it("leaves no session behind and changes nothing", async () => {
    await diagnose({});
    expect(hub.count("logout")).toBe(hub.count("login"));
    expect(hub.tasks()).toEqual([]);
    expect(new Set(forge.requests.map(({ method }) => method))).toEqual(new Set(["GET"]));
    expect(forge.requests.flatMap((request) => readOpenApi(request.dialect)(request).problems)).toEqual([]);
  });

  it("is a table for people", async () => {
    const { code, stdout } = await run({ build: { target: "f42-candidat" } });
    expect(code).toBe(1);
    expect(stdout).toMatch(/^hubs\.fedora\n {2}ok {4}reachable {4}http:/);
    expect(stdout).toMatch(/\n {2}FAIL {2}target .*did you mean `f42-candidate`\? => correct `target` in rule all.*\n/);
    expect(stdout).toMatch(/\n\n\d+ checks: 1 failed: not all rules will work\n$/);
  });

  it("says what is wrong with a configuration", async () => {
    const { code, stdout, stderr } = await run({ build: { hub: "fedoar" } }, "--json");
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain("did you mean `fedora`?");
  });

  const ssl = { method: "ssl", cert: "doctor.yaml" };
  const admin = { method: "password", username: "kojiadmin", password: { env: "HUB" } };
  const mergeRequests = { on: "merge_request", comments: "always" };

  it.each<Case>([
    [
      "a wrong password",
      { env: { HUB: "not-the-password" } },
      "hubs.fedora login fail",
      /invalid username or password/,
      /check hubs.fedora.auth: `username` and `password`/,
    ],
    [
      "an administrator",
      { hub: { auth: admin }, env: { HUB: "kojiadmin-test-password" } },
      "hubs.fedora permissions warn",
      /admin/,
      /a user of its own/,
    ],
    [
      "a hub that is down",
      { hub: { url: `${NOWHERE}/kojihub` } },
      "hubs.fedora reachable fail",
      /connection refused/,
      /see that the hub runs/,
    ],
    [
      "a profile that is none",
      { hub: { profile: "nobodys" } },
      "hubs.fedora reachable fail",
      /no Koji profile nobodys/,
      /`profile`/,
    ],
    ["no TLS for a certificate", { hub: { auth: ssl } }, "hubs.fedora reachable fail", /https/, /`url`/],
    [
      "a source the hub refuses",
      { build: { source: "git+https://forbidden.example/{repo}#{sha}" } },
      "hubs.fedora sources warn",
      /refuses it \(no such host here\)/,
      /build_from_scm/,
    ],
    [
      "a hub nobody has given a policy",
      { build: { source: "git+https://default.example/{repo}#{sha}" } },
      "hubs.fedora sources unknown",
      /cannot be seen/,
      /have the source allowed/,
    ],
    [
      "a target that is not there",
      { build: { target: "rawhide" } },
      "hubs.fedora/rawhide target fail",
      /none of this name/,
      /or have it created/,
    ],
    [
      "a target of the event",
      { build: { target: "{branch}-x" } },
      "hubs.fedora/{branch}-x target unknown",
      /decided per event/,
    ],
    [
      "a locked destination",
      { build: { target: "f42-frozen", scratch: false } },
      "hubs.fedora/f42-frozen destination fail",
      /frozen is locked/,
      /have it unlocked/,
    ],
    [
      "a locked destination of scratch builds",
      { build: { target: "f42-frozen" } },
      "hubs.fedora/f42-frozen destination ok",
      /only scratch builds/,
    ],
    [
      "an impossible arch",
      { build: { arches: ["riscv64"] } },
      "hubs.fedora/f42-candidate arches fail",
      /wants only riscv64/,
      /in rule all leave out `arches`/,
    ],
    [
      "an arch too many",
      { build: { arches: ["x86_64", "riscv64"] } },
      "hubs.fedora/f42-candidate arches warn",
      /never builds riscv64/,
      /take riscv64 out/,
    ],
    [
      "a build tag without arches",
      { build: { target: "empty" } },
      "hubs.fedora/empty arches fail",
      /empty-build has none/,
      /nothing can be built/,
    ],
    [
      "a refused GitHub token",
      { env: { GITHUB: "ghp_nobody" } },
      "forges.github token fail",
      /Bad credentials/,
      /give it as forges.github.token/,
    ],
    [
      "a GitHub token without scope",
      { env: { GITHUB: "ghp_without" } },
      "forges.github scopes fail",
      /gist/,
      /`repo:status`/,
    ],
    [
      "a GitHub token with none at all",
      { env: { GITHUB: "ghp_naked" } },
      "forges.github scopes fail",
      /none/,
      /`repo`/,
    ],
    ["a GitHub token for statuses", { env: { GITHUB: "ghp_statuses" } }, "forges.github scopes ok", /repo:status/],
    [
      "a GitHub token for statuses, and comments",
      { env: { GITHUB: "ghp_statuses" }, rule: mergeRequests },
      "forges.github scopes warn",
      /no comments/,
      /comments: never/,
    ],
    [
      "a fine-grained GitHub token",
      { env: { GITHUB: "github_pat_fine" } },
      "forges.github scopes unknown",
      /does not tell/,
      /Commit statuses/,
    ],
    ["a GitHub App", { env: { GITHUB: "ghs_app-token" } }, "forges.github token ok", /of an App/],
    [
      "a GitHub token about to expire",
      { env: { GITHUB: "ghp_expiring" } },
      "forges.github expiry warn",
      /in 3 days/,
      /make the next token/,
    ],
    [
      "a refused GitLab token",
      { env: { GITLAB: "glpat-nobody" } },
      "forges.work token fail",
      /401 Unauthorized/,
      /give it as forges.work.token/,
    ],
    [
      "a GitLab token that only reads",
      { env: { GITLAB: "glpat-reads" } },
      "forges.work scopes fail",
      /read_api/,
      /scope `api`/,
    ],
    [
      "a GitLab token that may nothing",
      { env: { GITLAB: "glpat-registry" } },
      "forges.work scopes fail",
      /read_registry/,
      /scope `api`/,
    ],
    [
      "a fine-grained GitLab token",
      { env: { GITLAB: "glpat-granular" } },
      "forges.work scopes unknown",
      /does not tell/,
      /merge request notes/,
    ],
    [
      "a GitLab token about to expire",
      { env: { GITLAB: "glpat-expiring" } },
      "forges.work expiry warn",
      /in 3 days/,
      /make the next token/,
    ],
    [
      "a forge that is down",
      { forge: { url: NOWHERE } },
      "forges.work reachable fail",
      /ECONNREFUSED/,
      /see that .* is up/,
    ],
    [
      "a hub no rule needs",
      { hubs: { other: { url: `${NOWHERE}/kojihub` } } },
      "hubs.other reachable warn",
      /connection refused/,
      /see that/,
    ],
  ])("%s", async (_name, changes, line, seen, todo) => {
    const refusals: Readonly<Record<string, string>> = {
      "forbidden.example": "no such host here",
      "default.example": "Only admin can do this via default policy",
    };
    hub.settings.policy.scm = ({ host }) => refusals[host] ?? null;
    const checks = await diagnose(changes);
    const [subject = "", check, status] = line.split(" ");
    const found = checks.filter((one) => one.subject === subject && one.check === check);
    const wanted = todo === undefined ? null : expect.stringMatching(todo);
    expect(found).toContainEqual({ subject, check, status, seen: expect.stringMatching(seen), todo: wanted });
    // Only what the case has broken is red.
    expect(checks.filter((one) => one.status === "fail" && !one.subject.startsWith(subject))).toEqual([]);
    expect(checks.filter((one) => one.status === "fail").every((one) => one.todo !== null)).toBe(true);
  });

  it.each([-120, 120])("a hub's clock that is %i s off", async (seconds) => {
    const other = await openHub({ start: Date.now() + seconds * 1000 });
    try {
      const checks = await diagnose({ hub: { url: other.url } });
      const seen = seconds < 0 ? /^12[01] s behind ours$/ : /^1(?:1[89]|20) s ahead of ours$/;
      expect(of(checks, "hubs.fedora", "clock")).toMatchObject({ status: "fail", seen: expect.stringMatching(seen) });
    } finally {
      await other.close();
    }
  });

  it("a forge's clock that is ten minutes off", async () => {
    const other = await createForgeWorld({ now: () => Date.now() - 600_000 });
    other.addUser("bridge", { token: SECRETS.GITLAB });
    try {
      const checks = await diagnose({ forge: { url: other.url } });
      const seen = expect.stringMatching(/^60[01] s behind ours$/);
      expect(of(checks, "forges.work", "clock")).toMatchObject({ status: "fail", seen });
    } finally {
      await other.close();
    }
  });

  it("an address that is no GitLab", async () => {
    const checks = await diagnose({ forge: { url: new URL(hub.url).origin } });
    const todo = "correct forges.work.url: is this a GitLab?";
    expect(of(checks, "forges.work", "reachable")).toMatchObject({
      status: "fail",
      seen: expect.stringContaining("404"),
      todo,
    });
  });

  it("a Forgejo: who we are, and what to look up about the token", async () => {
    const checks = await diagnose({ forge: { type: "forgejo" }, env: { GITLAB: "forgejo-token" } });
    expect(of(checks, "forges.work", "reachable")).toMatchObject({ status: "ok", seen: forge.url });
    expect(of(checks, "forges.work", "token")).toMatchObject({ status: "ok", seen: "bridge" });
    expect(of(checks, "forges.work", "clock")).toMatchObject({ status: "ok" });
    const todo = expect.stringContaining("read:user, write:repository and write:issue");
    expect(of(checks, "forges.work", "scopes")).toMatchObject({ status: "unknown", todo });
    expect(forge.requests.flatMap((request) => readOpenApi(request.dialect)(request).problems)).toEqual([]);
  });

  it.each([
    ["is refused", { GITLAB: "nobody" }, /401 token is required/],
    ["lacks a scope", { GITLAB: "glpat-registry" }, /required scope\(s\): \[read:user\]/],
  ])("a Forgejo token that %s", async (_name, env, seen) => {
    const checks = await diagnose({ forge: { type: "forgejo" }, env });
    expect(of(checks, "forges.work", "token")).toMatchObject({ status: "fail", seen: expect.stringMatching(seen) });
  });

  it("an address that is no Forgejo", async () => {
    const checks = await diagnose({ forge: { type: "forgejo", url: new URL(hub.url).origin } });
    const todo = "correct forges.work.url: is this a Forgejo or Gitea?";
    expect(of(checks, "forges.work", "reachable")).toMatchObject({ status: "fail", todo });
  });

  it("a GitLab that does not tell about tokens", async () => {
    forge.fail({ on: /self$/, fault: { kind: "answer", status: 502 } });
    expect(of(await diagnose({}), "forges.work", "scopes")).toMatchObject({
      status: "unknown",
      seen: expect.stringContaining("502"),
    });
    forge.fail({ on: /self$/, fault: { kind: "answer", status: 404 } });
    expect(of(await diagnose({}), "forges.work", "scopes")).toMatchObject({
      status: "unknown",
      seen: expect.stringContaining("does not tell"),
    });
  });

  it("a hub in maintenance, which hides no forge", async () => {
    hub.faults.offline("back at noon");
    const checks = await diagnose({}).finally(hub.faults.online);
    expect(of(checks, "hubs.fedora", "reachable")).toMatchObject({ seen: expect.stringContaining("back at noon") });
    expect(checks.filter(({ subject }) => subject.startsWith("hubs."))).toHaveLength(1);
    expect(checks.filter(({ subject, status }) => /^forges/.test(subject) && status === "ok")).toHaveLength(8);
  });

  it("a hub that does not answer one question, which hides no other", async () => {
    const gate = hub.faults.hold("getBuildTarget");
    const checks = await diagnose({}, 300).finally(gate.release);
    expect(of(checks, "hubs.fedora/f42-candidate", "target")).toMatchObject({
      status: "fail",
      seen: "no answer within 0.3 s",
    });
    expect(checks.filter(({ status }) => status === "fail")).toHaveLength(1);
  });
});

function of(checks: readonly Check[], subject: string, check: string): Check | undefined {
  return checks.find((one) => one.subject === subject && one.check === check);
}
