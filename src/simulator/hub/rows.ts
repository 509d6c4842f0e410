import type { XmlRpcStruct, XmlRpcValue } from "../../adapters/koji/xmlrpc.ts";
import type { TaskState } from "../../domain/koji.ts";
import type { HubFault } from "./fault.ts";
import type { Answer } from "./values.ts";

export interface User {
  readonly id: number;
  readonly name: string;
  readonly password: string | null;
  blocked: boolean;
  readonly principals: string[];
  readonly permissions: Set<string>;
}

export interface Session {
  readonly id: number;
  key: string;
  readonly user: number;
  /** koji.AUTHTYPES: 0 password, 2 certificate, 3 GSSAPI. */
  readonly authType: 0 | 2 | 3;
  readonly address: string;
  readonly master: number | null;
  readonly startTime: number;
  updateTime: number;
  renewTime: number | null;
  callNumber: number | null;
  exclusive: boolean;
  expired: boolean;
  closed: boolean;
}

export interface Channel {
  readonly id: number;
  readonly name: string;
  /** Tasks of a channel without hosts stay FREE. */
  readonly hosts: number[];
}

export interface Host {
  readonly id: number;
  readonly name: string;
  readonly user: number;
  readonly arches: string;
}

export interface TaskRow {
  readonly id: number;
  readonly method: string;
  readonly request: readonly XmlRpcValue[];
  readonly owner: number;
  readonly parent: number | null;
  readonly label: string | null;
  readonly arch: string;
  readonly channel: number;
  priority: number;
  state: TaskState;
  host: number | null;
  waiting: boolean | null;
  awaited: boolean | null;
  readonly created: number;
  started: number | null;
  completed: number | null;
  /** Set when CLOSED (a value, nil included) or FAILED. */
  result: { readonly value: Answer } | { readonly fault: HubFault } | undefined;
  /** What the builder put into the task's directory, and when it grows. */
  readonly output: OutputFile[];
}

export interface OutputFile {
  readonly name: string;
  /** Written only when somebody reads it: ten thousand builds have fifty thousand logs. */
  readonly content: () => Uint8Array;
  /** The file appears at `from` and is complete at `to`; with the task's end it stops growing. */
  readonly from: number;
  readonly to: number;
}

export interface Tag {
  readonly id: number;
  name: string;
  arches: string | null;
  locked: boolean;
  readonly extra: Map<string, XmlRpcValue>;
  readonly blockedExtra: Set<string>;
  readonly parents: { readonly parent: number; readonly priority: number }[];
  readonly packages: Map<string, PackageEntry>;
  /** Event of the last change; regenerating the repo is due after it. */
  lastChange: number;
}

export interface PackageEntry {
  readonly owner: number;
  readonly blocked: boolean;
  readonly extraArches: string | null;
}

export interface Target {
  readonly id: number;
  readonly name: string;
  readonly buildTag: number;
  readonly destTag: number;
}

export interface BuildRow {
  readonly id: number;
  readonly name: string;
  readonly version: string;
  readonly release: string;
  readonly owner: number;
  readonly task: number | null;
  readonly source: string | null;
  readonly extra: XmlRpcStruct | null;
  readonly draft: boolean;
  readonly created: number;
  readonly createEvent: number;
  /** koji.BUILD_STATES: 0 BUILDING, 1 COMPLETE, 3 FAILED, 4 CANCELED. */
  state: 0 | 1 | 3 | 4;
  completed: number | null;
  readonly rpms: RpmRow[];
  /** Tag id → the event that tagged it. */
  readonly tags: Map<number, number>;
}

export interface RpmRow {
  readonly id: number;
  readonly arch: string;
  readonly buildroot: number;
  readonly size: number;
  readonly payloadHash: string;
  readonly built: number;
}

export interface Repo {
  readonly id: number;
  readonly tag: number;
  /** koji.REPO_STATES: 0 INIT, 1 READY, 2 EXPIRED, 3 DELETED. */
  state: 0 | 1 | 2 | 3;
  readonly beginEvent: number;
  readonly createEvent: number;
  readonly created: number;
  readonly task: number | null;
  readonly debuginfo: boolean;
  /** The build tag's merged extra as of the repo: builds read their macros here (transcripts, "Builds and tasks"). */
  readonly extra: ReadonlyMap<string, XmlRpcValue>;
}

export interface RepoRequest {
  readonly id: number;
  readonly tag: number;
  readonly owner: number;
  readonly minEvent: number;
  readonly created: number;
  updated: number;
  priority: number;
  active: boolean;
  task: number | null;
  repo: number | null;
}

export interface Buildroot {
  readonly id: number;
  readonly task: number;
  readonly arch: string;
  readonly tag: number;
  readonly repo: number;
  readonly created: number;
}

export interface Upload {
  readonly content: Uint8Array;
  readonly modified: number;
}
