import { expect, test } from "vitest";
import { type BuildOptions, toBuildOpts } from "../../../src/adapters/koji/build-options.ts";

const SCM = "git+https://git.example.org/rpms/hello.git#f40e746";
const SRPM = "cli-build/1795190068.630762.abcdefgh/hello-1.0-1.src.rpm";

test.each<[string, string, string | null, BuildOptions, Record<string, unknown>]>([
  ["nothing", SCM, "f42", {}, {}],
  [
    "a scratch build for some arches",
    SCM,
    "f42",
    { scratch: true, arches: ["x86_64", "aarch64"] },
    { scratch: true, arch_override: "x86_64 aarch64" },
  ],
  ["a repo without a target", SCM, null, { repoId: 7 }, { repo_id: 7 }],
  ["waiting", SCM, "f42", { waitRepo: true, waitBuilds: ["bash-1-1"] }, { wait_repo: true, wait_builds: ["bash-1-1"] }],
  [
    "a draft",
    SCM,
    "f42",
    { draft: true, skipTag: true, failFast: false },
    { draft: true, skip_tag: true, fail_fast: false },
  ],
  ["an SRPM", SRPM, "f42", { scratch: true, rebuildSrpm: false }, { scratch: true, rebuild_srpm: false }],
  ["metadata", SCM, "f42", { metadata: { kojibridge: "b1" } }, { custom_user_metadata: { kojibridge: "b1" } }],
  ["a module below the repository", "git+https://git.example.org/rpms/hello.git?packages/hello#1", "f42", {}, {}],
  ["ssh with its user", "git+ssh://git@git.example.org/rpms/hello.git#1", "f42", {}, {}],
  ["a branch", "svn+https://svn.example.org/x#origin/rawhide", "f42", {}, {}],
])("%s", (_, source, target, options, expected) => {
  expect(toBuildOpts(source, target, options)).toEqual(expected);
});

test.each<[string, string, string | null, BuildOptions, string]>([
  ["arches of a real build (transcript build-arch-override-nonscratch)", SCM, "f42", { arches: ["x86_64"] }, "scratch"],
  ["no arches", SCM, "f42", { scratch: true, arches: [] }, "no arches"],
  ["neither target nor repo (transcript build-target-nil)", SCM, null, {}, "repoId"],
  ["waiting for a given repo", SCM, "f42", { repoId: 7, waitRepo: true }, "nothing to wait for"],
  ["a scratch draft", SCM, "f42", { scratch: true, draft: true }, "draft"],
  ["rebuilding what is no SRPM", SCM, "f42", { scratch: true, rebuildSrpm: true }, "SRPM"],
  ["rebuilding for a real build", SRPM, "f42", { rebuildSrpm: true }, "scratch"],
  [
    "no revision (transcript build-scm-no-fragment)",
    "git+https://git.example.org/rpms/hello.git",
    "f42",
    {},
    "#COMMIT",
  ],
  ["an empty revision", "git+https://git.example.org/rpms/hello.git#", "f42", {}, "#COMMIT"],
  [
    "plain https (transcript build-scm-plain-https)",
    "https://git.example.org/rpms/hello.git#1",
    "f42",
    {},
    "git+https",
  ],
  [
    "ssh without a user (transcript build-scm-ssh-no-user)",
    "git+ssh://git.example.org/rpms/hello.git#1",
    "f42",
    {},
    "user",
  ],
  ["a password", "git+https://me:secret@git.example.org/rpms/hello.git#1", "f42", {}, "password"],
  ["parameters", "git+https://git.example.org/rpms/hello.git;x=1#1", "f42", {}, ";"],
])("refused: %s", (_, source, target, options, words) => {
  const attempt = (): unknown => toBuildOpts(source, target, options);
  expect(attempt).toThrow(
    expect.objectContaining({ kind: "invalid", code: "koji.build_options", message: expect.stringContaining(words) }),
  );
  expect(attempt).not.toThrow(expect.objectContaining({ message: expect.stringContaining("secret") }));
});
