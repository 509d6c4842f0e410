import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { parseConfig } from "../../src/config/load.ts";
import { formatProblem } from "../../src/config/problem.ts";
import { describeWithParts } from "../support/parts.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const PACKAGES = join(ROOT, "templates/packages");
const read = (name: string) => readFileSync(join(PACKAGES, name), "utf8");
const unit = read("kojibridge.service");

const directory = mkdtempSync(join(tmpdir(), "kojibridge-packages-"));
afterAll(() => rmSync(directory, { recursive: true }));

/** Loads the configuration, reading its secrets from made-up files, and gives back the places it names. */
function secretFiles(name: string): string[] {
  const loaded = parseConfig(read(name), join(PACKAGES, name), { env: {}, secrets: "optional" });
  expect(loaded.ok ? [] : loaded.problems.map(formatProblem)).toEqual([]);
  return [...read(name).matchAll(/\{ file: (\S+) \}/g)].map(([, file = ""]) => file);
}

it("every file of templates/packages is tested somewhere", () => {
  const tests = ["unit/packages.test.ts", "e2e/rpm.test.ts"].map((name) =>
    readFileSync(join(ROOT, "test", name), "utf8"),
  );
  const scripts = readFileSync(join(ROOT, "package.json"), "utf8") + read("kojibridge.spec") + read("rpm.sh");
  const untested = readdirSync(PACKAGES).filter((name) => ![...tests, scripts].some((text) => text.includes(name)));
  expect(untested).toEqual([]);
});

describe("the systemd unit", () => {
  it("hands over each secret its configuration reads, under the name systemd gives it", () => {
    const [, id, from] = /^LoadCredential=(\w+):(\S+)$/m.exec(unit) ?? [];
    expect(from).toBe("/etc/kojibridge");
    const files = secretFiles("kojibridge.yaml");
    expect(files.length).toBeGreaterThan(0);
    for (const file of files) expect(file).toMatch(new RegExp(`^/run/credentials/kojibridge\\.service/${id}_[\\w-]+$`));
  });

  it("keeps its database where it may write", () => {
    expect(unit).toMatch(/^StateDirectory=kojibridge$/m);
    expect(read("kojibridge.yaml")).toMatch(/^database: sqlite:\/var\/lib\/kojibridge\//m);
  });
});

describeWithParts("the systemd unit, as systemd reads it", ["systemd"], () => {
  const file = join(directory, "kojibridge.service");
  /** Everything as it is, but for the command, which is not installed here. */
  const analyze = (text: string, ...args: string[]) => {
    writeFileSync(file, text.replace("ExecStart=/usr/bin/kojibridge", `ExecStart=${process.execPath}`));
    return spawnSync("systemd-analyze", [...args, file], { encoding: "utf8" });
  };

  it("has no key systemd does not know", () => {
    expect(analyze(unit, "verify", "--man=no")).toMatchObject({ status: 0, stderr: "" });
    const wrong = unit.replace("ProtectHome=", "ProtectHouse=");
    expect(analyze(wrong, "verify", "--man=no").stderr).toContain("Unknown key 'ProtectHouse'");
  });

  it("exposes little: at most 1.5 of 10", () => {
    const security = ["security", "--offline=true", "--no-pager", "--threshold=15"];
    expect(analyze(unit, ...security).status).toBe(0);
    expect(
      analyze(unit.replace("ProtectSystem=strict", "").replace("CapabilityBoundingSet=", ""), ...security).status,
    ).toBe(1);
  });
});

describe("the container", () => {
  const lines = read("Containerfile")
    .replaceAll(/^#.*\n/gm, "")
    .replaceAll(/\\\n/g, " ")
    .split("\n")
    .filter((line) => line.trim() !== "");
  const all = (instruction: string) =>
    lines.filter((line) => line.startsWith(`${instruction} `)).map((line) => line.slice(instruction.length + 1));

  it("is written in instructions there are, from an image with a Node.js we run on", () => {
    const known = /^(?:FROM|RUN|COPY|USER|WORKDIR|VOLUME|EXPOSE|HEALTHCHECK|ENTRYPOINT|CMD) \S/;
    expect(lines.filter((line) => !known.test(line))).toEqual([]);
    expect(lines[0]).toMatch(/^FROM docker\.io\/library\/node:24-/);
    for (const json of [...all("ENTRYPOINT"), ...all("CMD")]) expect(JSON.parse(json)).toEqual(expect.any(Array));
  });

  it("copies what stage.sh makes, of the directory compose gives it", () => {
    const made = [...read("stage.sh").matchAll(/cp -r "\$dist\/bundle" "\$dist\/(\w+)\/dist\/"/g)].map(
      ([, name]) => name,
    );
    expect(all("COPY")).toEqual(made.map((name) => `${name} /usr/lib/kojibridge`));
    expect(lines.join("\n")).toContain("../lib/kojibridge/dist/bundle/kojibridge.js /usr/bin/kojibridge");
  });

  it("does not run as root", () => expect(all("USER")).toEqual([expect.stringMatching(/^[1-9]\d*$/)]));

  it("is healthy when /readyz says so, and else not", () => {
    const [, json = ""] = /CMD (\[.*\])$/.exec(all("HEALTHCHECK")[0] ?? "") ?? [];
    const [command, ...args]: string[] = JSON.parse(json);
    expect(command).toBe("node");
    const asks = (answer: string) =>
      spawnSync(process.execPath, ["-e", `globalThis.fetch = async (url) => ${answer};${args[1]}`]);
    expect(asks("({ ok: url === 'http://127.0.0.1:8080/readyz' })").status).toBe(0);
    expect(asks("({ ok: false })").status).toBe(1);
    expect(asks("{ throw new Error('refused') }").status).toBe(1);
  });
});

describe("compose", () => {
  const compose = parse(read("compose.yaml"));
  const { kojibridge, postgres, redis } = compose.services;

  it("gives the service its own configuration, with Postgres and Redis by their names there", () => {
    expect(kojibridge.volumes).toEqual(["./compose-kojibridge.yaml:/etc/kojibridge.yaml:ro"]);
    const config = parse(read("compose-kojibridge.yaml"));
    expect(new URL(config.database.url)).toMatchObject({
      hostname: "postgres",
      username: postgres.environment.POSTGRES_USER,
    });
    expect(new URL(config.queue)).toMatchObject({ protocol: "redis:", hostname: "redis" });
    expect(config.server.listen).toMatch(/:8080$/);
    expect(kojibridge.ports).toEqual(["127.0.0.1:8080:8080"]);
    expect(redis.command).toContain("noeviction");
    expect(resolve(PACKAGES, kojibridge.build.context, kojibridge.build.dockerfile)).toBe(
      join(PACKAGES, "Containerfile"),
    );
  });

  it("hands over each secret that is read, as a file", () => {
    const files = secretFiles("compose-kojibridge.yaml");
    expect(files.map((file) => file.replace("/run/secrets/", "")).sort()).toEqual(kojibridge.secrets.toSorted());
    for (const service of [kojibridge, postgres])
      for (const name of service.secrets) expect(compose.secrets[name]).toEqual({ file: `./secrets/${name}` });
    expect(postgres.environment.POSTGRES_PASSWORD_FILE).toBe(`/run/secrets/${postgres.secrets[0]}`);
  });

  it("waits only for what says when it is there", () => {
    for (const name of Object.keys(kojibridge.depends_on))
      expect(compose.services[name].healthcheck.test[0]).toBe("CMD");
  });
});

describeWithParts("nginx", ["nginx", "openssl"], () => {
  it("takes the configuration", () => {
    const home = join(directory, "nginx");
    mkdirSync(home);
    const certificate = [
      "-keyout",
      `${home}/kojibridge.key`,
      "-out",
      `${home}/kojibridge.crt`,
      "-subj",
      "/CN=kojibridge.example.org",
    ];
    execFileSync("openssl", ["req", "-x509", "-newkey", "rsa:2048", "-nodes", ...certificate], { stdio: "ignore" });
    // `nginx -t` opens what it shall listen to: sockets of this test's own.
    const site = (text: string) => {
      let sockets = 0;
      return text
        .replaceAll("/etc/nginx/", `${home}/`)
        .replace(/listen [^ ;]+/g, () => `listen unix:${home}/${sockets++}`);
    };
    const check = (text: string) => {
      writeFileSync(join(home, "site.conf"), site(text));
      const conf = `error_log stderr; pid ${home}/pid; events {} http { access_log off; include ${home}/site.conf; }`;
      writeFileSync(join(home, "nginx.conf"), conf);
      return spawnSync("nginx", ["-t", "-c", join(home, "nginx.conf"), "-p", home], { encoding: "utf8" });
    };
    const good = check(read("kojibridge.nginx.conf"));
    expect(good.stderr).not.toContain("[warn]");
    expect(good).toMatchObject({ status: 0 });
    expect(check(read("kojibridge.nginx.conf").replace("proxy_pass", "proxy_past")).status).toBe(1);
  });
});
