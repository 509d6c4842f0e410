import { createClient, createHub, type HubOptions, type Task } from "../../src/adapters/koji/index.ts";
import type { Build, TaskView } from "../../src/domain/build.ts";
import type { Order, Store } from "../../src/ports/store.ts";

/** The simulator's own user. */
export const AUTH: HubOptions["auth"] = {
  method: "password",
  username: "kojibridge",
  password: "kojibridge-test-password",
};

/** Submits builds of these packages in a few requests; their task ids. */
export async function submitBuilds(url: string, packages: readonly string[]): Promise<number[]> {
  const client = createClient({ url, auth: AUTH });
  const calls = packages.map((name, i) => ({ method: "build", params: toParams(name, i) }));
  const outcomes = await client.multiCall(calls, "write");
  await client.close();
  return outcomes.map((outcome) => {
    if ("error" in outcome) throw outcome.error;
    return Number(outcome.value);
  });
}

function toParams(name: string, i: number): unknown[] {
  const opts = { scratch: true, custom_user_metadata: { kojibridge: { build: `build-${i}`, attempt: 1 } } };
  return [`git+https://git.example.org/rpms/${name}.git#${toSha(i)}`, "f42-candidate", opts];
}

/** Every build that runs on the hub now, with its children. */
export async function lookAtBuilds(url: string): Promise<TaskView[]> {
  const hub = createHub({ url, auth: AUTH });
  const active = await hub.active();
  const family = Map.groupBy(await hub.children(active.map(({ id }) => id)), ({ parent }) => parent);
  await hub.close();
  return active.map((task) => toView(task, family.get(task.id) ?? []));
}

function toView({ id, state, startedAt }: Task, children: readonly Task[]): TaskView {
  return { id, state, startedAt, finishedAt: null, children: children.toSorted((a, b) => a.id - b.id) };
}

/** Writes a running build on the hub `koji` for each of these tasks, created at `since(i)`; a commit status is owed for each. */
export async function recordRunning(
  store: Store,
  tasks: readonly TaskView[],
  since: (i: number) => number,
): Promise<void> {
  const orders = tasks.map((task, i) => toOrder(task, i, since(i)));
  const payload = Buffer.from("{}");
  const delivery = { id: "all", forge: "github", receivedAt: since(0), event: "push", headers: {}, payload };
  await store.accept({ ...delivery, summary: null, waiting: null, ignored: null, builds: [], trace: [] }, orders);
}

function toOrder(task: TaskView, i: number, createdAt: number): Order {
  const [forge, repo, sha, context] = ["github", `rpms/package-${i % 500}`, toSha(i), "kojibridge/f42-candidate"];
  const build: Build = {
    id: `build-${i}`,
    revision: 0,
    delivery: "all",
    attempt: 1,
    ending: null,
    hold: null,
    carrier: null,
    failures: [],
    retries: [],
    made: null,
    phase: "running",
    forge,
    repo,
    sha,
    request: {
      rule: "push",
      hub: "koji",
      target: "f42-candidate",
      scratch: true,
      arches: [],
      source: `git+https://git.example.org/${repo}.git#${sha}`,
      context,
      comments: "never",
      package: null,
      macros: [],
      strategy: "auto",
      options: {},
      optional: false,
      onExisting: "adopt",
      guard: null,
      approval: false,
    },
    intent: null,
    task,
    reason: null,
    parked: null,
    tries: 0,
    wakeAt: null,
    createdAt,
    updatedAt: createdAt,
    finishedAt: null,
  };
  return { build, place: { repo, sha, ref: "main", fork: null }, context, mr: null };
}

const toSha = (i: number): string => i.toString(16).padStart(40, "0");
