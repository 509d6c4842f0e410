import type { HubWorld } from "../../src/simulator/hub/index.ts";
import { createCaller } from "./hub-caller.ts";
import type { RecordedIds } from "./hub-recorded-ids.ts";

/** The tasks and side tags from before the recording that it asks about. */
export async function makeHistory(world: HubWorld, ids: RecordedIds): Promise<void> {
  const caller = createCaller(() => world.url);
  ids.next({ session: 1 });
  await caller.login("kojibridge");
  const build = (n: number, opts: object, channel: string | null) => {
    ids.next({ task: n });
    const source = `git+https://git.example.org/rpms/${n % 2 === 0 ? "fail-build" : "hello"}.git#${String(n).padStart(40, "0")}`;
    return caller.call("build", source, "f42-candidate", { scratch: true, ...opts }, null, channel);
  };
  const admin = createCaller(() => world.url);
  ids.next({ session: 3, task: 1 });
  await admin.login("kojiadmin");
  await admin.call("newRepo", "f42-build");
  for (let n = 2; n <= 100; n++) await build(n, { wait_builds: [], custom_user_metadata: {} }, null);
  await build(897, {}, "maven");
  const packager = createCaller(() => world.url);
  ids.next({ session: 2 });
  await packager.login("packager");
  for (const [tag, owner, suffix] of [
    [15, packager, null],
    [17, packager, "ci"],
    [19, caller, null],
  ] as const) {
    ids.next({ tag });
    await owner.call("createSideTag", "f42-build", false, suffix);
  }
  world.advance(60_000);
}

/** What the recorder did to the hub without calling it, or before it began to record. */
export const SITUATIONS: Record<string, (world: HubWorld, ids: RecordedIds) => unknown> = {
  "session-expired-AuthExpired": (world) => world.expireSession(120),
  "session-of-disabled-user": (world) => world.blockUser("otheruser"),
  "lockout-anonymous": (world) => world.blockUser("otheruser", false),
  "createSideTag-anonymous": makeEvent,
  "cli-edit-sidetag-2-03-editSideTag": (_world, ids) => ids.next({ event: 1923 }),
  "getTaskInfo-ASSIGNED": assignByHand,
  "repo-checkRequest-2-task": (world) => world.advance(350),
  "cli-watch-task-02-getTaskInfo": (world) => world.advance(250),
  "cli-wait-repo-09-repo.request": (world) => world.advance(400),
  "cli-list-tasks-mine-01-login": cancelAll,
  "tagBuild-denied": buildForReal,
  "log-tail-1-listTaskOutput": buildSlowly,
};

async function makeEvent(world: HubWorld, ids: RecordedIds): Promise<void> {
  const admin = createCaller(() => world.url);
  ids.next({ session: 4, event: 1658 });
  await admin.login("kojiadmin");
  await admin.call("editTag2", "an8", { locked: false, __starstar: true });
}

async function assignByHand(world: HubWorld, ids: RecordedIds): Promise<void> {
  const admin = createCaller(() => world.url);
  ids.next({ session: 147, task: 1201 });
  await admin.login("kojiadmin");
  const source = "git+https://git.example.org/rpms/hello.git#808ee4572d06398e9456e07813908974e741123d";
  await admin.call("build", source, "f42-candidate", { scratch: true }, null, "maven");
  await admin.call("assignTask", 1201, "idlehost");
}

/** All but one that stays FREE for ever. */
async function cancelAll(world: HubWorld, ids: RecordedIds): Promise<void> {
  const admin = createCaller(() => world.url);
  ids.next({ session: 5 });
  await admin.login("kojiadmin");
  const active = world.tasks().filter((task) => ["FREE", "OPEN", "ASSIGNED"].includes(task.state) && task.id !== 897);
  for (const task of active) await admin.call("cancelTask", task.id);
}

async function buildForReal(world: HubWorld, ids: RecordedIds): Promise<void> {
  const caller = createCaller(() => world.url);
  ids.next({ session: 6 });
  await caller.login("kojibridge");
  await caller.call("build", `git+https://git.example.org/rpms/pkg03.git#158afb9${"0".repeat(33)}`, "f42-candidate");
  world.advance(10_000);
}

async function buildSlowly(world: HubWorld, ids: RecordedIds): Promise<void> {
  const caller = createCaller(() => world.url);
  ids.next({ session: 168, task: 1242 });
  await caller.login("kojibridge");
  await caller.call("build", `git+https://git.example.org/rpms/slow-pkg.git#${"0".repeat(40)}`, "f42-candidate", {
    scratch: true,
  });
  world.advance(30_000);
}
