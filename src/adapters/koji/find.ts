import type { MarkedTask } from "../../ports/hub.ts";
import type { Page, TaskCalls, TaskQuery } from "./calls/tasks.ts";

/** A row of listTasks carries request and result: 3 kB. This bounds one answer to about 6 MB. */
const PAGE = 2000;

/** Tasks that change between two pages may be missed: who watches asks for those by id anyway. */
export async function allPages<T>(list: (page: Page) => Promise<T[]>): Promise<T[]> {
  const all: T[] = [];
  for (let offset = 0; ; offset += PAGE) {
    const page = await list({ limit: PAGE, offset });
    all.push(...page);
    if (page.length < PAGE) return all;
  }
}

/**
 * Top-level build tasks by what their submitter put into `custom_user_metadata`. The hub cannot search requests: `query` has to narrow it
 * down, by owner and time. A resubmitted task carries the same metadata (koji-facts, section 8).
 */
export async function findMarkedTasks(
  koji: TaskCalls,
  query: Omit<TaskQuery, "method" | "parent">,
  matches: (metadata: Readonly<Record<string, unknown>>) => boolean,
): Promise<MarkedTask[]> {
  const all = await allPages((page) => koji.listMarkedTasks({ ...query, method: "build", parent: null }, page));
  return all.filter(({ metadata }) => metadata !== null && matches(metadata));
}
