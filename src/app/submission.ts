import type { Build, TaskOptions } from "../domain/build.ts";
import type { Submission } from "../ports/hub.ts";

/** What of the hub's own fields tells our tasks from everybody's (koji-facts, section 9). */
export interface Mark {
  readonly build: string;
  readonly attempt: number;
}

/** Macros count in repos made after them (koji-facts, section 12): whatever carries them, the build waits for such a one. */
export function toSubmission(build: Build): Submission {
  const { source, target, scratch, arches, options } = build.request;
  const mark: Mark = { build: build.id, attempt: build.attempt };
  const carrier = build.carrier?.target ?? null;
  const opts = {
    scratch,
    ...(arches.length > 0 ? { arch_override: arches.join(" ") } : {}),
    ...toOpts(options),
    ...(carrier !== null && { wait_repo: true }),
    custom_user_metadata: { kojibridge: mark },
  };
  const { priority, channel } = options;
  const place = { ...(priority !== undefined && { priority }), ...(channel !== undefined && { channel }) };
  return { source, target: carrier ?? target, opts, ...place };
}

function toOpts({ waitRepo, waitBuilds, failFast, skipTag, draft, repoId }: TaskOptions) {
  return {
    ...(waitRepo !== undefined && { wait_repo: waitRepo }),
    ...(waitBuilds !== undefined && { wait_builds: waitBuilds }),
    ...(failFast !== undefined && { fail_fast: failFast }),
    ...(skipTag !== undefined && { skip_tag: skipTag }),
    ...(draft !== undefined && { draft }),
    ...(repoId !== undefined && { repo_id: repoId }),
  };
}
