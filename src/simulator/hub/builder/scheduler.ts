import type { XmlRpcValue } from "../../../adapters/koji/xmlrpc.ts";
import { settleBuildOf } from "../builds.ts";
import type { Core } from "../core.ts";
import { genericError, HubFault } from "../fault.ts";
import { find } from "../find.ts";
import { startRegeneration } from "../repos.ts";
import type { TaskRow } from "../rows.ts";
import { cancelTask, childrenOf, createTask, endTask, isFinished } from "../tasks.ts";
import type { Answer } from "../values.ts";
import type { Timing } from "./outcome.ts";

/**
 * What a builder does with tasks of one method. `step` is called when the task opens and whenever one of its children has ended:
 * it looks at what there is and does the next thing, so nothing depends on the order of events.
 */
export type Step = (task: TaskRow, work: Work) => void;

/** A builder's hands. */
export interface Work {
  readonly core: Core;
  timingOf(task: TaskRow): Timing;
  /** Starts a child and waits for it. */
  spawn(parent: TaskRow, child: Child): TaskRow;
  close(task: TaskRow, result: Answer): void;
  /** Runs later, unless the task was ended meanwhile; a fault it throws fails the task. */
  later(task: TaskRow, ms: number, action: () => void): void;
}

interface Child {
  readonly method: string;
  readonly request: readonly XmlRpcValue[];
  readonly label?: string;
  readonly arch?: string;
}

/**
 * The hub's scheduler and its builders in one: FREE → ASSIGNED → OPEN, then the steps of the task's method.
 * Tasks of a channel without hosts stay FREE, those assigned by hand stay ASSIGNED, those of unknown methods OPEN.
 */
export function createScheduler(
  core: Core,
  steps: ReadonlyMap<string, Step>,
  timingOf: (task: TaskRow) => Timing,
): void {
  const { clock, db } = core;
  const work: Work = {
    core,
    timingOf,
    spawn(parent, child) {
      const task = createTask(core, { ...child, owner: parent.owner, parent });
      task.awaited = true;
      parent.waiting = true;
      return task;
    },
    close: (task, result) => endTask(core, task, "CLOSED", { value: result }),
    later(task, ms, action) {
      clock.after(ms, () => attempt(core, task, action));
    },
  };
  core.taskCreated = (task) => clock.after(timingOf(task).assign, () => assign(task));
  core.taskEnded = (task) => {
    settleBuildOf(core, task);
    const parent = task.parent === null ? undefined : db.tasks.get(task.parent);
    if (parent !== undefined) work.later(parent, timingOf(parent).notice, () => notice(parent));
  };
  core.repoRequested = (request) => {
    const tag = db.tags.get(request.tag);
    const kojira = find(db.users.values(), (user) => user.name === "kojira");
    if (tag !== undefined)
      clock.after(REPO_QUEUE, () => startRegeneration(core, request, tag, kojira?.id ?? request.owner));
  };

  function assign(task: TaskRow): void {
    const hosts = db.channels.get(task.channel)?.hosts ?? [];
    const host = db.hosts.get(hosts[task.id % Math.max(hosts.length, 1)] ?? 0);
    if (task.state !== "FREE" || host === undefined) return;
    task.state = "ASSIGNED";
    task.host = host.id;
    clock.after(timingOf(task).assign, () => open(task));
  }

  function open(task: TaskRow): void {
    if (task.state !== "ASSIGNED") return;
    task.state = "OPEN";
    task.started = clock.now();
    attempt(core, task, () => steps.get(task.method)?.(task, work));
  }

  /** A failed or cancelled child fails its parent, and the parent cancels the others first (koji-facts, section 8). */
  function notice(parent: TaskRow): void {
    const children = childrenOf(core, parent.id);
    for (const child of children) if (isFinished(child)) child.awaited = false;
    const broken = children.find((child) => child.state === "FAILED" || child.state === "CANCELED");
    if (broken !== undefined) {
      for (const child of children) cancelTask(core, child, true);
      throw faultOf(broken);
    }
    if (children.every(isFinished)) parent.waiting = false;
    steps.get(parent.method)?.(parent, work);
  }
}

/** How long kojira takes to turn a request into a task, milliseconds. */
const REPO_QUEUE = 300;

function faultOf(task: TaskRow): HubFault {
  if (task.result !== undefined && "fault" in task.result) return task.result.fault;
  return genericError(`Task ${task.id} is canceled`);
}

/** Runs a builder's action on a task that is still open; a fault ends it as FAILED. */
function attempt(core: Core, task: TaskRow, action: () => void): void {
  if (task.state !== "OPEN") return;
  try {
    action();
  } catch (error) {
    if (!(error instanceof HubFault)) throw error;
    endTask(core, task, "FAILED", { fault: error });
  }
}
