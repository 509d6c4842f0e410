import { execFileSync } from "node:child_process";
import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { endAll, start } from "../support/cli.ts";
import { describeWithParts } from "../support/parts.ts";

const ROOT = resolve(import.meta.dirname, "../..");

describeWithParts("the RPM", ["rpm", "systemd"], () => {
  const directory = mkdtempSync(join(tmpdir(), "kojibridge-rpm-"));
  const root = join(directory, "root");
  let file = "";
  const rpm = (...args: string[]) => execFileSync("rpm", args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });

  beforeAll(() => {
    const env = { ...process.env, DIST: directory };
    execFileSync("npm", ["run", "--silent", "rpm"], { cwd: ROOT, env, stdio: ["ignore", "ignore", "inherit"] });
    [file = ""] = globSync(join(directory, "rpm/*.rpm"));
    mkdirSync(root);
    rpm("--install", "--nodeps", "--noscripts", "--root", root, "--dbpath", "/var/lib/rpm", file);
  }, 300_000);
  afterAll(() => {
    endAll();
    rmSync(directory, { recursive: true });
  });

  it("is named by version and architecture, and asks for the Node.js that package.json asks for", () => {
    const { version, engines } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
    expect(basename(file)).toContain(`-${version}-`);
    expect(basename(file)).toMatch(/^kojibridge-[\d.]+-1\.(?:x86_64|aarch64)\.rpm$/);
    expect(rpm("--query", "--package", "--requires", file)).toContain(
      `nodejs(engine) ${engines.node.replace(">=", ">= ")}`,
    );
  });

  it("leaves a changed configuration alone, and brings nothing of the other platforms", () => {
    const flags = rpm("--query", "--package", "--queryformat", "[%{FILENAMES} %{FILEFLAGS:fflags}\n]", file);
    // c: configuration, n: not replaced.
    expect(flags).toMatch(/^\/etc\/kojibridge\.yaml cn$/m);
    expect(globSync("**/*.node", { cwd: root }).filter((name) => /win32|darwin|musl/.test(name))).toEqual([]);
  });

  it("passes on the licences of what is bundled", () => {
    const licenses = readFileSync(join(root, "usr/lib/kojibridge/dist/bundle/main.js.licenses.txt"), "utf8");
    expect(licenses).toMatch(/^fastify [\d.]+ \(MIT\)\n\nMIT License\n/m);
    expect(licenses).not.toMatch(/^(?:esbuild|vitest) /m);
  });

  it("makes its user and its directory", () => {
    const quietly = { stdio: "ignore" } as const;
    execFileSync("systemd-sysusers", [`--root=${root}`, "kojibridge.conf"], quietly);
    execFileSync("systemd-tmpfiles", [`--root=${root}`, "--create", "kojibridge.conf"], quietly);
    expect(readFileSync(join(root, "etc/passwd"), "utf8")).toMatch(/^kojibridge:.*:\/var\/lib\/kojibridge:/m);
    expect(globSync("var/lib/kojibridge", { cwd: root })).toHaveLength(1);
  });

  it("installed, serves /readyz with the configuration it came with", async () => {
    const config = join(root, "etc/kojibridge.yaml");
    const secrets = join(directory, "secrets");
    const state = join(directory, "state");
    mkdirSync(secrets);
    mkdirSync(state);
    for (const name of ["koji-password", "github-token", "github-webhook"])
      writeFileSync(join(secrets, `secret_${name}`), `${name}-of-the-test`);
    // The same file, in other places: this machine may have a kojibridge of its own.
    const yaml = readFileSync(config, "utf8")
      .replaceAll("/run/credentials/kojibridge.service", secrets)
      .replace("/var/lib/kojibridge", state)
      .replace("127.0.0.1:8080", "127.0.0.1:0")
      .replace("type: github", "type: github\n    api_url: http://127.0.0.1:9");
    writeFileSync(config, yaml);
    const service = start([join(root, "usr/bin/kojibridge"), "serve", "--config", config]);
    const [, url = ""] = await service.prints(/"url":"(http:[^"]+)"/);
    const answer = await fetch(`${url}/readyz`);
    expect({ status: answer.status, body: await answer.json() }).toEqual({ status: 200, body: { status: "ok" } });
    service.process.kill("SIGTERM");
    expect(await service.ended).toMatchObject({ code: 0, stderr: "" });
    expect(globSync("*.db", { cwd: state })).toEqual(["kojibridge.db"]);
  });
});
