import type { Content, Policy, Timing } from "../../src/simulator/hub/index.ts";

/** What the recorded hub held, as far as its answers show it; ids follow from the order. */
const packages = [
  "hello",
  "bash",
  "glibc",
  "kernel",
  "fail-build",
  "fail-deps",
  "fail-srpm",
  "fail-aarch64",
  "hang-pkg",
];
packages.push(
  "slow-pkg",
  ...Array.from({ length: 30 }, (_, i) => `pkg${String(i + 1).padStart(2, "0")}`),
  "!blockedpkg",
);

const A = "x86_64 aarch64";
const user = (name: string, permissions: string[] = []) => ({
  name,
  password: `${name}-test-password`,
  principals: ["otheruser", "kojira"].includes(name) ? [] : [`${name}@KOJI.TEST`],
  permissions,
});

export const RECORDED_CONTENT: Content = {
  users: [
    user("kojiadmin", ["admin"]),
    user("kojibridge"),
    user("packager"),
    user("kojira", ["repo"]),
    user("otheruser"),
  ],
  tags: [
    { name: "f42", arches: A, packages },
    { name: "f42-updates", arches: A, parents: ["f42"] },
    { name: "f42-updates-candidate", arches: "", parents: ["f42-updates"] },
    {
      name: "f42-build",
      arches: A,
      parents: ["f42"],
      extra: {
        "rpm.macro.dist": ".fc42",
        "rpm.macro.fedora": 42,
        "mock.package_manager": "dnf5",
        "mock.new_chroot": 0,
        "rpm.env.KOJI_TEST": "yes",
        sidetag_rpm_macros_allowed: ["dist", "with_*", "debug_package", "bcond_*", "ci_*"],
        sidetag_debuginfo_allowed: true,
      },
    },
    { name: "c9s", arches: A, packages: ["hello", "fail-build"] },
    { name: "c9s-candidate", arches: "", parents: ["c9s"] },
    {
      name: "c9s-build",
      arches: A,
      parents: ["c9s"],
      extra: {
        "rpm.macro.dist": ".el9",
        sidetag_rpm_macros_allowed: "dist with_* debug_package",
        "mock.package_manager": "dnf",
      },
    },
    { name: "an8", arches: A, packages: packages.filter((name) => name.startsWith("pkg")) },
    { name: "an8-build", arches: A, parents: ["an8"], extra: { "rpm.macro.dist": ".an8" } },
    { name: "noarches-build", arches: "" },
    { name: "locked-candidate", arches: "", locked: true, parents: ["f42"] },
  ],
  targets: [
    { name: "f42-candidate", build: "f42-build", dest: "f42-updates-candidate" },
    { name: "f42", build: "f42-build", dest: "f42-updates-candidate" },
    { name: "c9s-candidate", build: "c9s-build", dest: "c9s-candidate" },
    { name: "dist-an8", build: "an8-build", dest: "an8" },
    { name: "noarches", build: "noarches-build", dest: "f42-updates-candidate" },
    { name: "locked", build: "f42-build", dest: "locked-candidate" },
  ],
  hosts: [
    { name: "fakebuilder", arches: A },
    { name: "idlehost", arches: A, idle: true },
  ],
  channels: [{ name: "maven", hosts: [] }],
};

export const RECORDED_POLICY: Policy = {
  build: ({ user: name, scratch }) =>
    name === "packager" && !scratch ? `user ${name} may only do scratch builds` : null,
  scm: ({ host }) => (host === "git.forbidden.example" ? "SCM host is on the forbidden list" : null),
  packageList: ({ permissions }) => (permissions.has("admin") ? null : "only admin/tag may change package lists"),
  tag: ({ user: name }) => (name === "packager" ? "tagging by packager is denied" : null),
};

/** Quick enough that everything has ended when the recording looks. */
export const RECORDED_TIMING: Timing = { assign: 100, srpm: 700, buildArch: 1500, tag: 200, notice: 50, repo: 50 };
