import { describe, expect, test } from "vitest";
import {
  createClient,
  detectCapabilities,
  findMarkedTasks,
  readOutput,
  tailOutput,
  toMacros,
  waitForRepo,
} from "../../../src/adapters/koji/index.ts";
import { AUTH, createScriptedHub, type Reply, type ScriptedHub, type Seen, withLogin } from "./scripted-hub.ts";

type Script = (seen: Seen) => Reply;
const NIL: Reply = { value: null };

/** A client and a hub that answers by method. */
async function world(
  answers: Record<string, Script>,
): Promise<ScriptedHub & { koji: ReturnType<typeof createClient> }> {
  const hub = await createScriptedHub(withLogin((seen) => answers[seen.method]?.(seen) ?? NIL));
  const koji = createClient({ url: hub.url, auth: AUTH, resendAfter: [1, 1, 1], breaker: { threshold: 1000 } });
  return {
    ...hub,
    koji,
    async [Symbol.asyncDispose]() {
      await koji.close();
      await hub[Symbol.asyncDispose]();
    },
  };
}
const of = (method: string, seen: Seen[]): Seen[] => seen.filter((request) => request.method === method);

describe("calls that make something are sent once", () => {
  test.each<[string, (koji: ReturnType<typeof createClient>) => Promise<unknown>]>([
    ["build", (koji) => koji.build("git+https://x#1", "f42")],
    ["chainBuild", (koji) => koji.chainBuild([["git+https://x#1"], ["bash-1-1"]], "f42")],
    ["resubmitTask", (koji) => koji.resubmitTask(1)],
    ["createSideTag", (koji) => koji.createSideTag("f42-build")],
  ])("%s", async (method, call) => {
    await using hub = await world({ [method]: () => ({ reset: true }) });
    await expect(call(hub.koji)).rejects.toMatchObject({ kind: "ambiguous" });
    expect(of(method, hub.seen)).toHaveLength(1);
  });
});

test.each<[string, (koji: ReturnType<typeof createClient>) => Promise<unknown>, unknown[]]>([
  [
    "build",
    (koji) => koji.build("git+https://x#1", "f42", { scratch: true, priority: 5 }),
    ["git+https://x#1", "f42", { scratch: true }, { priority: 5, __starstar: true }],
  ],
  [
    "chainBuild",
    (koji) => koji.chainBuild([["git+https://x#1"]], "f42", { channel: "slow" }),
    [[["git+https://x#1"]], "f42", {}, { channel: "slow", __starstar: true }],
  ],
  [
    "editTag2",
    (koji) => koji.editTag("c9s", { extra: { a: 1 }, arches: ["x86_64", "s390x"] }),
    ["c9s", { extra: { a: 1 }, arches: "x86_64 s390x", __starstar: true }],
  ],
  [
    "editSideTag",
    (koji) => koji.editSideTag(5, { macros: { dist: ".x" } }),
    [5, { rpm_macros: { dist: ".x" }, __starstar: true }],
  ],
  ["removeSideTag", (koji) => koji.removeSideTag("f42-side-1"), ["f42-side-1"]],
])("%s says it as Koji's own client does", async (method, call, params) => {
  await using hub = await world({ build: () => ({ value: 1 }), chainBuild: () => ({ value: 1 }) });
  await call(hub.koji);
  expect(of(method, hub.seen)[0]?.params).toEqual(params);
});

test("removing macros and other extras together is refused: the hub would forget the macros", async () => {
  await using hub = await world({});
  await expect(hub.koji.editSideTag(1, { removeMacros: ["a"], removeExtra: ["b"] })).rejects.toMatchObject({
    kind: "invalid",
  });
  expect(hub.seen).toHaveLength(0);
});

test("macros are what the builder writes", () => {
  const extra = {
    "rpm.macro.dist": ".fc42",
    "rpm.macro.flag": true,
    "rpm.macro.none": null,
    "rpm.macro.zero": 0,
    "mock.x": 1,
  };
  expect(toMacros(extra)).toEqual({ dist: ".fc42", flag: "True", none: "None", zero: "0" });
});

describe("multiCall", () => {
  test("stays below the hub's limits and keeps the order", async () => {
    const sizes: number[] = [];
    await using hub = await world({
      multiCall: ({ params, body }) => {
        sizes.push(body.length);
        return { value: (params[0] as { params: unknown[] }[]).map((call) => [(call.params[0] as string).length]) };
      },
    });
    const calls = Array.from({ length: 10 }, (_, i) => ({ method: "echo", params: ["x".repeat(2 ** 20 - 1000 + i)] }));
    const outcomes = await hub.koji.multiCall(calls);
    expect(outcomes).toEqual(calls.map(({ params }) => ({ value: (params[0] as string).length })));
    expect(sizes).toHaveLength(4);
    expect(Math.max(...sizes)).toBeLessThan(4 * 2 ** 20);
  });

  test("a thousand calls per request; a fault per entry; nothing for nothing", async () => {
    await using hub = await world({
      multiCall: ({ params }) => ({
        value: (params[0] as unknown[]).map((_, i) => (i === 1 ? { faultCode: 1000, faultString: "no" } : [i])),
      }),
    });
    const outcomes = await hub.koji.multiCall(Array.from({ length: 1001 }, () => ({ method: "a", params: [] })));
    expect(outcomes).toHaveLength(1001);
    expect(outcomes[1]).toMatchObject({ error: { kind: "rejected", message: expect.stringContaining("a: no") } });
    expect(outcomes[1000]).toEqual({ value: 0 });
    expect(await hub.koji.multiCall([])).toEqual([]);
    expect(hub.seen).toHaveLength(2);
    expect(hub.seen[0]?.headers).not.toHaveProperty("koji-session-id");
  });

  test("writes go on the session", async () => {
    await using hub = await world({ multiCall: () => ({ value: [[null]] }) });
    await hub.koji.multiCall([{ method: "cancelTask", params: [1] }], "write");
    expect(of("multiCall", hub.seen)[0]?.headers).toHaveProperty("koji-session-callnum", "0");
  });

  test("another number of results is refused", async () => {
    await using hub = await world({ multiCall: () => ({ value: [] }) });
    await expect(hub.koji.multiCall([{ method: "a", params: [] }])).rejects.toMatchObject({ kind: "invalid" });
  });
});

describe("output", () => {
  const text = Buffer.from("0123456789".repeat(250_000));
  const log: Record<string, Script> = {
    listTaskOutput: () => ({
      value: {
        "build.log": { st_size: String(text.length), st_mtime: 1.5 },
        "empty.log": { st_size: "0", st_mtime: 1.5 },
      },
    }),
    downloadTaskOutput: ({ params }) => {
      const { offset, size } = params[2] as { offset: number; size: number };
      return { value: text.subarray(offset, offset + size).toString("base64") };
    },
  };

  test("comes in parts of 1 MiB", async () => {
    await using hub = await world(log);
    const parts: Buffer[] = [];
    for await (const part of readOutput(hub.koji, 1, "build.log")) parts.push(part);
    expect(Buffer.concat(parts).equals(text)).toBe(true);
    expect(parts.map((part) => part.length)).toEqual([1048576, 1048576, 402848]);
  });

  test.each<[string, number, string | null]>([
    ["build.log", 5, "56789"],
    ["empty.log", 5, ""],
    ["root.log", 5, null],
  ])("the end of %s", async (name, bytes, expected) => {
    await using hub = await world(log);
    expect((await tailOutput(hub.koji, 1, name, bytes))?.toString() ?? null).toBe(expected);
  });

  test("more than there is is all of it", async () => {
    await using hub = await world(log);
    expect((await tailOutput(hub.koji, 1, "build.log", 10_000_000))?.length).toBe(text.length);
  });
});

describe("waiting for a repo", () => {
  const repo = (event: number): object => ({ id: 8, tag_name: "side", state: 1, create_event: event, task_id: 5 });
  const request = (active: boolean): object => ({ id: 3, active, task_id: 5 });

  test("1.35: asked for, then looked at", async () => {
    const states: Reply[] = [
      { value: { repo: null, request: request(true) } },
      { value: { repo: repo(9), request: request(false) } },
    ];
    await using hub = await world({
      "repo.request": () => ({ value: { repo: null, request: request(true) } }),
      "repo.checkRequest": () => states.shift() ?? NIL,
    });
    expect(await waitForRepo(hub.koji, "side", { interval: 1 })).toMatchObject({ id: 8, state: "READY" });
    expect(of("repo.request", hub.seen)[0]?.params).toEqual(["side", { min_event: "last", __starstar: true }]);
    expect(of("repo.checkRequest", hub.seen)).toHaveLength(2);
  });

  test("1.35: there is one already", async () => {
    await using hub = await world({ "repo.request": () => ({ value: { repo: repo(9), request: null } }) });
    expect(await waitForRepo(hub.koji, "side", { interval: 1 })).toMatchObject({ id: 8 });
  });

  test("1.35: it cannot be made", async () => {
    await using hub = await world({ "repo.request": () => ({ value: { repo: null, request: request(false) } }) });
    await expect(waitForRepo(hub.koji, "side", { interval: 1 })).rejects.toMatchObject({
      kind: "rejected",
      message: expect.stringContaining("task 5"),
    });
  });

  test("before: looked at until it is new enough", async () => {
    const repos: Reply[] = [NIL, { value: repo(8) }, { value: repo(9) }];
    await using hub = await world({
      "repo.request": () => ({ fault: [1000, "Invalid method: repo.request"] }),
      tagLastChangeEvent: () => ({ value: 9 }),
      getRepo: () => repos.shift() ?? NIL,
    });
    expect(await waitForRepo(hub.koji, "side", { interval: 1 })).toMatchObject({ createEvent: 9 });
    expect(of("getRepo", hub.seen)).toHaveLength(3);
  });

  test("not for ever", async () => {
    await using hub = await world({
      "repo.request": () => ({ value: { repo: null, request: request(true) } }),
      "repo.checkRequest": () => ({ value: { repo: null, request: request(true) } }),
    });
    await expect(waitForRepo(hub.koji, "side", { interval: 1, patience: 20 })).rejects.toMatchObject({
      kind: "transient",
    });
  });
});

describe("capabilities", () => {
  test.each<[string, Reply, string[], object]>([
    [
      "1.35.3",
      { value: "1.35.3" },
      ["createSideTag", "editSideTag", "repo.request", "promoteBuild"],
      {
        version: [1, 35, 3],
        sideTags: true,
        sideTagMacros: true,
        repoRequests: true,
        buildMetadata: true,
        draftBuilds: true,
        fence: true,
      },
    ],
    [
      "1.31.0",
      { value: "1.31.0" },
      ["createSideTag", "editSideTag"],
      { sideTagMacros: false, repoRequests: false, buildMetadata: false, draftBuilds: false, fence: true },
    ],
    [
      "before 1.23",
      { fault: [1000, "Invalid method: getKojiVersion"] },
      [],
      { version: null, sideTags: false, fence: false },
    ],
  ])("%s", async (_, version, methods, expected) => {
    await using hub = await world({ getKojiVersion: () => version, "system.listMethods": () => ({ value: methods }) });
    const capabilities = await detectCapabilities(hub.koji);
    expect(capabilities).toMatchObject(expected);
    expect(() => capabilities.require("repo.nonsense")).toThrow(
      /has no repo\.nonsense: it is too old for it, or lacks a plugin/,
    );
    for (const method of methods) expect(() => capabilities.require(method)).not.toThrow();
  });
});

test("tasks are found by their marker", async () => {
  const task = {
    parent: null,
    method: "build",
    state: 1,
    label: null,
    arch: "noarch",
    create_ts: null,
    start_ts: null,
    completion_ts: null,
  };
  const requests = [
    ["x", "f42", { custom_user_metadata: { run: "1" } }],
    ["x", "f42", {}],
    ["x", "f42", { custom_user_metadata: { run: "2" } }],
  ];
  await using hub = await world({
    listTasks: () => ({ value: requests.map((request, id) => ({ ...task, id, request })) }),
  });
  const found = await findMarkedTasks(hub.koji, { owner: 2, createdAfter: 1000 }, (metadata) => metadata.run === "2");
  expect(found.map((one) => one.task.id)).toEqual([2]);
});

describe("a branch", () => {
  const subsessions = (): Record<string, Script> => {
    let id = 100;
    return { subsession: () => ({ value: { "session-id": ++id, "session-key": `sub-${id}`, "header-auth": true } }) };
  };

  test("calls beside the client, on a subsession", async () => {
    await using hub = await world(subsessions());
    const branch = hub.koji.branch();
    await Promise.all([hub.koji.cancelTask(1), branch.cancelTask(2)]);
    await branch.close();
    const by = new Map(of("cancelTask", hub.seen).map((seen) => [seen.params[0], seen.headers["koji-session-id"]]));
    expect(by).toEqual(
      new Map([
        [1, "1"],
        [2, "101"],
      ]),
    );
    expect(of("logout", hub.seen).map((seen) => seen.headers["koji-session-id"])).toEqual(["101"]);
  });

  test.each([1002, 1007])("%i: another subsession", async (code) => {
    const faults: Reply[] = [{ fault: [code, "gone"] }];
    await using hub = await world({ ...subsessions(), cancelTask: () => faults.shift() ?? NIL });
    await hub.koji.branch().cancelTask(1);
    expect(of("cancelTask", hub.seen).map((seen) => seen.headers["koji-session-id"])).toEqual(["101", "102"]);
    expect(of("login", hub.seen)).toHaveLength(1);
  });
});
