import type { Build, Phase } from "../domain/build.ts";
import type { CommitStatus } from "../domain/report.ts";
import type { StatusPlace } from "./forge.ts";

/** Where a build came from, as its delivery told it. */
export interface Origin {
  readonly kind: "push" | "tag" | "merge_request";
  /** Login of whoever caused it. */
  readonly author: string;
  /** Branch, tag, or the branch the merge request wants to go to. */
  readonly ref: string;
  readonly mr: number | null;
  /** Title of the merge request. */
  readonly title: string | null;
  /** Page of the merge request, or of the repo. */
  readonly webUrl: string;
}

export interface Entry {
  readonly build: Build;
  /** Null for builds whose delivery told nothing. */
  readonly origin: Origin | null;
}

/** All that are said have to hold. */
export interface BuildFilter {
  readonly forge?: string;
  readonly repo?: string;
  readonly hub?: string;
  readonly target?: string;
  readonly phases?: readonly Phase[];
  readonly author?: string;
  readonly sha?: string;
  /** A task id, the first digits of a commit (four at least), or an NVR or its beginning. */
  readonly search?: string;
  /** Only what a push or a tag asked for. */
  readonly branchOnly?: boolean;
  /** Epoch milliseconds. */
  readonly since?: number;
}

export interface DeliveryFilter {
  readonly forge?: string;
  readonly repo?: string;
  /** `built`: it made builds; `ignored`: it made none. */
  readonly outcome?: "built" | "ignored";
}

/** The last one seen: what follows is older. Stable while new ones arrive. */
export interface Cursor {
  readonly at: number;
  readonly id: string;
}

export interface Page<Item> {
  readonly items: readonly Item[];
  /** Null: this was the last page. */
  readonly next: Cursor | null;
}

/** A delivery without what is heavy or secret. */
export interface DeliveryLine {
  readonly id: string;
  readonly forge: string;
  readonly repo: string | null;
  readonly author: string | null;
  readonly event: string;
  readonly receivedAt: number;
  /** What is asked of the forge before it is decided; null once it is. */
  readonly waiting: string | null;
  readonly ignored: string | null;
  readonly builds: readonly string[];
}

/** What is owed about a build to one place, and what came of it. */
export interface Word {
  readonly kind: "status" | "comment";
  readonly place: StatusPlace | null;
  /** Repo of the commit or merge request. */
  readonly repo: string;
  readonly mr: number | null;
  readonly context: string | null;
  readonly said: CommitStatus | null;
  /** `set`, `unchanged`, `forbidden`, or the last error; null while nothing was tried. */
  readonly outcome: string | null;
  readonly owed: boolean;
  /** When it was last tried, epoch milliseconds. */
  readonly saidAt: number | null;
}

export interface Change {
  readonly id: string;
  readonly revision: number;
  readonly updatedAt: number;
}

/**
 * What people look at. Reads only, and none takes longer for a million builds than for a thousand. Errors: `transient`,
 * `bug`.
 */
export interface Gallery {
  /** Newest first. */
  buildPage(filter: BuildFilter, limit: number, after: Cursor | null): Promise<Page<Entry>>;
  entry(build: string): Promise<Entry | null>;
  /** What was said about that build, and where. */
  words(build: string): Promise<Word[]>;
  /** Newest first. */
  deliveryPage(filter: DeliveryFilter, limit: number, after: Cursor | null): Promise<Page<DeliveryLine>>;
  /** Builds saved at or after that time, oldest first. */
  changes(since: number, limit: number): Promise<Change[]>;
}
