import type { TaskId } from "../../../domain/koji.ts";
import type { Caller } from "../caller.ts";
import {
  type From,
  toChoice,
  toInt,
  toIntAnswer,
  toListOf,
  toNullable,
  toOptionalInt,
  toOptionalMembers,
  toOptionalText,
  toOptionalTime,
  toText,
} from "../shape.ts";
import { named, type XmlRpcStruct } from "../xmlrpc.ts";

/** koji.BUILD_STATES */
const BUILD_STATES = ["BUILDING", "COMPLETE", "DELETED", "FAILED", "CANCELED"] as const;
export type BuildState = (typeof BUILD_STATES)[number];

/** A real build: what a build task without `scratch` leaves. Times are epoch milliseconds. */
export interface KojiBuild {
  readonly id: number;
  readonly nvr: string;
  readonly name: string;
  readonly version: string;
  readonly release: string;
  readonly epoch: number | null;
  readonly state: BuildState;
  readonly taskId: TaskId | null;
  readonly owner: string;
  readonly source: string | null;
  /** Has `custom_user_metadata`, where the build was given some. */
  readonly extra: XmlRpcStruct | null;
  readonly finishedAt: number | null;
}

export interface BuildLog {
  readonly name: string;
  /** The arch, mostly. */
  readonly directory: string;
  /** Below the hub's `topurl`. */
  readonly path: string;
}

export interface BuildRecordCalls {
  /** By id or NVR. */
  getBuild(build: string | number): Promise<KojiBuild | null>;
  /** The builds a task made; none for a scratch build. */
  listBuildsOfTask(id: TaskId): Promise<KojiBuild[]>;
  getBuildLogs(build: string | number): Promise<BuildLog[]>;
  /** Ids of the latest builds in a tag, with what is inherited, by package name. */
  getLatestBuilds(tag: string | number, packageName?: string): Promise<KojiBuild[]>;
  /** NVRs of the builds in a tag itself, without what is inherited. */
  listTagged(tag: string | number): Promise<string[]>;
  /** Names of the tags a build is in. */
  listTagsOfBuild(build: number): Promise<string[]>;
  /** Asks for it; the tagging is a task. @throws KojibridgeError `rejected` where the hub's policy says no */
  tagBuild(tag: string | number, build: number): Promise<TaskId>;
}

export function createBuildRecordCalls({ read, write }: Caller): BuildRecordCalls {
  return {
    async getBuild(build) {
      return toNullable(await read("getBuild", build), "getBuild", toKojiBuild);
    },
    async listBuildsOfTask(id) {
      return toListOf(await read("listBuilds", named({ taskID: id })), "listBuilds", toKojiBuild);
    },
    async getBuildLogs(build) {
      return toListOf(await read("getBuildLogs", build), "getBuildLogs", toBuildLog);
    },
    async getLatestBuilds(tag, packageName) {
      return toListOf(
        await read("getLatestBuilds", tag, named({ package: packageName })),
        "getLatestBuilds",
        toKojiBuild,
      );
    },
    async listTagged(tag) {
      return toListOf(await read("listTagged", tag), "listTagged", (from) => toText(from, "nvr"));
    },
    async listTagsOfBuild(build) {
      return toListOf(await read("listTags", named({ build })), "listTags", (from) => toText(from, "name"));
    },
    async tagBuild(tag, build) {
      return toIntAnswer(await write("tagBuild", [tag, build]), "tagBuild");
    },
  };
}

function toKojiBuild(from: From): KojiBuild {
  return {
    id: toInt(from, "build_id"),
    nvr: toText(from, "nvr"),
    name: toText(from, "name"),
    version: toText(from, "version"),
    release: toText(from, "release"),
    epoch: toOptionalInt(from, "epoch"),
    state: toChoice(from, "state", BUILD_STATES),
    taskId: toOptionalInt(from, "task_id"),
    owner: toText(from, "owner_name"),
    source: toOptionalText(from, "source"),
    extra: toOptionalMembers(from, "extra"),
    finishedAt: toOptionalTime(from, "completion_ts"),
  };
}

function toBuildLog(from: From): BuildLog {
  return { name: toText(from, "name"), directory: toText(from, "dir"), path: toText(from, "path") };
}
