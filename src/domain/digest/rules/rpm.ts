import type { Rule } from "../rule.ts";

const SPEC = "(?:error|fatal error): ";
const log = "build";

/** rpmbuild's own words (rpm 4.11 … 6.0: build/parse*.c, build/files.c, build/pack.c). */
export const RPM_RULES: readonly Rule[] = [
  // Spec files. Koji makes SRPMs with `rpmbuild -bs`, so most of these appear in the srpm task.
  ...[
    { needs: "error: line ", pattern: new RegExp(`^${SPEC}line (?<line>\\d+): (?<what>.+)`) },
    { needs: ".spec", pattern: /^error: (?<file>[^\s:]+\.spec):(?<line>\d+): (?<what>.+)/ },
    { needs: ".spec", pattern: /^error: (?<file>[^\s:]+\.spec): line (?<line>\d+): (?<what>.+)/ },
    { needs: ".spec", pattern: /^error: query of specfile [^\s]+\.spec failed/, rank: 2 as const },
    { needs: ".spec", pattern: /^error: .*(?:parse|parsing).*\.spec/, rank: 2 as const },
    { needs: "Unable to open", pattern: /^error: Unable to open [^\s]+\.spec: / },
    { needs: "ill-formed", pattern: /^error: .*ill-formed/ },
    { needs: "Unclosed", pattern: /^error: (?:line \d+: )?Unclosed %/ },
    { needs: "Unterminated", pattern: /^error: .*Unterminated/ },
    { needs: "field must be present", pattern: /^error: .*field must be present in package/ },
    { needs: "is duplicate", pattern: /^error: .*(?:section|tag) is duplicate|^error: .*is duplicate/ },
    { needs: "%changelog", pattern: /^error: %changelog (?:not in descending|entries must|missing|not)/ },
    { needs: "Package has no %description", pattern: /^error: Package has no %description/ },
    { needs: "recursion", pattern: /^error: Too many levels of recursion in macro expansion/ },
    { needs: "Macro %", pattern: /^error: Macro %\S+ (?:failed|has|is|needs)/ },
    { needs: "No patch number", pattern: /^error: No (?:patch|source) number/ },
    { needs: "lua script", pattern: /^error: lua script failed: (?<what>.+)/ },
    { needs: "bad date in %changelog", pattern: /^error: bad date in %changelog: / },
    { needs: "Invalid version", pattern: /^error: (?:Invalid version|Illegal char) / },
    { needs: "Illegal char", pattern: /^error: (?:line \d+: )?Illegal char/ },
    { needs: "Bad package specification", pattern: /^error: Bad package specification/ },
  ].map((rule) => ({ class: "spec" as const, log, ...rule }) satisfies Rule),
  { class: "buildrequires", log, needs: "is needed by ", pattern: /^\s+(?<what>\S.*) is needed by \S/ },

  // Sources that are not there, or are not what they should be.
  { class: "source", log, needs: "error: Bad ", pattern: /^error: Bad (?:source|file): / },
  { class: "source", log, needs: "SOURCES/", pattern: /^(?:error: )?\S*: ?\S*SOURCES\/\S+: (?:No such file|cannot)/ },
  { class: "source", log, needs: "Cannot open", pattern: /^tar: .*: Cannot open/, in: ["%prep"] },
  { class: "source", log, needs: "cannot find or open", pattern: /^unzip: +cannot find or open /, in: ["%prep"] },
  { class: "source", log, needs: "does not look like a tar", pattern: /^tar: This does not look like a tar archive/ },
  { class: "source", log, needs: "not in gzip format", pattern: /^gzip: .*not in gzip format/ },
  { class: "source", log, needs: "BAD signature", pattern: /^gpgv?: +BAD signature from / },
  { class: "source", log, needs: "Can't check signature", pattern: /^gpgv?: +Can't check signature: / },
  {
    class: "source",
    log,
    needs: ": cd: ",
    pattern: /^\S*rpm-tmp\.\w+: line \d+: cd: (?<what>[^:]+): No such file or directory/,
    in: ["%prep"],
    cause: "the sources unpack into another directory than %setup expects: {what} does not exist",
  },

  // Patches.
  {
    class: "patch",
    log,
    needs: "out of ",
    pattern: /^\d+ out of \d+ hunks? (?<how>FAILED|ignored)/,
    above: /(?:^Patch #\d+ \(|rpmuncompress \S*\/|^\+ (?:\/usr)?(?:\/bin\/)?cat \S*\/)(?<patch>[^/\s)]+)/,
    cause: "patch {patch} does not apply: {text}",
  },
  {
    class: "patch",
    log,
    needs: "previously applied",
    pattern: /^Reversed \(or previously applied\) patch detected/,
    above: /(?:^Patch #\d+ \(|rpmuncompress \S*\/|^\+ (?:\/usr)?(?:\/bin\/)?cat \S*\/)(?<patch>[^/\s)]+)/,
    cause: "patch {patch} is already applied: {text}",
  },
  {
    class: "patch",
    log,
    needs: "can't find file to patch",
    pattern: /^can't find file to patch at input line/,
    rank: 2,
  },
  { class: "patch", log, needs: "error: patch failed: ", pattern: /^error: patch failed: (?<file>[^:]+):(?<line>\d+)/ },
  { class: "patch", log, needs: "patch does not apply", pattern: /^error: [^:]+: patch does not apply/, rank: 2 },
  { class: "patch", log, needs: "malformed patch", pattern: /^patch: \*{4} malformed patch at line/ },
  { class: "patch", log, needs: "patch: ****", pattern: /^patch: \*{4} /, rank: 2 },
  { class: "patch", log, needs: "corrupt patch", pattern: /^error: corrupt patch at / },

  // What lies in the buildroot, and what %files says.
  {
    class: "unpackaged-files",
    log,
    needs: "but unpackaged",
    pattern: /^error: Installed \(but unpackaged\) file\(s\) found:/,
    below: /^ +(?<path>\/\S.*)/,
    cause: "installed but not listed in %files: {path}",
  },
  {
    class: "missing-files",
    log,
    needs: "not found",
    pattern: /^error: (?:File|Directory) not found(?: by glob)?: (?<path>\S.*)/,
    cause: "listed in %files but not installed: {path}",
  },
  { class: "missing-files", log, needs: "Empty %files file", pattern: /^error: Empty %files file / },
  { class: "missing-files", log, needs: "Could not open %files file", pattern: /^error: Could not open %files file / },
  { class: "packaging", log, needs: "File listed twice", pattern: /^error: File listed twice: / },
  { class: "packaging", log, needs: "Arch dependent binaries", pattern: /^error: Arch dependent binaries in noarch/ },
  { class: "packaging", log, needs: "build-ids", pattern: /^error: (?:Duplicate|Generating|No) build-ids?/i },
  { class: "packaging", log, needs: "No build ID note", pattern: /^\*\*\* ERROR: No build ID note found in / },
  {
    class: "packaging",
    log,
    needs: "ambiguous python shebang",
    pattern: /^\*\*\* ERROR: ambiguous python shebang in /,
  },
  { class: "packaging", log, needs: "in installed files; aborting", pattern: /^Found .* in installed files; aborting/ },
  { class: "packaging", log, needs: "runpath", pattern: /^ERROR +\d{4}: file '/ },
  { class: "packaging", log, needs: "rpath", pattern: /^ERROR +\d{4}: file '/ },
  { class: "packaging", log, needs: "Missing or invalid", pattern: /^error: Missing or invalid / },
  { class: "packaging", log, needs: "Dependency tokens", pattern: /^error: Dependency tokens must begin with/ },
  { class: "packaging", log, needs: "invalid dependency", pattern: /^error: (?:line \d+: )?invalid dependency /i },

  {
    class: "scriptlet",
    log: ["root", "build"],
    needs: "scriptlet failed",
    pattern: /^error: %\w+\(\S+\) scriptlet failed/,
  },
  { class: "arch", log, needs: "Architecture is", pattern: /^error: Architecture is (?:not included|excluded): / },
  { class: "arch", log, needs: "No compatible archit", pattern: /^error: No compatible architectures found for build/ },
];
