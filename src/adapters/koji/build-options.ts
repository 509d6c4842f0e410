import { KojibridgeError } from "../../domain/errors.ts";

/** Everything the builder reads of a build's options (builder/kojid, `BuildTask.handler`). */
export interface BuildOptions {
  readonly scratch?: boolean;
  /** Scratch only; cut down to those of the build tag. */
  readonly arches?: readonly string[];
  /** Build in this repo instead of the newest one. */
  readonly repoId?: number;
  /** Wait for a repo that has the build tag as it is now: needed after its macros were changed. */
  readonly waitRepo?: boolean;
  /** NVRs to wait for. */
  readonly waitBuilds?: readonly string[];
  readonly skipTag?: boolean;
  readonly draft?: boolean;
  /** End with the first arch that fails. */
  readonly failFast?: boolean;
  /** Of an uploaded SRPM, scratch only. */
  readonly rebuildSrpm?: boolean;
  /** Kept in the task's request, and in the build's `extra`. */
  readonly metadata?: Readonly<Record<string, unknown>>;
}

const SCM = /^(?:git(?:\+(?:https?|rsync|ssh))?|svn(?:\+(?:https?|ssh))?|cvs(?:\+ssh)?):\/\//;

/** Koji's own option struct. See BuildCalls.build. */
export function toBuildOpts(source: string, target: string | null, options: BuildOptions): Record<string, unknown> {
  const problem = sourceProblem(source) ?? optionProblem(source, target, options);
  if (problem !== undefined) {
    throw new KojibridgeError("invalid", `build: ${problem}`, {
      code: "koji.build_options",
      context: { source, target },
    });
  }
  const { arches, repoId, waitBuilds, metadata } = options;
  return {
    ...flags(options),
    ...(arches === undefined ? {} : { arch_override: arches.join(" ") }),
    ...(repoId === undefined ? {} : { repo_id: repoId }),
    ...(waitBuilds === undefined ? {} : { wait_builds: waitBuilds }),
    ...(metadata === undefined ? {} : { custom_user_metadata: metadata }),
  };
}

const FLAGS = {
  scratch: "scratch",
  waitRepo: "wait_repo",
  skipTag: "skip_tag",
  draft: "draft",
  failFast: "fail_fast",
  rebuildSrpm: "rebuild_srpm",
} as const;

function flags(options: BuildOptions): Record<string, boolean> {
  const given = Object.entries(FLAGS).flatMap(([ours, koji]) => {
    const value = options[ours as keyof typeof FLAGS];
    return value === undefined ? [] : [[koji, value] as const];
  });
  return Object.fromEntries(given);
}

/** What is wrong with a source the hub would take for a task (koji/daemon.py, `SCM`; transcripts `build-scm-*`). */
function sourceProblem(source: string): string | undefined {
  if (!SCM.test(source)) {
    return source.includes("://") ? `${source} is no source Koji knows; is it git+https://…?` : undefined;
  }
  const [location = "", revision] = source.split("#");
  if (revision === undefined || revision === "") return `${source} does not say what to build: append #COMMIT`;
  const authority = location.slice(location.indexOf("://") + 3).split("/")[0] ?? "";
  if (/:[^@]*@/.test(authority)) return "a source must not carry a password: it is readable for everybody on the hub";
  if (/^(git|svn|cvs)\+ssh/.test(source) && !authority.includes("@"))
    return `${source} needs a user: git+ssh://USER@host/…`;
  return location.includes(";") ? `${source} has a ";", which Koji refuses` : undefined;
}

function optionProblem(source: string, target: string | null, options: BuildOptions): string | undefined {
  const { scratch = false, arches, repoId, waitRepo, waitBuilds, draft, rebuildSrpm } = options;
  if (arches !== undefined && !scratch) return "arches can only be chosen for scratch builds";
  if (arches?.length === 0) return "no arches are left to build for";
  if (target === null && repoId === undefined) return "without a target there has to be a repoId";
  if (repoId !== undefined && (waitRepo === true || waitBuilds !== undefined))
    return "with a repoId there is nothing to wait for";
  if (draft === true && scratch) return "a scratch build cannot be a draft";
  if (rebuildSrpm !== undefined && (!scratch || SCM.test(source)))
    return "rebuildSrpm is for scratch builds of an uploaded SRPM";
  return undefined;
}
