import { describe, expect, test } from "vitest";
import { createClient, createHub } from "../../../src/adapters/koji/index.ts";
import { explain } from "../../../src/domain/errors.ts";
import { AUTH, createScriptedHub, type Reply, type Seen, withLogin } from "./scripted-hub.ts";

const SUBMISSION = {
  source: "git+https://git.example.org/rpms/hello.git#1",
  target: "f42-candidate",
  opts: { scratch: true },
};

const fast = { auth: AUTH, resendAfter: [1, 1, 1], breaker: { threshold: 1000 } } as const;
const callnum = (seen: Seen): unknown => seen.headers["koji-session-callnum"];
const of = (method: string, seen: Seen[]): Seen[] => seen.filter((request) => request.method === method);

/** Replies to one method in turn; the last one stays. Other methods get nil. */
function script(method: string, ...replies: Reply[]): (seen: Seen) => Reply {
  return withLogin((seen) => {
    if (seen.method !== method) return { value: null };
    return (replies.length > 1 ? replies.shift() : replies[0]) ?? { value: null };
  }) as (seen: Seen) => Reply;
}

describe("a session", () => {
  test("logs in once, sends its headers, counts its calls", async () => {
    await using hub = await createScriptedHub(script("cancelTask", { value: null }));
    const koji = createClient({ url: hub.url, ...fast });
    await Promise.all([koji.cancelTask(1), koji.cancelTask(2), koji.cancelTask(3)]);
    await koji.close();
    expect(hub.seen.map((request) => request.method)).toEqual([
      "login",
      "cancelTask",
      "cancelTask",
      "cancelTask",
      "logout",
    ]);
    const calls = of("cancelTask", hub.seen);
    expect(calls.map((call) => call.params[0])).toEqual([1, 2, 3]);
    expect(calls.map(callnum)).toEqual(["0", "1", "2"]);
    expect(calls[0]?.headers).toMatchObject({
      "koji-session-id": "1",
      "koji-session-key": "key-1",
      "koji-callnum": "0",
    });
  });

  test("has one call under way at a time; reads go beside it", async () => {
    let underWay = 0;
    let most = 0;
    await using hub = await createScriptedHub(
      withLogin(async (seen) => {
        if (seen.method !== "cancelTask") return { value: 1 };
        most = Math.max(most, ++underWay);
        await new Promise((resolve) => setTimeout(resolve, 10));
        underWay--;
        return { value: null };
      }),
    );
    const koji = createClient({ url: hub.url, ...fast });
    await Promise.all([koji.cancelTask(1), koji.cancelTask(2), koji.getAPIVersion(), koji.cancelTask(3)]);
    expect(most).toBe(1);
    expect(of("getAPIVersion", hub.seen)[0]?.headers).not.toHaveProperty("koji-session-id");
    await koji.close();
  });

  test("goes into the URL where the login answer has no header-auth", async () => {
    await using hub = await createScriptedHub((seen) =>
      seen.method === "login" ? { value: { "session-id": 9, "session-key": "a&b" } } : { value: null },
    );
    const koji = createClient({ url: hub.url, ...fast });
    await koji.cancelTask(1);
    await koji.cancelTask(2);
    expect(of("cancelTask", hub.seen).map((call) => call.path)).toEqual([
      "/kojihub?session-id=9&session-key=a%26b&callnum=0",
      "/kojihub?session-id=9&session-key=a%26b&callnum=1",
    ]);
    await koji.close();
  });

  test("1007: the key is renewed under the same id, the call repeated once under its number", async () => {
    await using hub = await createScriptedHub(script("cancelTask", { fault: [1007, "expired"] }, { value: null }));
    const koji = createClient({ url: hub.url, ...fast });
    await koji.cancelTask(1);
    const [, renewal] = of("login", hub.seen);
    expect(renewal?.params[2]).toEqual({ opts: null, renew: true, exclusive: false, __starstar: true });
    expect(renewal?.headers).toMatchObject({ "koji-session-id": "1", "koji-session-key": "key-1" });
    const calls = of("cancelTask", hub.seen);
    expect(calls.map(callnum)).toEqual(["0", "0"]);
    expect(calls[1]?.headers).toMatchObject({ "koji-session-id": "1", "koji-session-key": "key-3" });
    await koji.close();
  });

  test.each([1002, 1008])("%i: one new login, then the call once more", async (code) => {
    await using hub = await createScriptedHub(script("cancelTask", { fault: [code, "gone"] }, { value: null }));
    const koji = createClient({ url: hub.url, ...fast });
    await koji.cancelTask(1);
    expect(hub.seen.map((request) => request.method)).toEqual(["login", "cancelTask", "login", "cancelTask"]);
    expect(of("cancelTask", hub.seen)[1]?.headers["koji-session-id"]).toBe("2");
    await koji.close();
  });

  test("1002 again is an error that says what to check", async () => {
    await using hub = await createScriptedHub(
      script("cancelTask", { fault: [1002, "Invalid session or bad credentials"] }),
    );
    const koji = createClient({ url: hub.url, ...fast });
    await expect(koji.cancelTask(1)).rejects.toMatchObject({ kind: "auth", message: expect.stringContaining("auth:") });
    expect(of("login", hub.seen)).toHaveLength(2);
    await koji.close();
  });

  test.each([
    [1000, "rejected"],
    [1004, "rejected"],
    [1006, "throttled"],
    [1014, "transient"],
    [1, "rejected"],
  ])("fault %i is %s, and not sent again", async (code, kind) => {
    await using hub = await createScriptedHub(script("cancelTask", { fault: [code, "no"] }));
    const koji = createClient({ url: hub.url, ...fast });
    await expect(koji.cancelTask(1)).rejects.toMatchObject({ kind, code: `koji.fault.${code}` });
    expect(of("cancelTask", hub.seen)).toHaveLength(1);
    await koji.close();
  });

  test("a wrong password fails every waiting call, and is in no message", async () => {
    await using hub = await createScriptedHub(() => ({ fault: [1002, "invalid username or password"] }));
    const koji = createClient({ url: hub.url, ...fast });
    const error = await koji.cancelTask(1).catch((e: unknown) => e);
    expect(error).toMatchObject({ kind: "auth" });
    expect(JSON.stringify([explain(error), error])).not.toContain("hunter2");
    expect(hub.seen).toHaveLength(1);
    await koji.close();
  });

  test("a session that cannot be renewed is replaced", async () => {
    let logins = 0;
    await using hub = await createScriptedHub((seen) => {
      if (seen.method === "login" && seen.headers["koji-session-id"] !== undefined)
        return { fault: [1002, "Invalid session"] };
      if (seen.method === "login")
        return { value: { "session-id": ++logins, "session-key": "k", "header-auth": true } };
      return seen.headers["koji-session-id"] === "1" ? { fault: [1007, "expired"] } : { value: null };
    });
    const koji = createClient({ url: hub.url, ...fast });
    await koji.cancelTask(1);
    expect(hub.seen.map((request) => request.method)).toEqual(["login", "cancelTask", "login", "login", "cancelTask"]);
    await koji.close();
  });

  test.each(["", "koji.example.org/kojihub", "ftp://koji.example.org", "https://me:secret@koji.example.org/kojihub"])(
    "the URL %j is refused",
    (url) => {
      const attempt = (): unknown => createClient({ url, auth: { method: "none" } });
      expect(attempt).toThrow(expect.objectContaining({ kind: "invalid", code: "koji.url" }));
      expect(attempt).not.toThrow(/secret/);
    },
  );

  test.each(["ssl", "gssapi"] as const)("auth %s needs https", (method) => {
    const auth = { method, cert: "/x", principal: null, keytab: null, ccache: null, proxyuser: null };
    expect(() => createClient({ url: "http://koji.example.org/kojihub", auth })).toThrow(/begins with https/);
  });

  test("a CA file that cannot be read is refused", () => {
    const options = { url: "https://koji.example.org/kojihub", ca: "/no/such/file", auth: { method: "none" } } as const;
    expect(() => createClient(options)).toThrow(/CA file \/no\/such\/file/);
  });

  test("auth none only reads", async () => {
    await using hub = await createScriptedHub(() => ({ value: 1 }));
    const koji = createClient({ url: hub.url, ...fast, auth: { method: "none" } });
    expect(await koji.getAPIVersion()).toBe(1);
    await expect(koji.cancelTask(1)).rejects.toMatchObject({
      kind: "auth",
      message: expect.stringContaining("auth: none"),
    });
    await koji.close();
  });
});

describe("a lost answer", () => {
  const LOST: [string, Reply][] = [
    ["reset", { reset: true }],
    ["cut short", { reset: true, half: true }],
    ["HTTP 502", { status: 502 }],
    ["HTTP 408", { status: 408 }],
    ["HTML", { status: 200, body: "<!DOCTYPE html><html></html>" }],
    ["half an answer", { raw: "<?xml version='1.0'?><methodResponse><params>" }],
  ];

  test.each(LOST)("%s: the same bytes again under the same number", async (_, reply) => {
    await using hub = await createScriptedHub(script("cancelTask", reply, reply, { value: null }));
    const koji = createClient({ url: hub.url, ...fast });
    await koji.cancelTask(1);
    const calls = of("cancelTask", hub.seen);
    expect(calls.map(callnum)).toEqual(["0", "0", "0"]);
    expect(calls[1]?.body).toEqual(calls[0]?.body);
    await koji.close();
  });

  test.each(LOST)("%s, and again: it may have been executed", async (_, reply) => {
    await using hub = await createScriptedHub(script("cancelTask", reply));
    const koji = createClient({ url: hub.url, ...fast });
    await expect(koji.cancelTask(1)).rejects.toMatchObject({ kind: "ambiguous", code: "koji.lost" });
    expect(of("cancelTask", hub.seen)).toHaveLength(4);
    await koji.close();
  });

  test.each<[string, Reply, string, string]>([
    ["1009: it was executed", { fault: [1009, "unable to retry"] }, "ambiguous", "koji.fault.1009"],
    ["1002: nobody knows", { fault: [1002, "Invalid session"] }, "ambiguous", "koji.lost"],
    ["HTTP 403: nobody knows", { status: 403 }, "ambiguous", "koji.lost"],
    ["1004: the first was not executed", { fault: [1004, "no"] }, "rejected", "koji.fault.1004"],
  ])("then %s", async (_, reply, kind, code) => {
    await using hub = await createScriptedHub(script("cancelTask", { reset: true }, reply));
    const koji = createClient({ url: hub.url, ...fast });
    await expect(koji.cancelTask(1)).rejects.toMatchObject({ kind, code });
    expect(of("cancelTask", hub.seen)).toHaveLength(2);
    await koji.close();
  });

  test("then an outage: asked until the hub is back", async () => {
    await using hub = await createScriptedHub(
      script("cancelTask", { reset: true }, { fault: [1014, "outage"] }, { value: null }),
    );
    const koji = createClient({ url: hub.url, ...fast });
    await koji.cancelTask(1);
    expect(of("cancelTask", hub.seen).map(callnum)).toEqual(["0", "0", "0"]);
    await koji.close();
  });

  test("then an expired session: renewed, and asked under the same number", async () => {
    await using hub = await createScriptedHub(
      script("cancelTask", { reset: true }, { fault: [1007, "expired"] }, { fault: [1009, "executed"] }),
    );
    const koji = createClient({ url: hub.url, ...fast });
    await expect(koji.cancelTask(1)).rejects.toMatchObject({ kind: "ambiguous", code: "koji.fault.1009" });
    expect(of("cancelTask", hub.seen).map(callnum)).toEqual(["0", "0", "0"]);
    await koji.close();
  });

  test("a read is asked once more, then it is transient", async () => {
    await using hub = await createScriptedHub(() => ({ reset: true }));
    const koji = createClient({ url: hub.url, ...fast });
    await expect(koji.getAPIVersion()).rejects.toMatchObject({ kind: "transient" });
    expect(hub.seen).toHaveLength(2);
    await koji.close();
  });
});

describe("submit", () => {
  test("sends build() on that session", async () => {
    await using hub = await createScriptedHub(script("build", { value: 1037 }));
    const koji = createHub({ url: hub.url, ...fast });
    const { id } = await koji.session();
    expect(await koji.submit(id, SUBMISSION)).toBe(1037);
    expect(of("build", hub.seen)[0]?.params).toEqual([SUBMISSION.source, SUBMISSION.target, SUBMISSION.opts]);
    await koji.close();
  });

  test("on another session: nothing is sent", async () => {
    await using hub = await createScriptedHub(script("build", { value: 1037 }));
    const koji = createHub({ url: hub.url, ...fast });
    await koji.session();
    await expect(koji.submit(99, SUBMISSION)).rejects.toMatchObject({ kind: "conflict", code: "koji.session" });
    expect(of("build", hub.seen)).toHaveLength(0);
    await koji.close();
  });

  test.each<[string, Reply, string]>([
    ["a lost answer", { reset: true }, "ambiguous"],
    ["HTTP 504", { status: 504 }, "ambiguous"],
    ["an unreadable answer", { raw: "<methodResponse>" }, "ambiguous"],
    ["1009", { fault: [1009, "unable to retry call"] }, "ambiguous"],
    ["1002", { fault: [1002, "Invalid session or bad credentials"] }, "conflict"],
    ["1008", { fault: [1008, "9 > 0"] }, "conflict"],
    ["1014", { fault: [1014, "outage"] }, "transient"],
    ["1006", { fault: [1006, "locked"] }, "throttled"],
    ["1004", { fault: [1004, "only admins may create high-priority tasks"] }, "rejected"],
    ["1000", { fault: [1000, "No such channel"] }, "rejected"],
    ["HTTP 413", { status: 413 }, "invalid"],
  ])("%s: %s is %s, and build() is sent once", async (_, reply, kind) => {
    await using hub = await createScriptedHub(script("build", reply));
    const koji = createHub({ url: hub.url, ...fast });
    const { id } = await koji.session();
    await expect(koji.submit(id, SUBMISSION)).rejects.toMatchObject({ kind });
    expect(of("build", hub.seen)).toHaveLength(1);
    await koji.close();
  });

  test("an expired session is renewed and stays the same one", async () => {
    await using hub = await createScriptedHub(script("build", { fault: [1007, "expired"] }, { value: 5 }));
    const koji = createHub({ url: hub.url, ...fast });
    const { id } = await koji.session();
    expect(await koji.submit(id, SUBMISSION)).toBe(5);
    expect((await koji.session()).id).toBe(id);
    await koji.close();
  });

  test("the hub's clock comes with the session", async () => {
    const hubTime = Date.parse("2026-11-20T15:54:28Z");
    await using late = await createScriptedHub((seen) => ({
      status: 200,
      headers: { date: new Date(hubTime).toUTCString(), "content-type": "text/xml" },
      body:
        seen.method === "login"
          ? "<methodResponse><params><param><value><struct><member><name>session-id</name><value><int>4</int></value></member><member><name>session-key</name><value>k</value></member></struct></value></param></params></methodResponse>"
          : "<methodResponse><params><param><value><nil/></value></param></params></methodResponse>",
    }));
    const koji = createHub({ url: late.url, ...fast });
    const session = await koji.session();
    expect(session.id).toBe(4);
    expect(session.hubTime - hubTime).toBeGreaterThanOrEqual(-1000);
    expect(session.hubTime - hubTime).toBeLessThan(2000);
    await koji.close();
  });
});

describe("fence", () => {
  const fenced = (...replies: Reply[]): ((seen: Seen) => Reply) =>
    withLogin((seen) =>
      seen.params.length === 0
        ? { value: null }
        : ((replies.length > 1 ? replies.shift() : replies[0]) ?? { value: null }),
    ) as (seen: Seen) => Reply;
  const logouts = (seen: Seen[]): Seen[] => of("logout", seen).filter((request) => request.params.length > 0);

  test("logs the old session out twice from another one, without a call number", async () => {
    await using hub = await createScriptedHub(fenced({ value: null }));
    const koji = createHub({ url: hub.url, ...fast });
    await koji.fence(77);
    expect(logouts(hub.seen).map((request) => request.params)).toEqual([
      [{ session_id: 77, __starstar: true }],
      [{ session_id: 77, __starstar: true }],
    ]);
    expect(logouts(hub.seen).map(callnum)).toEqual([undefined, undefined]);
    await koji.close();
  });

  test("is done once per session, however many ask", async () => {
    await using hub = await createScriptedHub(fenced({ value: null }));
    const koji = createHub({ url: hub.url, ...fast });
    await Promise.all([koji.fence(77), koji.fence(77)]);
    await koji.fence(77);
    expect(logouts(hub.seen)).toHaveLength(2);
    await koji.close();
  });

  test.each<[string, Reply]>([
    ["a lost answer", { reset: true }],
    ["a gateway that gives up", { status: 504 }],
    ["an outage", { fault: [1014, "outage"] }],
    ["our own session being refused", { fault: [1002, "Invalid session or bad credentials"] }],
  ])("goes on after %s", async (_, reply) => {
    await using hub = await createScriptedHub(fenced(reply, { value: null }));
    const koji = createHub({ url: hub.url, ...fast });
    await koji.fence(77);
    expect(logouts(hub.seen)).toHaveLength(3);
    await koji.close();
  });

  test("a session the hub has forgotten is closed", async () => {
    await using hub = await createScriptedHub(fenced({ fault: [1000, "query returned no rows"] }));
    const koji = createHub({ url: hub.url, ...fast });
    await koji.fence(77);
    await koji.close();
  });

  test("a session of somebody else is not", async () => {
    await using hub = await createScriptedHub(
      fenced({ fault: [1004, "only admins or owner may logout other session"] }),
    );
    const koji = createHub({ url: hub.url, ...fast });
    await expect(koji.fence(77)).rejects.toMatchObject({ kind: "rejected" });
    await koji.close();
  });

  test("gives up after its patience", async () => {
    await using hub = await createScriptedHub(fenced({ fault: [1014, "outage"] }));
    const koji = createHub({ url: hub.url, ...fast, fencePatience: 100 });
    await expect(koji.fence(77)).rejects.toMatchObject({ kind: "transient" });
    await koji.close();
  });

  test("of the session in use: calls waiting for it are not sent, the call under way does not hold it up", async () => {
    let answerBuild: ((reply: Reply) => void) | undefined;
    await using hub = await createScriptedHub(
      withLogin((seen) => {
        if (seen.method !== "build") return { value: null };
        return new Promise<Reply>((resolve) => {
          answerBuild = resolve;
        });
      }),
    );
    const koji = createHub({ url: hub.url, ...fast });
    const { id } = await koji.session();
    const first = koji.submit(id, SUBMISSION);
    const second = koji.submit(id, SUBMISSION).catch((error: unknown) => error);
    await expect.poll(() => of("build", hub.seen).length).toBe(1);
    await koji.fence(id);
    expect((await koji.session()).id).not.toBe(id);
    answerBuild?.({ value: 1037 });
    expect(await first).toBe(1037);
    expect(await second).toMatchObject({ kind: "conflict", code: "koji.session" });
    expect(of("build", hub.seen)).toHaveLength(1);
    await koji.close();
  });
});

test("close ends what is under way", async () => {
  await using hub = await createScriptedHub(
    withLogin((seen) => (seen.method === "logout" ? { value: null } : new Promise<Reply>(() => undefined))),
  );
  const koji = createHub({ url: hub.url, ...fast });
  const { id } = await koji.session();
  const submitted = koji.submit(id, SUBMISSION).catch((error: unknown) => error);
  const asked = koji.tasks([1]).catch((error: unknown) => error);
  await expect.poll(() => hub.seen.length).toBe(3);
  await koji.close();
  expect(await submitted).toMatchObject({ kind: "ambiguous" });
  expect(await asked).toMatchObject({ kind: "transient" });
  expect(hub.seen.at(-1)?.method).toBe("logout");
});
