import type { Task, TaskId, TaskState } from "../../domain/koji.ts";
import type { Hub, MarkedTask } from "../../ports/hub.ts";
import type { Page, TaskQuery } from "./calls/tasks.ts";
import { createConnection, type HubOptions } from "./connection.ts";
import { createCalls, type KojiCalls } from "./hub.ts";

/** A row of listTasks carries request and result: 3 kB. This bounds one answer to about 6 MB. */
const PAGE = 2000;
/** Ids per request: 85 ms for the hub (koji-facts, section 15). */
const CHUNK = 500;
const ACTIVE: readonly TaskState[] = ["FREE", "OPEN", "ASSIGNED"];
const ALL: readonly TaskState[] = [...ACTIVE, "CLOSED", "CANCELED", "FAILED"];
/** The hub's clock comes from its web server, `create_time` from its database. */
const CLOCK_MARGIN = 30_000;

export interface OpenHub extends Hub {
  close(): Promise<void>;
}

/** The hub as the core asks for it. Connects and logs in when the first call needs it. */
export function createHub(options: HubOptions): OpenHub {
  const { caller, sessions, fence, clock, close } = createConnection(options);
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
    async submittedSince(hubTime) {
      const query = { ...(await mine(ALL)), createdAfter: hubTime - CLOCK_MARGIN };
      return allPages((page): Promise<MarkedTask[]> => koji.listMarkedTasks(query, page));
    },
    async active() {
      const query = await mine(ACTIVE);
      return allPages((page) => koji.listTasks(query, page));
    },
    tasks: (ids) => inChunks(ids, (chunk) => koji.getTaskInfo(chunk)),
    children: (parents) => inChunks(parents, (chunk) => childrenOf(koji, chunk)),
    async failure(id) {
      const result = await koji.getTaskResult(id);
      return result.kind === "fault" ? result.text : null;
    },
    close,
  };
}

function childrenOf(koji: KojiCalls, parents: readonly TaskId[]): Promise<Task[]> {
  return koji.listTasks({ parent: parents });
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

/** Tasks that change state between two pages may be missed: who watches asks for those by id anyway. */
async function allPages<T>(list: (page: Page) => Promise<T[]>): Promise<T[]> {
  const all: T[] = [];
  for (let offset = 0; ; offset += PAGE) {
    const page = await list({ limit: PAGE, offset });
    all.push(...page);
    if (page.length < PAGE) return all;
  }
}

async function inChunks<A, B>(items: readonly A[], ask: (chunk: readonly A[]) => Promise<B[]>): Promise<B[]> {
  const all: B[] = [];
  for (let i = 0; i < items.length; i += CHUNK) all.push(...(await ask(items.slice(i, i + CHUNK))));
  return all;
}
