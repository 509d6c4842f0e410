import type { Rule } from "../rule.ts";

const log = "checkout";

/** git and svn as kojid runs them (`$ git clone …`), and the command that fetches the sources afterwards. */
export const CHECKOUT_RULES: readonly Rule[] = [
  // The network or the other side
  ...[
    { needs: "Could not resolve host", pattern: /^.{0,300}Could not resolve host/ },
    { needs: "onnection timed out", pattern: /^.{0,300}[Cc]onnection timed out/ },
    { needs: "onnection refused", pattern: /^.{0,300}[Cc]onnection refused/ },
    { needs: "Failed to connect to", pattern: /^.{0,300}Failed to connect to / },
    { needs: "The requested URL returned error: 5", pattern: /^.{0,300}The requested URL returned error: 5\d\d/ },
    { needs: "RPC failed", pattern: /^error: RPC failed; / },
    { needs: "early EOF", pattern: /^fatal: early EOF/ },
    { needs: "remote end hung up", pattern: /^fatal: [Tt]he remote end hung up unexpectedly/, rank: 2 as const },
    { needs: "Network is unreachable", pattern: /^.{0,300}Network is unreachable/ },
    { needs: "Temporary failure in name", pattern: /^.{0,300}Temporary failure in name resolution/ },
    { needs: "No space left", pattern: /^.{0,300}No space left on device/ },
    { needs: " 50", pattern: /^.{0,200}(?:HTTPError|Server Error|error): 50[0234]\b/ },
  ].map((rule) => ({ class: "scm" as const, log, infra: true, ...rule }) satisfies Rule),
  // What we asked for is not there
  ...[
    {
      needs: "fatal: ",
      pattern:
        /^fatal: (?<what>(?:reference is not a tree|unable to read tree|Could not parse object|bad object|couldn't find remote ref|Remote branch).*)/,
    },
    { needs: "did not match any file", pattern: /^error: pathspec '[^']+' did not match any file/ },
    { needs: "fatal: ambiguous argument", pattern: /^fatal: ambiguous argument '/ },
    { needs: "fatal: repository '", pattern: /^fatal: repository '[^']+' (?:not found|does not exist)/ },
    { needs: "Authentication failed", pattern: /^fatal: Authentication failed for / },
    { needs: "could not read Username", pattern: /^fatal: could not read Username for / },
    { needs: "Permission denied", pattern: /^.{0,200}Permission denied \(publickey/ },
    { needs: "returned error: 4", pattern: /^.{0,300}The requested URL returned error: 4\d\d/ },
    { needs: "Host key verification", pattern: /^Host key verification failed/ },
    { needs: "certificate", pattern: /^fatal: .*certificate/ },
    { needs: "svn: E", pattern: /^svn: E\d+: (?<what>.+)/ },
    { needs: "No spec file", pattern: /^.{0,100}No spec file/ },
    { needs: "fatal: ", pattern: /^fatal: (?<what>.+)/, rank: 2 as const },
    { needs: "ERROR: ", pattern: /^(?:remote: )?ERROR: (?<what>.+)/, rank: 2 as const },
    { needs: "command not found", pattern: /^.{0,200}: command not found/ },
  ].map((rule) => ({ class: "scm" as const, log, ...rule }) satisfies Rule),
  // The lookaside cache (`fedpkg sources`, `centpkg sources`)
  {
    class: "source",
    log,
    needs: "Could not execute sources",
    pattern: /^Could not execute (?:sources|download): (?<what>.+)/,
  },
  { class: "source", log, needs: "failed to download", pattern: /^.{0,200}[Ff]ailed to download /, rank: 2 },
  { class: "source", log, needs: "hecksum", pattern: /^.{0,200}[Cc]hecksum (?:mismatch|failed|does not match)/i },
];
