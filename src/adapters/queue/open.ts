import type { WorkQueue } from "../../ports/queue.ts";
import type { Log } from "../../ports/runtime.ts";
import { createLocalQueue } from "./local.ts";
import type { RedisServer } from "./redis.ts";

export type QueueAddress = { readonly kind: "local" } | ({ readonly kind: "redis" } & RedisServer);

/** How many keys of one hub or forge a process works on at a time. */
const LANE_LIMIT = 32;

/** The client of Redis is loaded only by those who use it. */
export async function openQueue(address: QueueAddress, log: Log): Promise<WorkQueue> {
  if (address.kind === "local") return createLocalQueue(LANE_LIMIT);
  return (await import("./bullmq.ts")).createBullQueue(address, LANE_LIMIT, log);
}
