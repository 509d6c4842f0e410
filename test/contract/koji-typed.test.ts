import { Buffer } from "node:buffer";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createClient, type KojiClient } from "../../src/adapters/koji/index.ts";
import { readCall } from "../../src/adapters/koji/xmlrpc.ts";
import type { Decoded } from "../support/koji-exchanges.ts";
import { type Recording, recorded, startRecording, unmark } from "./koji-recording.ts";

/** Typed calls: what they send is what was recorded, and what they give is what the hub said. */
let hub: Recording;
beforeAll(async () => {
  hub = await startRecording();
});
afterAll(() => hub[Symbol.asyncDispose]());

type Expected = (result: Decoded) => unknown;
type Ask = (koji: KojiClient) => Promise<unknown>;
type Struct = Record<string, Decoded>;

const member = (value: Decoded, name: string): Decoded => (value as Struct)[name] ?? null;
const number = (value: Decoded): number => Number((value as { $double?: string }).$double ?? value);
const time = (value: Decoded): number | null => (value === null ? null : Math.round(number(value) * 1000));
const STATES = ["FREE", "OPEN", "CLOSED", "CANCELED", "ASSIGNED", "FAILED"];
const task = (info: Decoded): unknown =>
  info === null
    ? null
    : {
        id: member(info, "id"),
        parent: member(info, "parent"),
        method: member(info, "method"),
        state: STATES[number(member(info, "state"))],
        label: member(info, "label"),
        arch: member(info, "arch"),
        createdAt: time(member(info, "create_ts")),
        startedAt: time(member(info, "start_ts")),
        finishedAt: time(member(info, "completion_ts")),
      };
const list = (result: Decoded): Decoded[] => result as Decoded[];
const tasks: Expected = (result) => list(result).map(task);
const target: Expected = (result) => ({
  id: member(result, "id"),
  name: member(result, "name"),
  buildTag: member(result, "build_tag_name"),
  buildTagId: member(result, "build_tag"),
  destTag: member(result, "dest_tag_name"),
  destTagId: member(result, "dest_tag"),
});
const tag: Expected = (result) => ({
  id: member(result, "id"),
  name: member(result, "name"),
  arches: String(member(result, "arches")).split(" ").filter(Boolean),
  locked: member(result, "locked"),
  permission: member(result, "perm"),
  extra: unmark(member(result, "extra")),
});
const same: Expected = (result) => unmark(result);
const none: Expected = () => undefined;
const bytes: Expected = (result) => Buffer.from(String(result), "base64");
const files: Expected = (result) =>
  Object.entries(result as Struct).map(([name, stat]) => ({
    name,
    size: Number(member(stat, "st_size")),
    changedAt: time(member(stat, "st_mtime")),
  }));
const ended =
  (kind: string): Expected =>
  (result) =>
    kind === "fault"
      ? { kind, code: member(result, "faultCode"), text: expect.any(String) }
      : { kind, value: same(result) };

const int = (params: readonly Decoded[], i: number): number => Number(params[i]);

const text = (value: Decoded, name: string): string | null => member(value, name) as string | null;
const words = (value: Decoded): string[] =>
  String(value ?? "")
    .split(" ")
    .filter(Boolean);
const summary = (result: Decoded): object => ({
  id: member(result, "id"),
  name: member(result, "name"),
  arches: words(member(result, "arches")),
  locked: member(result, "locked"),
  permission: member(result, "perm"),
});
const config: Expected = (result) => ({
  ...(tag(result) as object),
  inherited: Object.fromEntries(
    Object.entries(member(member(result, "config_inheritance"), "extra") as Struct).map(([name, from]) => [
      name,
      text(from, "name"),
    ]),
  ),
});
const user: Expected = (result) => ({ id: member(result, "id"), name: member(result, "name") });
const inheritance: Expected = (result) =>
  list(result).map((one) => ({
    parentId: member(one, "parent_id"),
    parent: member(one, "name"),
    childId: member(one, "child_id"),
    priority: member(one, "priority"),
    depth: member(one, "currdepth"),
  }));
const listed: Expected = (result) => ({
  id: member(result, "package_id"),
  name: member(result, "package_name"),
  owner: member(result, "owner_name"),
  blocked: member(result, "blocked"),
  extraArches: words(member(result, "extra_arches")),
  tag: member(result, "tag_name"),
});
const record: Expected = (result) => ({
  id: member(result, "build_id"),
  nvr: member(result, "nvr"),
  name: member(result, "name"),
  version: member(result, "version"),
  release: member(result, "release"),
  epoch: member(result, "epoch"),
  state: ["BUILDING", "COMPLETE", "DELETED", "FAILED", "CANCELED"][number(member(result, "state"))],
  taskId: member(result, "task_id"),
  owner: member(result, "owner_name"),
  source: member(result, "source"),
  extra: unmark(member(result, "extra")),
  finishedAt: time(member(result, "completion_ts")),
});
const repo = (result: Decoded): unknown =>
  result === null
    ? null
    : {
        id: member(result, "id"),
        tag: member(result, "tag_name"),
        state: ["INIT", "READY", "EXPIRED"][number(member(result, "state"))],
        createEvent: member(result, "create_event"),
        taskId: member(result, "task_id"),
      };
const progress: Expected = (result) => {
  const request = member(result, "request");
  const { id, active, task_id: taskId } = (request ?? {}) as Struct;
  return { repo: repo(member(result, "repo")), request: request === null ? null : { id, active, taskId } };
};
const sidetag: Expected = (result) => ({ id: member(result, "id"), name: member(result, "name") });
const each =
  (one: Expected): Expected =>
  (result) =>
    list(result).map(one);

/** Typed calls that send exactly what was recorded. */
const typed: Record<string, [(koji: KojiClient, params: readonly Decoded[]) => Promise<unknown>, Expected]> = {
  getKojiVersion: [(koji) => koji.getKojiVersion(), same],
  getAPIVersion: [(koji) => koji.getAPIVersion(), same],
  getLoggedInUser: [
    (koji) => koji.getLoggedInUser(),
    (result) => ({ id: member(result, "id"), name: member(result, "name"), authType: "password" }),
  ],
  "getBuildTarget getBuildTarget-by-id getBuildTarget-sidetag": [
    (koji, [name]) => koji.getBuildTarget(name as string),
    target,
  ],
  "getBuildTarget-missing": [(koji, [name]) => koji.getBuildTarget(name as string), same],
  "getTag getTag-by-id getTag-candidate getTag-locked getTag-after-extra getTag-sidetag": [
    (koji, [name]) => koji.getTag(name as string),
    tag,
  ],
  "getTag-missing getTag-removed": [(koji, [name]) => koji.getTag(name as string), same],
  "getTaskInfo-list getTaskInfo-list-big getTaskInfo-list-with-missing getTaskInfo-list-empty": [
    (koji, [ids]) => koji.getTaskInfo(ids as number[]),
    tasks,
  ],
  "getTaskChildren getTaskChildren-CANCELED getTaskChildren-after-no-recurse getTaskChildren-failed getTaskChildren-missing getTaskChildren-none":
    [(koji, params) => koji.getTaskChildren(int(params, 0)), tasks],
  "getTaskDescendents getTaskDescendents-chain getTaskDescendents-real": [
    (koji, params) => koji.getTaskDescendents(int(params, 0)),
    (result) => Object.values(result as Struct).flatMap((children) => list(children).map(task)),
  ],
  "getTaskResult-FAILED-no-raise getTaskResult-build-fail-crash-no-raise getTaskResult-build-policy-denied-no-raise getTaskResult-build-unknown-target-no-raise getTaskResult-buildArch-failed-no-raise":
    [(koji, params) => koji.getTaskResult(int(params, 0)), ended("fault")],
  "getTaskResult-CLOSED-no-raise": [(koji, params) => koji.getTaskResult(int(params, 0)), ended("result")],
  "getUser getUser-by-principal": [(koji, [name]) => koji.getUser(name as string), user],
  "getUser-missing": [(koji, [name]) => koji.getUser(name as string), same],
  getUserPerms: [(koji, [name]) => koji.getUserPerms(name as string), same],
  "system-listMethods": [(koji) => koji.listMethods(), same],
  getBuildTargets: [(koji) => koji.getBuildTargets(), each(target)],
  "getBuildConfig getBuildConfig-sidetag getBuildConfig-after-block": [
    (koji, [name]) => koji.getBuildConfig(name as string),
    config,
  ],
  listTags: [(koji) => koji.listTags("f42*"), each(summary)],
  "getInheritanceData getInheritanceData-empty": [
    (koji, [name]) => koji.getInheritanceData(name as string),
    inheritance,
  ],
  getFullInheritance: [(koji, [name]) => koji.getFullInheritance(name as string), inheritance],
  "getPackageConfig getPackageConfig-blocked": [
    (koji, [name, of]) => koji.getPackageConfig(name as string, of as string),
    listed,
  ],
  "getPackageConfig-missing": [(koji, [name, of]) => koji.getPackageConfig(name as string, of as string), same],
  tagLastChangeEvent: [(koji, [name]) => koji.tagLastChangeEvent(name as string), same],
  "getBuild-id getBuild-nvr getBuild-failed": [(koji, [build]) => koji.getBuild(build as string), record],
  "getBuild-missing": [(koji, [build]) => koji.getBuild(build as string), same],
  "listBuilds-taskID": [(koji) => koji.listBuildsOfTask(1040), each(record)],
  "listBuilds-scratch-task": [(koji) => koji.listBuildsOfTask(1037), same],
  getBuildLogs: [
    (koji, [build]) => koji.getBuildLogs(build as number),
    each((log) => ({ name: member(log, "name"), directory: member(log, "dir"), path: member(log, "path") })),
  ],
  getLatestBuilds: [
    (koji, [name]) => koji.getLatestBuilds(name as string, "pkg03"),
    each((one) => ({ ...(record(one) as object), extra: null })),
  ],
  "getRepo getRepo-sidetag getRepo-none": [(koji, [name]) => koji.getRepo(name as string), repo],
  repoInfo: [(koji, params) => koji.repoInfo(int(params, 0)), repo],
  "repo-request-last": [(koji, [name]) => koji.requestRepo(name as string, "last"), progress],
  "repo-checkRequest-1 repo-checkRequest-2-task repo-checkRequest-3-done": [
    (koji, params) => koji.checkRepoRequest(int(params, 0)),
    progress,
  ],
  "createSideTag-debuginfo": [(koji) => koji.createSideTag("f42-build", { debuginfo: true }), sidetag],
  "createSideTag-suffix": [(koji) => koji.createSideTag("f42-build", { suffix: "ci" }), sidetag],
  "listSideTags-user": [
    (koji) => koji.listSideTags({ owner: "packager" }),
    each((one) => ({ ...(sidetag(one) as object), owner: member(one, "user_name") })),
  ],
  "editSideTag-debuginfo": [(koji, [name]) => koji.editSideTag(name as string, { debuginfo: true }), none],
  "editSideTag-macros": [
    (koji, [name, edit]) =>
      koji.editSideTag(name as string, { macros: member(edit ?? null, "rpm_macros") as Record<string, string> }),
    none,
  ],
  "editSideTag-remove-macro": [
    (koji, [name]) => koji.editSideTag(name as string, { removeMacros: ["bcond_doc"] }),
    none,
  ],
  "editSideTag-extra-admin": [
    (koji, [name]) => koji.editSideTag(name as string, { extra: { "ci.marker": "run-7" } }),
    none,
  ],
  removeSideTag: [(koji, [name]) => koji.removeSideTag(name as string), none],
  "editTag2-extra": [
    (koji, [name, edit]) => koji.editTag(name as string, { extra: member(edit ?? null, "extra") as Struct }),
    none,
  ],
  "editTag2-block-extra": [
    (koji, [name]) => koji.editTag(name as string, { blockExtra: ["mock.package_manager"] }),
    none,
  ],
  "editTag2-remove-extra": [
    (koji, [name]) => koji.editTag(name as string, { removeExtra: ["rpm.macro.flag", "note", "deep"] }),
    none,
  ],
  "build-scratch-scm-koji-client-style": [
    (koji, [source, name]) => koji.build(source as string, name as string, { scratch: true, priority: 5 }),
    same,
  ],
  resubmitTask: [(koji, params) => koji.resubmitTask(int(params, 0)), same],
  "multiCall-mixed": [
    (koji, [calls]) =>
      koji.multiCall(
        list(calls ?? []).map((call) => ({
          method: text(call, "methodName") ?? "",
          params: list(member(call, "params")).map(unmark),
        })),
      ),
    (result) =>
      list(result).map((one) =>
        Array.isArray(one)
          ? { value: unmark(one[0]) }
          : { error: expect.objectContaining({ code: `koji.fault.${member(one, "faultCode")}` }) },
      ),
  ],
  "cancelTask cancelTask-again cancelTask-closed cancelTask-failed": [
    (koji, params) => koji.cancelTask(int(params, 0)),
    none,
  ],
  "listTaskOutput-stat listTaskOutput-stat-5GiB listTaskOutput-real-after-import listTaskOutput-scratch-after-move": [
    (koji, params) => koji.listTaskOutput(int(params, 0)),
    files,
  ],
  "downloadTaskOutput-offset-size downloadTaskOutput-past-end downloadTaskOutput-size-0 downloadTaskOutput-tail log-tail-2-download log-tail-3-download-from-offset":
    [
      (koji, params) => {
        const { __starstar, ...part } = params[2] as Struct;
        return koji.downloadTaskOutput(int(params, 0), String(params[1]), part);
      },
      bytes,
    ],
};

describe("typed calls", () => {
  const rows = Object.entries(typed).flatMap(([names, [ask, expected]]) =>
    names.split(" ").map((name) => [name, ask, expected] as const),
  );
  test.each(rows)("%s", async (name, ask, expected) => {
    hub.next = recorded(name);
    const koji = createClient({ url: hub.url, auth: { method: "password", username: "kojibridge", password: "x" } });
    const answer = await ask(koji, hub.next.params ?? []);
    await koji.close();
    expect(readCall(hub.asked)).toEqual({ method: hub.next.method, params: hub.next.params?.map(unmark) });
    if (hub.next.outcome.kind !== "result") throw new Error(`${name} has no result`);
    expect(answer).toEqual(expected(hub.next.outcome.value));
  });

  const refused: [string, string, Ask][] = [
    ["getTaskResult-CANCELED-no-raise", "none", (koji) => koji.getTaskResult(1081)],
    ["getTaskResult-OPEN-no-raise", "none", (koji) => koji.getTaskResult(1080)],
  ];
  test.each(refused)("%s: %s", async (name, kind, ask) => {
    hub.next = recorded(name);
    const koji = createClient({ url: hub.url, auth: { method: "none" } });
    expect(await ask(koji)).toMatchObject({
      kind,
      text: expect.stringMatching(/^Task \d+ is (canceled|not finished)$/),
    });
    await koji.close();
  });

  test("listTasks-decode: tasks with what their submitter put into the request", async () => {
    hub.next = recorded("listTasks-decode");
    const koji = createClient({ url: hub.url, auth: { method: "none" } });
    const found = await koji.listMarkedTasks({ method: "build", owner: 2 });
    await koji.close();
    expect(found.map((one) => one.task)).toEqual(
      tasks(hub.next.outcome.kind === "result" ? hub.next.outcome.value : []),
    );
    expect(found.every((one) => one.metadata === null)).toBe(true);
  });
});
