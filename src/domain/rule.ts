import type { BuildRequest, CommentMode, MacroStrategy, TaskOptions } from "./build.ts";
import type { Macros } from "./macros.ts";
import type { Patterns } from "./pattern.ts";
import type { EventKind } from "./placeholders.ts";

/**
 * `approve`: waits until somebody with write access lets the commit through, unless such a person opened it; `scratch`:
 * is built as it is; `never`: is not.
 */
export const FORK_POLICIES = ["approve", "scratch", "never"] as const;
export type ForkPolicy = (typeof FORK_POLICIES)[number];

/** What a matching event builds: one build per target. Strings are templates with placeholders. */
export interface BuildSpec {
  readonly hub: string;
  readonly targets: readonly string[];
  readonly scratch: boolean;
  readonly arches: readonly string[];
  /** Null: the repo that holds the commit. */
  readonly source: string | null;
  /** Null: `koji/{target}`, for scratch builds `koji/{target}/scratch`, and behind it `/{package}` where there is one. */
  readonly context: string | null;
  /** Of a real build of a tag: branches that vouch for the commit where the tag is not protected. */
  readonly from: readonly string[];
  /** Real builds from where anybody who may push can move things. */
  readonly unprotected: boolean;
  /** The summary status does not turn red for it. */
  readonly optional: boolean;
  readonly macros: Macros;
  /** Null: as a lower layer says, else `auto`. */
  readonly strategy: MacroStrategy | null;
  readonly options: TaskOptions;
  readonly onExisting: BuildRequest["onExisting"];
  /** The package, where it is known without any layout: that of an SRPM at hand. */
  readonly name?: string;
}

/** The operator's word on every build of these repos. Of several that match, the later one wins. */
export interface RepoEntry {
  /** Over `forge:path`. */
  readonly match: Patterns;
  readonly macros: Macros;
  readonly strategy: MacroStrategy | null;
}

/** What the operator lets a repo's own file say (`repo-file.ts`). */
export interface RepoFileLimits {
  /** Targets that it may name besides those of the rules; null: none. */
  readonly targets: Patterns | null;
  /** Names of macros; null: none. */
  readonly macros: Patterns | null;
  /** Names of build conditionals; null: none. */
  readonly conditions: Patterns | null;
  /** Whether it has a say in real builds at all. */
  readonly realBuilds: boolean;
}

/** Of the conditions, those that are null hold always, and those that do not concern the event are not asked. */
export interface Rule {
  readonly name: string;
  /** Over `forge:path`. */
  readonly repos: Patterns;
  readonly on: readonly EventKind[];
  /** Over the pushed branch, or the one a merge request wants to go to. */
  readonly branches: Patterns | null;
  readonly tags: Patterns | null;
  /** One changed path has to match; unknown ones do. */
  readonly paths: Patterns | null;
  /** Over the labels of a merge request as a whole. */
  readonly labels: Patterns | null;
  /** Over the login of whoever caused the event. */
  readonly authors: Patterns | null;
  /** Over the title of a merge request. */
  readonly titles: Patterns | null;
  /** Over the message of a pushed or tagged commit. */
  readonly messages: Patterns | null;
  /** Whether drafts are built. */
  readonly drafts: boolean;
  /** Where the packages of a monorepo are, `packages/{package}`: one build per changed package. Null: it is no monorepo. */
  readonly package: string | null;
  /** Where below such a package its spec is, as `rpm/{package}.spec`. Null: its name and `.spec`. */
  readonly spec: string | null;
  /** What becomes of a fork's merge request. */
  readonly forks: ForkPolicy;
  readonly build: BuildSpec;
  /** What a repo's own file may say of these builds. Null: it is not read. */
  readonly repoFile: RepoFileLimits | null;
  /** Null: as `reports` says. */
  readonly comments: CommentMode | null;
  /** Where it is about the event and yet nothing is built, the summary status says so. */
  readonly reportSkipped: boolean;
}
