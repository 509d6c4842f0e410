import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeEach, describe, expect, test } from "vitest";
import { checkRpm } from "../../src/ci/rpm-file.ts";
import { createHubWorld, type HubWorld } from "../../src/simulator/hub/index.ts";
import { endAll, run } from "../support/cli.ts";
import {
  CREDENTIALS,
  type Environment,
  gitLabEnvironment,
  hubEnvironment,
  makeWorkspace,
  type Workspace,
} from "../support/pipeline.ts";

const hasRpm = process.env.KOJIBRIDGE_TEST_REQUIRE_ALL === "1" || spawnSync("rpmbuild", ["--version"]).status === 0;

/** A patch, a source, a release made by a macro with options, text in three alphabets, and a switch. */
const SPEC = `%bcond_with tests
%{!?vendor_name:%global vendor_name nobody}
%define autorel(e:) 3%{-e:.%{-e*}}%{?dist}
Name:      hello
Version:   1.0
Release:   %autorel -e pre
Summary:   Grüße aus Köln, 世界, Привет
License:   MIT
Vendor:    %{vendor_name}
Source0:   %{name}-%{version}.tar.gz
Patch0:    0001-fix.patch
%if %{with tests}
BuildRequires: check-devel
%endif
%description
Größe: 1 µm.
%prep
%autosetup -p1
%changelog
* Mon Jan 05 2026 Jürgen Müller <jm@example.org> - 1.0-3
- Änderung
`;

let hub: HubWorld;
let workspace: Workspace;
beforeEach(async () => {
  hub = createHubWorld({ speed: 50 });
  await hub.listen();
  workspace = makeWorkspace();
  workspace.file("hello.spec", SPEC);
  workspace.file("hello-1.0.tar.gz", "source");
  workspace.file("0001-fix.patch", "--- a\n+++ b\n");
});
afterEach(async () => {
  await hub.close();
  workspace.remove();
});
afterAll(endAll);

function build(args: readonly string[], more: Environment = {}) {
  const env = { ...hubEnvironment(hub), ...CREDENTIALS, ...gitLabEnvironment("branch"), ...more };
  const flags = ["build", "--target", "f42-candidate", "--poll-interval", "50ms", "--spec", "hello.spec"];
  return run([...flags, ...args], { cwd: workspace.path, env });
}

/** The SRPM as the hub got it, into a file. */
async function uploaded(): Promise<string> {
  const path = hub.buildTasks().at(-1)?.request[0];
  const answer = await fetch(`${hub.topUrl}/work/${path}`);
  return workspace.file("uploaded.src.rpm", Buffer.from(await answer.arrayBuffer()));
}

function query(file: string, format: string): string {
  const env = { ...process.env, LC_ALL: "C.UTF-8" };
  return spawnSync("rpm", ["-qp", "--nosignature", "--qf", format, file], { encoding: "utf8", env }).stdout;
}

describe.skipIf(!hasRpm)("--spec", () => {
  test("sources, patches, macros with options, text beyond ASCII", async () => {
    const { code, stdout } = await build([]);
    expect({ code, stdout: code === 0 ? "" : stdout }).toEqual({ code: 0, stdout: "" });
    const srpm = await uploaded();
    expect(query(srpm, "%{NVR} %{SUMMARY}|%{DESCRIPTION}")).toBe(
      "hello-1.0-3.pre Grüße aus Köln, 世界, Привет|Größe: 1 µm.",
    );
    expect(query(srpm, "[%{FILENAMES} ]")).toBe("0001-fix.patch hello-1.0.tar.gz hello.spec ");
    expect(await checkRpm(srpm, null)).toBe("good");
  });

  test("macros and build conditionals are in the SRPM's header, and travel in its spec", async () => {
    const { code } = await build(["--macro", "dist=.an8", "--macro", "vendor_name=Ünï %{nil}corp", "--with", "tests"]);
    expect(code).toBe(0);
    const srpm = await uploaded();
    expect(query(srpm, "%{RELEASE} %{VENDOR} [%{REQUIRES} ]")).toMatch(/^3\.pre\.an8 Ünï corp .*check-devel /);
    const top = join(workspace.path, "top");
    spawnSync("rpm", ["-i", "--nosignature", "--define", `_topdir ${top}`, srpm]);
    const spec = readFileSync(join(top, "SPECS/hello.spec"), "utf8");
    expect(spec).toContain("%global _with_tests --with-tests\n%global dist .an8\n%global vendor_name Ünï %{nil}corp\n");
    expect(readFileSync(join(workspace.path, "hello.spec"), "utf8")).toBe(SPEC);
  });

  test("other macros are another build, the same are the same", async () => {
    await build(["--macro", "dist=.a"]);
    await build(["--macro", "dist=.b"]);
    expect(hub.buildTasks().length).toBe(2);
    expect((await build(["--macro", "dist=.a"])).stdout).toContain("found task");
    expect(hub.buildTasks().length).toBe(2);
  });

  test("rules of the repository have their macros in it as well", async () => {
    const rule = `{ name: x, on: push, build: { hub: k, target: f42-candidate, macros: { dist: .an8 } } }`;
    workspace.file(".kojibridge.yaml", `hubs: { k: { url: "${hub.url}", poll_interval: 50ms } }\nrules: [${rule}]\n`);
    const { KOJI_HUB_URL: _, ...env } = { ...hubEnvironment(hub), ...CREDENTIALS, ...gitLabEnvironment("branch") };
    const { code } = await run(["build", "--spec", "hello.spec"], { cwd: workspace.path, env });
    expect(code).toBe(0);
    expect(query(await uploaded(), "%{RELEASE}")).toBe("3.pre.an8");
  });

  test("a real build knows its package by the SRPM, whatever the repository is called", async () => {
    const protectedTag = {
      ...gitLabEnvironment("tag", { CI_COMMIT_REF_PROTECTED: "true" }),
      CI_PROJECT_PATH: "rpms/other",
    };
    const { code, stdout } = await build(["--no-scratch"], protectedTag);
    expect({ code, stdout: code === 0 ? "" : stdout }).toEqual({ code: 0, stdout: "" });
    workspace.file("hello.spec", SPEC.replace("Name:      hello", "Name:      not-listed"));
    writeFileSync(join(workspace.path, "not-listed-1.0.tar.gz"), "source");
    const refused = await build(["--no-scratch"], protectedTag);
    expect(refused.code).toBe(2);
    expect(refused.stdout).toContain("not-listed");
    expect(hub.buildTasks().length).toBe(1);
  });

  test("what the sources command fetches is found; what nobody has is said", async () => {
    workspace.file("hello.spec", SPEC.replace("Source0:", "Source1: more.tar.gz\nSource0:"));
    const missing = await build([]);
    expect(missing.code).toBe(2);
    expect(missing.stderr).toMatch(/rpmbuild failed \(1\): .*more\.tar\.gz/);
    expect(hub.buildTasks()).toEqual([]);
    expect((await build(["--sources-command", "echo more > more.tar.gz"])).code).toBe(0);
    expect((await build(["--sources-command", "echo no such lookaside; exit 4"])).stderr).toContain(
      "sh failed (4): no such lookaside",
    );
  });

  test("a spec that runs code while it is read sees no credentials", async () => {
    workspace.file("hello.spec", `%{echo:<%(env | sort | tr '\\n' ' ')>}\n${SPEC}`);
    const { stdout } = await build([], { KOJI_CA_BASE64: "" });
    expect(stdout).toContain("CI_PIPELINE_ID=100");
    expect(stdout).not.toMatch(/KOJI_PASSWORD|KOJI_USERNAME|kojibridge-test-password/);
  });

  test("a package whose bytes are not what its signature says", async () => {
    await build(["--no-wait"]);
    const srpm = await uploaded();
    const bytes = readFileSync(srpm);
    expect(await checkRpm(srpm, "0".repeat(32))).toBe("broken");
    bytes[bytes.length - 20] = (bytes.at(-20) ?? 0) ^ 1;
    writeFileSync(srpm, bytes);
    expect(await checkRpm(srpm, null)).toBe("broken");
    expect(await checkRpm(workspace.file("no.rpm", "text"), null)).toBe("unknown");
  });
});
