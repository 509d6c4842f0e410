/** `kojibridge/koji`: a client of Koji hubs, usable without the rest of kojibridge. */
export { type ErrorKind, KojibridgeError } from "../../domain/errors.ts";
export type { SessionId, Task, TaskId, TaskState } from "../../domain/koji.ts";
export type { Auth, HubOptions } from "./connection.ts";
export { createClient, type KojiClient } from "./hub.ts";
export { createHub, type OpenHub } from "./port.ts";
export { encodeCall, named, readCall, readResponse, type XmlRpcValue } from "./xmlrpc.ts";
