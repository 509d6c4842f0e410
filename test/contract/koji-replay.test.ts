import { Buffer } from "node:buffer";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createExchanger } from "../../src/adapters/koji/exchange.ts";
import { createClient, type KojiClient } from "../../src/adapters/koji/index.ts";
import { createTransport } from "../../src/adapters/koji/transport.ts";
import { encodeCall, readCall, readResponse } from "../../src/adapters/koji/xmlrpc.ts";
import { type Decoded, type Exchange, loadExchanges } from "../support/koji-exchanges.ts";

/** The client against the recorded answers of a real hub, byte for byte. */
const all = loadExchanges();
const byName = new Map(all.map((exchange) => [exchange.name, exchange]));
const recorded = (name: string): Exchange => byName.get(name)!;

const LOGIN = recorded("login-password-ok").response;

let server: http.Server;
let url = "";
/** What the server answers next, and what it was asked. */
let next: Exchange;
let asked: { path: string; body: Buffer };

beforeAll(async () => {
  server = http.createServer(async (req, res) => {
    const body = await buffer(req);
    const login = next.method !== "login" && body.includes("<methodName>login<");
    const logout = next.method !== "logout" && body.includes("<methodName>logout<");
    if (!login && !logout) asked = { path: req.url ?? "", body };
    const answer = login ? LOGIN : logout ? recorded("logout").response : next.response;
    res.writeHead(answer.status ?? 500, answer.headers).end(answer.body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/kojihub`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

/** The recorder's marks for the types JSON does not have, as we decode them. */
function unmark(value: Decoded): unknown {
  if (Array.isArray(value)) return value.map(unmark);
  if (typeof value !== "object" || value === null) return typeof value === "number" ? asRead(value) : value;
  const { $double, $dateTime, $base64 } = value as Record<string, string>;
  if ($double !== undefined) return Number($double);
  if ($dateTime !== undefined) return { dateTime: $dateTime };
  if ($base64 !== undefined) return Buffer.from($base64, "base64");
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, unmark(member as Decoded)]));
}

/** encode-i8 has 9007199254740993, which JSON has rounded and we read as a bigint. */
const asRead = (value: number): unknown => (Number.isSafeInteger(value) ? value : BigInt(value) + 1n);

const calls = all.filter((exchange) => exchange.method !== null && exchange.params !== undefined);
const answered = all.filter((exchange) => exchange.request.verb === "POST" && (exchange.response.status ?? 0) >= 200);
const uploads = answered.filter((exchange) => exchange.request.headers["content-type"] === "application/octet-stream");

test("how much is covered", () => {
  const covered = new Set([...calls, ...answered].map(({ name }) => name));
  const rest = all.filter(({ name }) => !covered.has(name)).map(({ name }) => name);
  expect(all).toHaveLength(707);
  // no POST, so nothing this client can send: verbs the hub refuses, and files below topurl
  expect(rest).toEqual([
    "method-get",
    "method-head",
    "not-found-404",
    "kojifiles-log-download",
    "kojifiles-build-log",
    "kojifiles-build-log-range",
    "kojifiles-missing",
    "offline-get",
  ]);
});

describe("requests", () => {
  test.each(calls.map((exchange) => [exchange.name, exchange] as const))(
    "%s is read as Python reads it",
    (_, exchange) => {
      const call = readCall(exchange.request.body);
      expect(call).toEqual({ method: exchange.method, params: exchange.params?.map(unmark) });
    },
  );

  // what XML-RPC can say and we never do: dates, and integers beyond doubles
  const unsaid = new Set(["encode-datetime", "encode-i8"]);
  const said = calls.filter(({ name }) => !unsaid.has(name));
  test.each(said.map((exchange) => [exchange.name, exchange] as const))(
    "%s is sent with the same meaning",
    (_, exchange) => {
      const params = exchange.params?.map(unmark) ?? [];
      expect(readCall(encodeCall(exchange.method ?? "", params))).toEqual({ method: exchange.method, params });
    },
  );
});

describe("answers", () => {
  test.each(answered.map((exchange) => [exchange.name, exchange] as const))("%s", async (_, exchange) => {
    next = exchange;
    const transport = createTransport({ url });
    const exchanger = createExchanger(transport, { threshold: 1000 });
    const method = exchange.method ?? "rawUpload";
    const answer = await exchanger.exchange({ method, body: exchange.request.body }).then(
      ({ value }) => ({ value }),
      (error: unknown) => ({ error }),
    );
    transport.close();
    const { outcome, response } = exchange;
    if (outcome.kind === "result") expect(answer).toEqual({ value: unmark(outcome.value) });
    else
      expect(answer).toMatchObject({
        error: { code: outcome.kind === "fault" ? `koji.fault.${outcome.code}` : `koji.http.${response.status}` },
      });
    if (outcome.kind === "fault")
      expect(readResponse(response.body)).toEqual({ fault: { code: outcome.code, message: outcome.text } });
    expect(asked.body.equals(exchange.request.body)).toBe(true);
  });

  test("uploads are among them", () => {
    expect(uploads).toHaveLength(24);
  });
});

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

/** Typed calls that send exactly what was recorded. */
const typed: Record<string, [(koji: KojiClient, params: readonly Decoded[]) => Promise<unknown>, Expected]> = {
  getKojiVersion: [(koji) => koji.getKojiVersion(), same],
  getAPIVersion: [(koji) => koji.getAPIVersion(), same],
  getLoggedInUser: [
    (koji) => koji.getLoggedInUser(),
    (result) => ({ id: member(result, "id"), name: member(result, "name") }),
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
    next = recorded(name);
    const koji = createClient({ url, auth: { method: "password", username: "kojibridge", password: "x" } });
    const answer = await ask(koji, next.params ?? []);
    await koji.close();
    expect(readCall(asked.body)).toEqual({ method: next.method, params: next.params?.map(unmark) });
    if (next.outcome.kind !== "result") throw new Error(`${name} has no result`);
    expect(answer).toEqual(expected(next.outcome.value));
  });

  const refused: [string, string, Ask][] = [
    ["getTaskResult-CANCELED-no-raise", "none", (koji) => koji.getTaskResult(1081)],
    ["getTaskResult-OPEN-no-raise", "none", (koji) => koji.getTaskResult(1080)],
  ];
  test.each(refused)("%s: %s", async (name, kind, ask) => {
    next = recorded(name);
    const koji = createClient({ url, auth: { method: "none" } });
    expect(await ask(koji)).toMatchObject({
      kind,
      text: expect.stringMatching(/^Task \d+ is (canceled|not finished)$/),
    });
    await koji.close();
  });

  test("listTasks-decode: tasks with what their submitter put into the request", async () => {
    next = recorded("listTasks-decode");
    const koji = createClient({ url, auth: { method: "none" } });
    const found = await koji.listMarkedTasks({ method: "build", owner: 2 });
    await koji.close();
    expect(found.map((one) => one.task)).toEqual(tasks(next.outcome.kind === "result" ? next.outcome.value : []));
    expect(found.every((one) => one.metadata === null)).toBe(true);
  });
});
