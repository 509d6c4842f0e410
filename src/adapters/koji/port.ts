import type { TaskState } from "../../domain/koji.ts";
import type { Hub } from "../../ports/hub.ts";
import type { HubInsight } from "../../ports/insight.ts";
import type { TaskQuery } from "./calls/tasks.ts";
import { createConnection, type HubOptions } from "./connection.ts";
import { allPages } from "./find.ts";
import { createCalls } from "./hub.ts";
import { createHubFacts, createTagEditor } from "./hub-facts.ts";
import { createInsight } from "./insight.ts";
import { createSideTagKeeper } from "./side-tag-keeper.ts";

/** Ids per request: 85 ms for the hub (koji-facts, section 15). */
const CHUNK = 500;
const ACTIVE: readonly TaskState[] = ["FREE", "OPEN", "ASSIGNED"];
const ALL: readonly TaskState[] = [...ACTIVE, "CLOSED", "CANCELED", "FAILED"];
/** The hub's clock comes from its web server, `create_time` from its database. */
const CLOCK_MARGIN = 30_000;

export interface OpenHub extends Hub {
  readonly insight: HubInsight;
  close(): Promise<void>;
}

/** The hub as the core asks for it. Connects and logs in when the first call needs it. */
export function createHub(options: HubOptions): OpenHub {
  const connection = createConnection(options);
  const { caller, sessions, fence, clock, close } = connection;
  const koji = createCalls(caller);
  const me = createOnce(() => koji.getLoggedInUser());

  async function mine(states: readonly TaskState[]): Promise<TaskQuery> {
    const { id } = await me();
    return { method: "build", parent: null, owner: id, states };
  }

  return {
    async session() {
      const { id } = await sessions.current();
      return { id, hubTime: clock.now() };
    },
    submit: koji.submit,
    fence,
    cancel: koji.cancelTask,
    async submittedSince(hubTime) {
      const query = { ...(await mine(ALL)), createdAfter: hubTime - CLOCK_MARGIN };
      return allPages((page) => koji.listMarkedTasks(query, page));
    },
    async active() {
      const query = await mine(ACTIVE);
      return allPages((page) => koji.listTasks(query, page));
    },
    tasks: (ids) => inChunks(ids, (chunk) => koji.getTaskInfo(chunk)),
    children: (parents) => inChunks(parents, (chunk) => koji.listTasks({ parent: chunk })),
    async failures(ids) {
      const results = await koji.getTaskResults(ids);
      return results.map((result) => (result.kind === "fault" ? result.text : null));
    },
    insight: createInsight(koji, connection, options.auth.method !== "none"),
    logs: (task) => koji.listTaskOutput(task),
    log: (task, { name, offset, size }) => koji.downloadTaskOutput(task, name, { offset, size }),
    ...createSideTagKeeper(koji, me),
    ...createHubFacts(koji, me),
    ...createTagEditor(koji),
    close,
  };
}

/** Asks once and remembers the answer; after a failure it asks again. */
function createOnce<T>(ask: () => Promise<T>): () => Promise<T> {
  let known: Promise<T> | undefined;
  return () => {
    known ??= ask().catch((error) => {
      known = undefined;
      throw error;
    });
    return known;
  };
}

async function inChunks<A, B>(items: readonly A[], ask: (chunk: readonly A[]) => Promise<B[]>): Promise<B[]> {
  const all: B[] = [];
  for (let i = 0; i < items.length; i += CHUNK) all.push(...(await ask(items.slice(i, i + CHUNK))));
  return all;
}
