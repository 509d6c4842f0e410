import { describe, expect, it } from "vitest";
import { digest } from "../../src/domain/digest/digest.ts";
import { fold } from "../../src/domain/digest/fold.ts";
import { pickLogs } from "../../src/domain/digest/pick.ts";
import { inRepo } from "../../src/domain/digest/repo-files.ts";
import type { Annotation } from "../../src/domain/digest/types.ts";

const KIB = 1024;
const ALL = ["build.log", "root.log", "mock_output.log", "checkout.log", "state.log", "hw_info.log"].map((name) => ({
  name,
  size: 10 * KIB,
}));
const failed = (fault: string | null, method = "buildArch") => ({ method, arch: "x86_64", fault });

describe("which logs are worth fetching", () => {
  it.each([
    [
      "mock exited with status 1; see build.log or root.log for more information",
      ["build.log", "root.log", "mock_output.log"],
    ],
    ["mock exited with status 10; see build.log for more information", ["build.log", "root.log", "mock_output.log"]],
    ["mock exited with status 30; see root.log for more information", ["root.log", "build.log", "mock_output.log"]],
    [
      "could not init mock buildroot, mock exited with status 1; see build.log or root.log",
      ["root.log", "mock_output.log"],
    ],
    ['Error running GIT command "git clone", see checkout.log for details', ["checkout.log"]],
    ["mock was killed by signal 9; see root.log for more information", ["root.log", "build.log", "mock_output.log"]],
    [null, ["build.log", "root.log", "mock_output.log"]],
  ])("%s", (fault, names) => {
    expect(pickLogs(failed(fault), ALL).map((range) => range.name)).toEqual(names);
  });

  it("asks an SRPM's checkout first when nobody says anything", () => {
    expect(pickLogs(failed(null, "buildSRPMFromSCM"), ALL)[0]?.name).toBe("checkout.log");
  });

  it("takes the ends of long logs", () => {
    const files = [
      { name: "build.log", size: 5000 * KIB },
      { name: "root.log", size: 0 },
    ];
    expect(pickLogs(failed("see build.log"), files)).toEqual([
      { name: "build.log", offset: 4488 * KIB, size: 512 * KIB },
    ]);
  });

  it("falls back on what there is, and on nothing", () => {
    const build = ALL.slice(0, 1);
    expect(pickLogs(failed("see checkout.log"), build).map((range) => range.name)).toEqual(["build.log"]);
    expect(pickLogs(failed("see checkout.log"), [])).toEqual([]);
  });
});

describe("digest", () => {
  it("shows the cause with its neighbours, and stops where tools only pass it on", () => {
    const text =
      "gcc -c a.c\na.c: In function 'f':\na.c:1:2: error: no\n    1 | x\n      | ^\nmake: *** [a.o] Error 1\n";
    expect(digest(failed(null), [{ name: "build.log", text, whole: true }]).lines).toEqual([
      "gcc -c a.c",
      "a.c: In function 'f':",
      "a.c:1:2: error: no",
      "    1 | x",
      "      | ^",
    ]);
  });

  it("does not trust the first line of a tail: it is the rest of one", () => {
    const text = "error: line 1: half a line\na.c:1:2: error: whole\n";
    expect(digest(failed(null), [{ name: "build.log", text, whole: false }]).cause).toBe("a.c:1:2: error: whole");
  });

  it("prefers the log that was asked first among equals", () => {
    const build = { name: "build.log", text: "a.c:1:2: error: in build", whole: true };
    const checkout = { name: "checkout.log", text: "fatal: reference is not a tree: 1", whole: true };
    expect(digest(failed(null), [build, checkout]).log).toBe("build.log");
    expect(digest(failed(null), [checkout, build]).log).toBe("checkout.log");
  });

  it("does not blame a buildroot that was made", () => {
    const root = "Executing command: ['dnf', 'builddep']\nCurl error (28): Timeout\nChild return code was: 0\n";
    const logs = [
      { name: "build.log", text: "whatever\n", whole: true },
      { name: "root.log", text: root, whole: true },
    ];
    expect(digest(failed("mock exited with status 1; see build.log or root.log"), logs)).toMatchObject({
      class: "unknown",
      infra: false,
    });
  });

  it("calls a missing dependency ours only where the spec asked for it", () => {
    const text = "Executing command: ['dnf']\nnothing provides x needed by y\nChild return code was: 1\n";
    const logs = [{ name: "root.log", text, whole: true }];
    const init = "BuildrootError: could not init mock buildroot, mock exited with status 30; see root.log";
    expect(digest(failed(init), logs)).toMatchObject({ class: "buildroot", infra: true });
    const build = "BuildError: error building package (arch x86_64), mock exited with status 30; see root.log";
    expect(digest(failed(build), logs)).toMatchObject({ class: "buildrequires", infra: false });
  });

  it("calls the network a fault of infrastructure in the buildroot, not in the build", () => {
    const line = "curl: (6) Could not resolve host: example.org";
    const text = `Executing(%build): /bin/sh\n${line}\nerror: Bad exit status from /var/tmp/rpm-tmp.a (%build)\n`;
    expect(digest(failed(null), [{ name: "build.log", text, whole: true }])).toMatchObject({
      class: "command",
      infra: false,
      cause: `%build failed after: ${line}`,
    });
  });

  it("takes an error for Rust's only where Rust says where", () => {
    const of = (text: string) => digest(failed(null), [{ name: "build.log", text, whole: true }]).class;
    expect(of("error: expected `;`\n --> src/main.rs:4:9\n")).toBe("rust");
    expect(of("error: cannot frob\n")).toBe("command");
  });

  it("has something to say about nothing", () => {
    expect(digest(failed(null), [])).toMatchObject({ class: "unknown", log: null, lines: [] });
  });
});

describe("arches", () => {
  const of = (fault: string) => digest(failed(fault), []);
  it("are folded where they failed alike", () => {
    const x86 = of("BuildError: error building package (arch x86_64), mock exited with status 1; see build.log");
    const arm = of("BuildError: error building package (arch aarch64), mock exited with status 1; see build.log");
    const other = of("BuildError: No matching arches were found");
    const folded = fold([
      { arch: "x86_64", digest: x86 },
      { arch: "s390x", digest: other },
      { arch: "aarch64", digest: arm },
    ]);
    expect(folded.map(({ arches }) => arches)).toEqual([["x86_64", "aarch64"], ["s390x"]]);
    expect(folded[0]?.digest).toBe(x86);
  });
});

describe("annotations of the repository", () => {
  const at = (path: string): Annotation => ({ path, line: 3, column: null, message: "m" });
  it.each([
    ["hello.spec", ["hello.spec", "a.patch"], "hello.spec"],
    ["src/a.c", ["upstream/src/a.c"], "upstream/src/a.c"],
    ["hello-2.12/src/a.c", ["src/a.c"], "src/a.c"],
    ["a.c", ["x/a.c", "y/a.c"], null],
    ["b.c", ["a.c", "ab.c"], null],
  ])("%s among %j", (path, files, found) => {
    expect(inRepo([at(path)], files).map((annotation) => annotation.path)).toEqual(found === null ? [] : [found]);
  });
});
