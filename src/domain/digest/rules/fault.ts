import type { Rule } from "../rule.ts";

const log = "fault";

/** What kojid and the hub say themselves (builder/kojid, koji/daemon.py and koji/tasks.py of 1.35). */
export const FAULT_RULES: readonly Rule[] = [
  ...[
    { needs: "is not in the list of allowed SCMs", pattern: /^.{0,400}is not in the list of allowed SCMs/ },
    { needs: "is not allowed, reason", pattern: /^.{0,40}SCM: \S+ is not allowed, reason/ },
    { needs: "not in list for tag", pattern: /^.{0,40}package \S+ not in list for tag \S+/ },
    { needs: "is blocked for tag", pattern: /^.{0,40}package \S+ is blocked for tag / },
    { needs: "policy violation", pattern: /^.{0,100}policy violation/ },
    { needs: "tag is locked", pattern: /^.{0,100}tag is locked/ },
    { needs: "Build already exists", pattern: /^.{0,100}Build already exists / },
    { needs: "Cannot build", pattern: /^.{0,100}Cannot build / },
    { needs: "Bad repo", pattern: /^.{0,40}(?:Bad repo|Repo\/Target mismatch): / },
    { needs: "No such repo", pattern: /^.{0,40}No such repo: / },
    { needs: "Input SRPM file missing", pattern: /^.{0,40}Input SRPM file missing/ },
    { needs: "nvalid source specification", pattern: /^.{0,40}Invalid source specification/ },
    { needs: "SCM URL", pattern: /^.{0,60}(?:Invalid SCM URL|Unable to parse SCM URL)/ },
  ].map((rule) => ({ class: "refused" as const, log, ...rule }) satisfies Rule),
  {
    class: "spec",
    log,
    needs: "spec file",
    pattern: /^.{0,40}(?:No spec file found|Multiple spec files found|Can't find spec)/i,
  },
  { class: "arch", log, needs: "arches", pattern: /^.{0,40}No (?:matching|valid) arches were found/ },
  {
    class: "arch",
    log,
    needs: "does not support any arches",
    pattern: /^.{0,40}host \S+ \(.*\) does not support any arches/,
    infra: true,
  },
  {
    class: "timeout",
    log,
    needs: "mock exited with status 11;",
    pattern: /^.{0,200}mock exited with status 11;/,
    rank: 0,
  },
  { class: "timeout", log, needs: "Subtasks timed out", pattern: /^.{0,40}Subtasks timed out after/ },
  {
    class: "scm",
    log,
    needs: "see checkout.log",
    pattern: /^.{0,40}Error running \w+ command ".*see checkout\.log/,
    rank: 3,
  },

  ...[
    { needs: "Unsuccessfully waited", pattern: /^.{0,40}Unsuccessfully waited / },
    { needs: "Requested repo", pattern: /^.{0,40}Requested repo \(\d+\) is / },
    { needs: "tag/repo mismatch", pattern: /^.{0,40}tag\/repo mismatch: / },
    { needs: "failed to get a buildroot id", pattern: /^.{0,40}failed to get a buildroot id/ },
    { needs: "No origin for", pattern: /^.{0,40}(?:No|Unknown) origin for / },
  ].map((rule) => ({ class: "buildroot" as const, log, infra: true, ...rule }) satisfies Rule),
  {
    class: "buildroot",
    log,
    needs: "could not init mock buildroot",
    pattern: /^.{0,40}could not init mock buildroot/,
    rank: 3,
    infra: true,
  },
  ...[
    { needs: "killed by signal", pattern: /^.{0,200}mock was killed by signal \d+/, rank: 0 as const },
    {
      needs: "mock exited with status 1",
      pattern: /^.{0,200}mock exited with status (?:129|141|143);/,
      rank: 0 as const,
    },
    {
      needs: "mock exited with status",
      pattern: /^.{0,200}mock exited with status (?:25|60|65|70|80|90|110|120);/,
      rank: 3 as const,
    },
    {
      needs: "Connection",
      pattern: /^.{0,300}(?:ConnectionError|Connection (?:refused|reset by peer|aborted|timed out))/,
    },
    { needs: "Timeout", pattern: /^.{0,300}(?:ReadTimeout|ConnectTimeout)/ },
    { needs: "ServerOffline", pattern: /^.{0,300}ServerOffline/ },
    { needs: "Server Error", pattern: /^.{0,300}\b50\d (?:Server|Client) Error/ },
    { needs: "ProtocolError", pattern: /^.{0,300}ProtocolError/ },
    { needs: "AuthE", pattern: /^.{0,300}\bAuthE(?:rror|xpired)\b/ },
    { needs: "[Errno ", pattern: /^.{0,300}\[Errno (?:5|12|23|24|30|101|104|110|111|113|116)\] / },
    { needs: "umount failed", pattern: /^.{0,40}umount failed / },
    { needs: "nmounting incomplete", pattern: /^.{0,40}Unmounting incomplete/ },
    { needs: "set the ", pattern: /^.{0,40}The build system failed to set the / },
  ].map((rule) => ({ class: "builder" as const, log, infra: true, ...rule }) satisfies Rule),
];
