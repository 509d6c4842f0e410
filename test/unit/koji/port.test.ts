import { describe, expect, test } from "vitest";
import { createHub } from "../../../src/adapters/koji/index.ts";
import type { XmlRpcValue } from "../../../src/adapters/koji/xmlrpc.ts";
import { AUTH, createScriptedHub, type Reply, type Seen, withLogin } from "./scripted-hub.ts";

const task = (id: number, more: Record<string, XmlRpcValue> = {}): Record<string, XmlRpcValue> => ({
  id,
  parent: null,
  method: "build",
  state: 1,
  label: null,
  arch: "noarch",
  create_ts: 1795190068.57305,
  start_ts: 1795190068.9,
  completion_ts: null,
  ...more,
});
const seen = (id: number): object => ({
  id,
  parent: null,
  method: "build",
  state: "OPEN",
  label: null,
  arch: "noarch",
  createdAt: 1795190068573,
  startedAt: 1795190068900,
  finishedAt: null,
});

function world(answer: (seen: Seen) => Reply): (seen: Seen) => Reply {
  return withLogin((request) => {
    if (request.method === "logout") return { value: null };
    return request.method === "getLoggedInUser" ? { value: { id: 2, name: "bridge" } } : answer(request);
  }) as (seen: Seen) => Reply;
}
const of = (method: string, all: Seen[]): Seen[] => all.filter((request) => request.method === method);
const options = { auth: AUTH, breaker: { threshold: 1000 } };

describe("active", () => {
  test("is one query by what the hub has an index for, and remembers who we are", async () => {
    await using server = await createScriptedHub(world(() => ({ value: [task(1), task(2)] })));
    const hub = createHub({ url: server.url, ...options });
    expect(await hub.active()).toEqual([seen(1), seen(2)]);
    await hub.active();
    expect(of("getLoggedInUser", server.seen)).toHaveLength(1);
    expect(of("listTasks", server.seen)[0]?.params).toEqual([
      { method: "build", owner: 2, parent: null, state: [0, 1, 4] },
      { order: "id", limit: 2000, offset: 0 },
    ]);
    await hub.close();
  });

  test("comes in pages of 2000", async () => {
    const all = Array.from({ length: 4500 }, (_, i) => task(i));
    await using server = await createScriptedHub(
      world(({ params }) => {
        const { limit, offset } = params[1] as { limit: number; offset: number };
        return { value: all.slice(offset, offset + limit) };
      }),
    );
    const hub = createHub({ url: server.url, ...options });
    expect((await hub.active()).map(({ id }) => id)).toEqual(all.map(({ id }) => id));
    expect(of("listTasks", server.seen)).toHaveLength(3);
    await hub.close();
  });
});

test("tasks: in the order asked, null where there is none, 500 per request", async () => {
  await using server = await createScriptedHub(
    world(({ params }) => ({ value: (params[0] as number[]).map((id) => (id === 7 ? null : task(id))) })),
  );
  const hub = createHub({ url: server.url, ...options });
  const ids = Array.from({ length: 1001 }, (_, i) => 1001 - i);
  const tasks = await hub.tasks(ids);
  expect(tasks.map((one) => one?.id ?? 7)).toEqual(ids);
  expect(of("getTaskInfo", server.seen).map(({ params }) => (params[0] as number[]).length)).toEqual([500, 500, 1]);
  expect(await hub.tasks([])).toEqual([]);
  expect(server.seen).toHaveLength(3);
  await hub.close();
});

test("children: of 500 parents per request", async () => {
  await using server = await createScriptedHub(
    world(({ params }) => ({
      value: (params[0] as { parent: number[] }).parent.map((id) =>
        task(id * 10, { parent: id, label: "srpm", state: 2 }),
      ),
    })),
  );
  const hub = createHub({ url: server.url, ...options });
  const children = await hub.children(Array.from({ length: 501 }, (_, i) => i));
  expect(children).toHaveLength(501);
  expect(children[500]).toMatchObject({ id: 5000, parent: 500, label: "srpm", state: "CLOSED" });
  expect(of("listTasks", server.seen)).toHaveLength(2);
  await hub.close();
});

test("submittedSince: every state, some margin for the hub's clocks, metadata or null", async () => {
  const requests: XmlRpcValue[] = [
    ["git+https://x#1", "f42", { scratch: true, custom_user_metadata: { kojibridge: "b1" } }],
    ["git+https://x#1", "f42"],
    ["git+https://x#1", "f42", null],
    ["git+https://x#1", "f42", { custom_user_metadata: "text" }],
  ];
  await using server = await createScriptedHub(
    world(() => ({ value: requests.map((request, i) => task(i, { request })) })),
  );
  const hub = createHub({ url: server.url, ...options });
  const found = await hub.submittedSince(1795190068573);
  expect(found.map(({ metadata }) => metadata)).toEqual([{ kojibridge: "b1" }, null, null, null]);
  expect(of("listTasks", server.seen)[0]?.params[0]).toEqual({
    method: "build",
    owner: 2,
    parent: null,
    state: [0, 1, 4, 2, 3, 5],
    createdAfter: 1795190038.573,
    decode: true,
  });
  await hub.close();
});

test("failures: the fault of each failed task, null for one without, in one request", async () => {
  const answers: [XmlRpcValue, string | null][] = [
    [
      [{ faultCode: 1005, faultString: "error building package\n(arch x86_64)" }],
      "error building package (arch x86_64)",
    ],
    // a closed build, a closed buildArch
    [[null], null],
    [[{ rpms: [], srpms: [], logs: [] }], null],
    // transcript getTaskResult-CANCELED-no-raise, and one that is not finished
    [{ faultCode: 1000, faultString: "Task 1081 is canceled" }, null],
    [{ faultCode: 1000, faultString: "Task 1079 is not finished" }, null],
  ];
  await using server = await createScriptedHub(world(() => ({ value: answers.map(([answer]) => answer) })));
  const hub = createHub({ url: server.url, ...options });
  expect(await hub.failures([1, 2, 3, 4, 5])).toEqual(answers.map(([, text]) => text));
  expect(server.seen).toHaveLength(1);
  const first = { methodName: "getTaskResult", params: [1, { raise_fault: false, __starstar: true }] };
  expect(server.seen[0]?.params).toEqual([expect.arrayContaining([first])]);
  expect(await hub.failures([])).toEqual([]);
  expect(server.seen).toHaveLength(1);
  await hub.close();
});

test("failures: what is no fault of the task is thrown", async () => {
  const offline = { faultCode: 1014, faultString: "server is offline" };
  await using server = await createScriptedHub(world(() => ({ value: [offline] })));
  const hub = createHub({ url: server.url, ...options });
  await expect(hub.failures([1])).rejects.toMatchObject({ kind: "transient" });
  await hub.close();
});

test.each<[string, XmlRpcValue, string]>([
  ["a list that is none", { id: 1 }, "listTasks: the answer is a struct, not a list"],
  ["a member that is missing", [{ id: 1 }], "listTasks: method is missing"],
  ["a member of another type", [task(1, { method: 5 })], "listTasks: method is 5, not text"],
  ["a state of the future", [task(1, { state: 9 })], "listTasks: state is 9, not one of FREE"],
])("an answer of another shape names method and member: %s", async (_, value, message) => {
  await using server = await createScriptedHub(world(() => ({ value })));
  const hub = createHub({ url: server.url, ...options });
  await expect(hub.children([1])).rejects.toMatchObject({
    kind: "invalid",
    code: "koji.shape",
    message: expect.stringContaining(message),
  });
  await hub.close();
});
