/** What went wrong, as far as the evidence says. One folder of the corpus (test/fixtures/logs) each. */
export const FAILURE_CLASSES = [
  "spec",
  "buildrequires",
  "scm",
  "source",
  "patch",
  "configure",
  "compiler",
  "linker",
  "go",
  "rust",
  "python",
  "node",
  "java",
  "perl",
  "ruby",
  "tests",
  "command",
  "unpackaged-files",
  "missing-files",
  "packaging",
  "scriptlet",
  "arch",
  "refused",
  "resources",
  "timeout",
  "network",
  "buildroot",
  "builder",
  "unknown",
] as const;
export type FailureClass = (typeof FAILURE_CLASSES)[number];

/** The child task that failed; its canceled siblings are collateral (koji-facts, section 8). */
export interface FailedTask {
  readonly method: string;
  /** Its label: `srpm`, or the arch of a buildArch. */
  readonly arch: string;
  /** What the task ended with, as the builder said it. */
  readonly fault: string | null;
}

/** A log below that task. Sizes are bytes. */
export interface LogFile {
  readonly name: string;
  readonly size: number;
}

/** A part of a log worth fetching: `size` bytes from `offset`. */
export interface LogRange {
  readonly name: string;
  readonly offset: number;
  readonly size: number;
}

/** What was fetched. */
export interface LogText {
  readonly name: string;
  readonly text: string;
  /** True if `text` starts at the first byte; else its first line is the rest of one. */
  readonly whole: boolean;
}

/** A line of a file that the log blames. The path is as short as the log allows: below the source tree. */
export interface Annotation {
  readonly path: string;
  readonly line: number;
  readonly column: number | null;
  readonly message: string;
}

/** Three lines that explain the failure. No secret is in it, no line is longer than LIMITS say. It is not escaped. */
export interface Digest {
  readonly class: FailureClass;
  /** The hub, a builder, a mirror or the network failed, not the package: building again may help. */
  readonly infra: boolean;
  /** One line: the first real error. */
  readonly cause: string;
  /** `%prep`, `%build`, `%check`…, `%files` for packaging; null outside rpmbuild. */
  readonly section: string | null;
  /** The log that told; null when the task's own fault did. */
  readonly log: string | null;
  /** The cause with its neighbours, as the log has them. */
  readonly lines: readonly string[];
  readonly annotations: readonly Annotation[];
  /** What usually helps; null where nothing general can be said. */
  readonly hint: string | null;
}

export const LIMITS = {
  /** Characters of a log that are looked at: its end. */
  text: 1 << 20,
  /** Lines of a log that are looked at, from its end. */
  logLines: 50_000,
  /** Lines per log that rules are tried on: half from the front, half from the end. */
  candidates: 2000,
  /** Characters of a line that rules see. */
  match: 1000,
  /** Characters of a line that masking sees: more than rules see, so that no secret is cut before it is known. */
  line: 8192,
  /** Of the digest. */
  cause: 300,
  context: 15,
  contextLine: 300,
  annotations: 10,
} as const;
