import type { XmlRpcStruct } from "../../../adapters/koji/xmlrpc.ts";

/** What the world's builders do with one build. */
export interface Outcome {
  /**
   * - `success`, `hang` (its buildArch tasks stay OPEN until cancelled)
   * - `fail`     the package does not build on `arch`: mock exits with 1 (30: root.log only, as with missing dependencies)
   * - `infra`    the buildroot cannot be set up: fault 1012, worth a resubmit; a mirror does not answer
   * - `checkout` the sources cannot be fetched
   * - `srpm`     the SRPM cannot be made
   * - `crash`    the builder itself fails: fault 1 with a traceback
   */
  readonly result: "success" | "fail" | "hang" | "infra" | "checkout" | "srpm" | "crash";
  /** The arch that fails; default the first. */
  readonly arch?: string;
  /** mock's exit status; default 1. 1 and 10 point at build.log, others at root.log. */
  readonly exit?: number;
  /** Last lines of the failing log. */
  readonly log?: string;
  /** Whole logs of the task that fails, by name, instead of what the world would write. */
  readonly logs?: Readonly<Record<string, string>>;
  /** What the task that fails ends with, as kojid would say it; default by `result` and `exit`. */
  readonly fault?: string;
  /** A noarch package has one buildArch, labelled noarch. */
  readonly noarch?: boolean;
  readonly timing?: Partial<Timing>;
}

/** How long things take, in milliseconds of the world's clock. */
export interface Timing {
  /** FREE until ASSIGNED, and again until OPEN. */
  readonly assign: number;
  readonly srpm: number;
  readonly buildArch: number;
  readonly tag: number;
  /** A parent notices a finished child. */
  readonly notice: number;
  /** createrepo, for each arch of a newRepo. */
  readonly repo: number;
}

export const DEFAULT_TIMING: Timing = { assign: 200, srpm: 2000, buildArch: 6000, tag: 500, notice: 200, repo: 3000 };

/** A build request, as the hook sees it. */
export interface BuildSubject {
  readonly task: number;
  readonly source: string;
  readonly target: string | null;
  readonly opts: XmlRpcStruct;
  readonly packageName: string;
  readonly owner: string;
}

/**
 * The default script goes by the package's name, as that of the recorded hub did: `fail-build`, `fail-aarch64`, `fail-deps`,
 * `fail-srpm`, `fail-checkout…`, `fail-crash…`, `hang…`, `slow…`; everything else succeeds.
 */
export function outcomeByName({ packageName }: BuildSubject): Outcome {
  if (packageName.startsWith("hang")) return { result: "hang" };
  if (packageName.startsWith("slow")) return { result: "success", timing: { buildArch: 60_000 } };
  if (packageName.startsWith("noarch")) return { result: "success", noarch: true };
  const kind = /^fail-(\w+)/.exec(packageName)?.[1];
  if (kind === undefined) return { result: "success" };
  if (kind === "srpm" || kind === "checkout" || kind === "crash" || kind === "infra") return { result: kind };
  if (kind === "deps")
    return { result: "fail", exit: 30, log: "No matching package to install: 'libdoesnotexist-devel'\n" };
  return /^(x86_64|aarch64|ppc64le|s390x|i686)$/.test(kind) ? { result: "fail", arch: kind } : { result: "fail" };
}
