import type { Rule } from "../rule.ts";

const log = ["root", "mock"] as const;

/**
 * dnf, dnf5, yum and mock while they fill the buildroot. What the spec asked for in vain is the package's; the same
 * words while the base of the buildroot is made (`mock --init`), and everything about mirrors, is not.
 */
export const BUILDROOT_RULES: readonly Rule[] = [
  ...[
    {
      needs: "No matching package to install",
      pattern: /^(?:ERROR: )?No matching package to install: '?(?<what>[^']+)/,
    },
    { needs: "No match for argument", pattern: /^ *(?:Error: )?No match for argument: (?<what>\S.*)/ },
    { needs: "No Package found for", pattern: /^(?:Error: )?No Package found for (?<what>\S.*)/ },
    { needs: "nothing provides", pattern: /^.{0,40}nothing provides (?<what>\S.*) needed by / },
    { needs: "Unable to find a match", pattern: /^Error: Unable to find a match: (?<what>\S.*)/ },
    { needs: "conflicts with", pattern: /^ *(?:Problem(?: \d+)?: |- )package \S+ .*conflicts with / },
    { needs: "cannot install", pattern: /^ *(?:Problem(?: \d+)?: |- )cannot install (?:both|the best)/ },
    {
      needs: "none of the providers",
      pattern: /^ *(?:Problem(?: \d+)?: |- )package \S+ .*requires (?<what>.+), but none of the providers/,
    },
    { needs: "Requires: ", pattern: /^(?:Error: )?Package: \S+ .*|^ +Requires: (?<what>.+)/, rank: 2 as const },
    { needs: "Problem", pattern: /^ *Problem(?: \d+)?: (?<what>.+)/, rank: 2 as const },
    { needs: "dependencies", pattern: /^Not all dependencies satisfied/, rank: 3 as const },
  ].flatMap((rule): Rule[] => [
    { class: "buildrequires", log, phase: "build", ...rule },
    { class: "buildroot", log, phase: "init", infra: true, ...rule },
  ]),
  {
    class: "buildroot",
    log,
    needs: "does not exist",
    pattern: /^(?:Error: |Warning: )?(?:Module or )?Group '?\S+ does not exist/,
    infra: true,
  },
  { class: "buildroot", log, needs: "check FAILED", pattern: /^.{0,60}(?:GPG|signature) check FAILED/, infra: true },
  { class: "buildroot", log, needs: "not signed", pattern: /^Package \S+ is not signed/, infra: true },
  {
    class: "buildroot",
    log,
    needs: "already locked",
    pattern: /^(?:ERROR: )?.{0,80}(?:[Bb]uild ?root|pool) is already locked/,
    infra: true,
  },
  {
    class: "buildroot",
    log,
    needs: "Bootstrap image",
    pattern: /^ERROR: Bootstrap image preparation failed/i,
    infra: true,
  },
  {
    class: "buildroot",
    log,
    needs: "systemd-nspawn",
    pattern: /^Failed to (?:create|mount|register|allocate) .*/,
    infra: true,
  },
  {
    class: "buildroot",
    log,
    needs: "Failed to ",
    pattern: /^Failed to (?:register machine|allocate (?:PTY|scope)|create directory|mount|fork off)/,
    infra: true,
  },
  { class: "buildroot", log, needs: "rpmdb", pattern: /^error: (?:rpmdb|cannot open Packages)/, infra: true },
  {
    class: "buildroot",
    log,
    needs: "Rpm transaction failed",
    pattern: /^(?:Error: )?(?:Rpm t|T)ransaction failed/i,
    rank: 2,
    infra: true,
  },
  {
    class: "buildroot",
    log,
    needs: "conflicts between",
    pattern: /^ *file \S+ (?:from install of|conflicts between)/,
    infra: true,
  },
  {
    class: "buildroot",
    log,
    needs: "umount",
    pattern: /^(?:ERROR: )?.{0,40}umount: .*target is busy/,
    rank: 2,
    infra: true,
  },

  // Mirrors and the network, in dnf's, dnf5's, librepo's and yum's words. 404 of a repo: it was deleted meanwhile.
  {
    class: "network",
    log,
    needs: "Failed to download metadata",
    pattern: /^(?:Error: )?Failed to download metadata (?:for repo|\()/,
    above: /^ *(?:- |>>> )?(?<why>(?:Curl error|Status code|Librepo error).+)/,
    cause: "{text} ({why})",
    infra: true,
  },
  {
    class: "network",
    log,
    needs: "Curl error",
    pattern: /^.{0,300}Curl error \(\d+\): /,
    rank: 2,
    infra: true,
  },
  { class: "network", log, needs: "Status code: ", pattern: /^.{0,300}Status code: \d+ for /, rank: 2, infra: true },
  {
    class: "network",
    log,
    needs: "Error downloading packages",
    pattern: /^Error(?: d|: Error d)ownloading packages:/,
    below: /^ *(?<what>\S.*)/,
    cause: "{text} {what}",
    infra: true,
  },
  { class: "network", log, needs: "Download failed", pattern: /^ *(?:\S+: )?Download failed: /, infra: true },
  {
    class: "network",
    log,
    needs: "Failed to download packages",
    pattern: /^(?:Error: )?Failed to download packages/,
    below: /^ *(?<what>\S.*)/,
    cause: "{text} {what}",
    infra: true,
  },
  { class: "network", log, needs: "Cannot download", pattern: /^.{0,200}Cannot download \S+: /, rank: 2, infra: true },
  {
    class: "network",
    log,
    needs: "[Errno 256]",
    pattern: /^.{0,200}\[Errno 256\] No more mirrors to try/,
    infra: true,
  },
  { class: "network", log, needs: "[Errno 14]", pattern: /^.{0,300}\[Errno 14\] /, rank: 2, infra: true },
  {
    class: "network",
    log,
    needs: "Package does not match",
    pattern: /^.{0,300}Package does not match intended download/,
    infra: true,
  },
  {
    class: "network",
    log,
    needs: "hecksum",
    pattern: /^.{0,200}[Cc]hecksum (?:error|doesn't match|mismatch)/,
    infra: true,
  },
  { class: "network", log, needs: "repomd.xml", pattern: /^failure: repodata\/repomd\.xml from \S+: /, infra: true },

  {
    class: "buildroot",
    log: "mock",
    needs: "ERROR: ",
    pattern: /^ERROR: (?!Exception\(|Command failed|Could not find useradd)(?<what>\S.*)/,
    rank: 2,
    phase: "init",
    infra: true,
  },
];
