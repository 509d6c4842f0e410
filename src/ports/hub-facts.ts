import type { HubBuild } from "../domain/existing.ts";
import type { TaskId } from "../domain/koji.ts";
import type { HubRights, TargetFacts } from "../domain/target.ts";

/** A package as a tag's list has it. */
export interface PackageFacts {
  readonly blocked: boolean;
  /** The tag that says so. */
  readonly tag: string;
}

/** What is looked at before a build. Reads only. Errors: `transient`, `throttled`, `auth`, `rejected`. */
export interface HubFacts {
  /** Null: there is no such target. */
  target(name: string): Promise<TargetFacts | null>;
  rights(): Promise<HubRights>;
  /** Null: not in the tag's list, nor in an inherited one. */
  package(tag: string, name: string): Promise<PackageFacts | null>;
  /** By NVR or id. */
  made(build: string | number): Promise<HubBuild | null>;
  /** What a task of a real build made. */
  madeBy(task: TaskId): Promise<HubBuild | null>;
}

/** Tags as people with the permission `tag` edit them, and tagging. Errors as HubFacts, and `ambiguous` of writes. */
export interface TagEditor {
  /** Macros a tag sets itself, as the hub keeps them: not all are text. */
  ownMacros(tag: string): Promise<Readonly<Record<string, unknown>>>;
  /** All or nothing. A macro to remove has to be there. */
  editMacros(tag: string, set: Readonly<Record<string, unknown>>, remove: readonly string[]): Promise<void>;
  /** Names of the tags a build is in. */
  tagsOf(build: number): Promise<readonly string[]>;
  /** Asks for it; the tagging is a task. */
  tagBuild(tag: string, build: number): Promise<TaskId>;
}
