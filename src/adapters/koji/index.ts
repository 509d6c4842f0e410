/** `kojibridge/koji`: a client of Koji hubs, usable without the rest of kojibridge. */
export { type ErrorKind, KojibridgeError } from "../../domain/errors.ts";
export type { SessionId, Task, TaskId, TaskState } from "../../domain/koji.ts";
export type { Hub, MarkedTask, SessionInfo, Submission } from "../../ports/hub.ts";
export type { BuildOptions } from "./build-options.ts";
export type { TaskOptions } from "./calls/build.ts";
export type { BuildLog, BuildState, KojiBuild } from "./calls/builds.ts";
export type { MethodCall, Outcome } from "./calls/multi.ts";
export type { OutputFile, Part } from "./calls/output.ts";
export type { Repo, RepoProgress, RepoRequest, RepoState } from "./calls/repos.ts";
export type { OwnedSideTag, SideTag, SideTagEdit } from "./calls/sidetags.ts";
export type { User } from "./calls/system.ts";
export {
  type BuildConfig,
  type Inheritance,
  type PackageConfig,
  type Tag,
  type TagEdit,
  type TagSummary,
  toMacros,
} from "./calls/tags.ts";
export type { BuildTarget } from "./calls/targets.ts";
export type { TaskQuery, TaskResult } from "./calls/tasks.ts";
export { type Capabilities, detectCapabilities } from "./capabilities.ts";
export type { Auth, HubOptions } from "./connection.ts";
export type { OnCall } from "./exchange.ts";
export { isFault, isMissingMethod } from "./faults.ts";
export { findMarkedTasks } from "./find.ts";
export { createClient, type KojiClient, type KojiLine } from "./hub.ts";
export { createOutputReader, type OutputReader, readOutput, tailOutput } from "./logs.ts";
export { createHub, type OpenHub } from "./port.ts";
export { loadProfile, type Profile } from "./profile.ts";
export type { Upload, Uploadable, UploadOptions } from "./upload.ts";
export { waitForRepo } from "./wait-repo.ts";
export {
  encodeCall,
  named,
  type ReadLimits,
  readCall,
  readResponse,
  type XmlRpcDate,
  type XmlRpcFault,
  type XmlRpcResponse,
  type XmlRpcStruct,
  type XmlRpcValue,
} from "./xmlrpc.ts";
