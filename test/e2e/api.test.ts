import { Ajv2020 } from "ajv/dist/2020.js";
import { expect } from "vitest";
import { it, type Stage } from "../support/service.ts";
import { changed, story } from "../support/stories.ts";
import { ENV, until } from "../support/worlds.ts";

interface Operation {
  readonly security?: readonly object[];
  readonly responses: Readonly<
    Record<string, { readonly content: { readonly "application/json": { readonly schema: object } } }>
  >;
}

interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

interface Answer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: whatever came, checked against its description
  readonly json: any;
}

/** Calls the API, and holds every answer against the description it gives of itself. */
async function open({ service }: Stage) {
  const description = (await (await fetch(`${service.url}/api/openapi.json`)).json()) as OpenApi;
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  const used = new Set<string>();

  return {
    description,
    used,
    async call(
      method: "GET" | "POST",
      path: string,
      options: { token?: string; body?: unknown } = {},
    ): Promise<Answer> {
      const { token, body } = options;
      const headers = {
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      };
      const init = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
      const response = await fetch(service.url + path, init);
      const json = await response.json();
      const { pathname } = new URL(path, service.url);
      const [template, methods] =
        Object.entries(description.paths).find(([one]) =>
          new RegExp(`^${one.replaceAll(/\{\w+\}/g, "[^/]+")}$`).test(pathname),
        ) ?? [];
      const schema = methods?.[method.toLowerCase()]?.responses[response.status]?.content["application/json"].schema;
      used.add(`${method} ${template} ${response.status}`);
      expect(schema, `${method} ${path} ${response.status} ${JSON.stringify(json)}`).toBeDefined();
      expect(
        ajv.validate(schema ?? false, json),
        `${method} ${path}: ${ajv.errorsText()} ${JSON.stringify(json)}`,
      ).toBe(true);
      return { status: response.status, json };
    },
  };
}

const TOKEN = { token: ENV.API_TOKEN };

it("tells of builds, deliveries and hubs as it says it does", async ({ openStage }) => {
  const [fine, bad] = [story("github", "push"), story("work", "merge-request", { repo: "rpms/fail-build" })];
  const stage = await openStage([fine, bad]);
  const { call, description, used } = await open(stage);
  await stage.deliver(fine, "d-1");
  await stage.deliver(bad, "d/2");
  await until(
    () => call("GET", "/api/builds?state=failed"),
    ({ json }) => json.builds.length === 2,
  );
  await until(
    () => call("GET", "/api/builds?state=succeeded"),
    ({ json }) => json.builds.length === 1,
  );

  const all = await call("GET", "/api/builds?limit=2");
  const rest = await call("GET", `/api/builds?limit=2&after=${all.json.next}`);
  expect([all.json.builds.length, rest.json.builds.length, rest.json.next]).toEqual([2, 1, null]);
  const [build] = rest.json.builds;
  expect(await call("GET", `/api/builds/${build.id}`)).toEqual({ status: 200, json: build });
  expect(build).toMatchObject({ repo: fine.repo, phase: "succeeded", origin: { kind: "push", author: "Codertocat" } });
  expect(build).not.toHaveProperty("intent");
  expect((await call("GET", `/api/builds?q=${build.task.id}`)).json.builds).toEqual([build]);
  expect((await call("GET", "/api/builds?author=nobody&repo=x:y")).json).toEqual({ builds: [], next: null });
  expect((await call("GET", "/api/builds/none")).status).toBe(404);

  const lines = (await call("GET", "/api/deliveries?repo=rpms/fail-build")).json.deliveries;
  expect(lines).toMatchObject([{ delivery: "d/2", forge: "work", builds: [expect.any(String), expect.any(String)] }]);
  const seen = (await call("GET", "/api/deliveries/d-1")).json;
  expect(seen).not.toHaveProperty("headers");
  expect(seen).not.toHaveProperty("payload");
  const whole = (await call("GET", "/api/deliveries/d-1", TOKEN)).json;
  expect(whole).toMatchObject({ headers: { "x-github-event": "push" }, payload: { ref: "refs/heads/master" } });
  expect((await call("GET", "/api/deliveries/none")).status).toBe(404);

  const { json } = await until(
    () => call("GET", "/api/hubs"),
    (answer) => answer.json.hubs[0].state === "up",
  );
  expect(json.hubs).toMatchObject([{ name: "koji", user: "kojibridge", downUntil: null }]);
  const described = Object.entries(description.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method} ${path}`),
  );
  expect(described.length).toBeGreaterThan(9);
  expect(used.size).toBeGreaterThan(6);
});

it("changes nothing without the token", async ({ openStage }) => {
  const told = story("github", "push");
  const stage = await openStage([told]);
  const { call, description } = await open(stage);
  const id = (await stage.deliver(told, "d-1"))?.json.builds[0];
  const closed = Object.entries(description.paths).flatMap(([path, methods]) =>
    Object.entries(methods).flatMap(([method, { security }]) => (method === "post" ? [[path, security] as const] : [])),
  );
  expect(closed.length).toBeGreaterThan(4);
  for (const [path, security] of closed) {
    expect(security, path).toEqual([{ token: [] }]);
    for (const token of [undefined, "wrong", ""])
      expect(
        (await call("POST", path.replace("{id}", id ?? ""), { body: {}, ...(token === undefined ? {} : { token }) }))
          .status,
        path,
      ).toBe(401);
  }
});

it("retries, cancels and replays", async ({ openStage }) => {
  const [slow, bad] = [
    story("github", "push", { repo: "rpms/hang" }),
    story("github", "push", { repo: "rpms/fail-build" }),
  ];
  const stage = await openStage([slow, bad]);
  const { call } = await open(stage);
  const phase = (id: string | undefined, wanted: string) =>
    until(
      () => call("GET", `/api/builds/${id}`),
      ({ json }) => json.phase === wanted,
    );
  const failing = (await stage.deliver(bad, "d-1"))?.json.builds[0];
  await phase(failing, "failed");
  expect((await call("POST", `/api/builds/${failing}/cancel`, TOKEN)).status).toBe(409);
  expect((await call("POST", `/api/builds/${failing}/approve`, TOKEN)).json.error).toMatch(
    /does not wait for approval/,
  );
  expect((await call("POST", `/api/builds/${failing}/retry`, TOKEN)).json).toMatchObject({ attempt: 2 });
  await phase(failing, "failed");
  const hanging = (await stage.deliver(slow, "d-2"))?.json.builds[0];
  await phase(hanging, "running");
  expect((await call("POST", `/api/builds/${hanging}/retry`, TOKEN)).json).toEqual({
    error: "the build has not ended yet",
  });
  await call("POST", `/api/builds/${hanging}/cancel`, TOKEN);
  expect((await phase(hanging, "canceled")).json.reason).toBe("canceled by the API token");
  expect((await call("POST", "/api/builds/none/retry", TOKEN)).status).toBe(404);
  const again = await call("POST", "/api/deliveries/d-2/replay", TOKEN);
  expect(again.json).toMatchObject({ delivery: expect.stringMatching(/^d-2\.replay-/), builds: [hanging] });
  expect((await call("POST", "/api/deliveries/none/replay", TOKEN)).status).toBe(404);
});

it("builds by hand what the rules allow, and nothing else", async ({ openStage }) => {
  const told = changed(story("github", "push", { repo: "rpms/hello" }), () => undefined);
  const stage = await openStage([told]);
  const { call } = await open(stage);
  const start = async (body: object) => call("POST", "/api/builds", { ...TOKEN, body });
  const where = { forge: "github", repo: told.repo };
  const branch = { ...where, branch: "master" };

  const first = await start(branch);
  expect(first).toMatchObject({ status: 201, json: { builds: [expect.any(String)], ignored: null } });
  const { json: build } = await until(
    () => call("GET", `/api/builds/${first.json.builds[0]}`),
    ({ json }) => json.phase === "succeeded",
  );
  expect(build).toMatchObject({
    sha: told.sha,
    rule: "push",
    scratch: true,
    origin: { ref: "master", author: "the API token" },
  });
  expect((await start(branch)).json.builds).toEqual([build.id]);

  expect((await start({ ...branch, target: "c9s-candidate" })).json).toMatchObject({
    builds: [],
    ignored: "no rule builds what was asked for",
  });
  expect((await start({ ...branch, scratch: false })).json.builds).toEqual([]);
  expect((await start({ ...branch, rule: "tag" })).json.builds).toEqual([]);
  expect((await start({ ...branch, branch: "none" })).json.error).toMatch(/knows no branch none/);
  expect((await start({ ...branch, sha: "f".repeat(40) })).json.error).toMatch(/does not have the commit/);
  expect((await start({ ...where, sha: "f".repeat(40) })).json.error).toMatch(/ever delivered/);
  expect((await start({ ...branch, forge: "none" })).json.error).toBe("there is no forge none");
  for (const [body, error] of [
    [{}, /say what to build/],
    [where, /say what to build/],
    [{ branch: "x" }, /forge is missing/],
    [{ ...branch, tag: "v1" }, /not both/],
    [{ ...branch, sha: "abc" }, /whole commit/],
    [{ ...branch, scratch: "yes" }, /true or false/],
    [{ ...branch, arch: "x" }, /arch is no field/],
    [{ ...branch, target: 7 }, /target is not a text/],
    [[], /JSON object/],
  ] as const)
    expect(await start(body)).toMatchObject({ status: 400, json: { error: expect.stringMatching(error) } });
  const kept = await call("GET", `/api/deliveries/${first.json.delivery}`);
  expect(kept.json).toMatchObject({ event: "by hand", trace: [{ rule: "push", matched: true }, {}, {}] });
});
