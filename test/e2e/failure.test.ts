import { describe, expect } from "vitest";
import type { Outcome } from "../../src/simulator/hub/builder/outcome.ts";
import { failLike, readCase } from "../support/corpus.ts";
import { it, type Stage } from "../support/service.ts";
import { commentsOf, type Story, story, tale } from "../support/stories.ts";
import { type TestWorlds, until } from "../support/worlds.ts";

const ONE_TARGET = `
rules:
  - { name: mr, repos: ["github:**"], on: merge_request, build: { hub: koji, target: f42-candidate, scratch: true } }
`;
const told = story("github", "merge-request");
/** Longer than the first and the second wait before another attempt. */
const WAITS = [61_000, 301_000];

function endsWith(worlds: TestWorlds, words: RegExp): Promise<string[]> {
  return until(
    () => tale(worlds, told),
    (said) => words.test(said.at(-1) ?? ""),
  );
}

function commentWith(worlds: TestWorlds, words: RegExp): Promise<string> {
  return until(
    () => commentsOf(worlds, told)[0] ?? "",
    (body) => words.test(body),
  );
}

type OpenStage = (stories: readonly Story[], options?: object) => Promise<Stage>;

function stageThat(openStage: OpenStage, outcome: (attempt: number) => Outcome): Promise<Stage> {
  let attempt = 0;
  return openStage([told], { rules: ONE_TARGET, outcome: () => outcome(++attempt) });
}

describe("a package that does not build", () => {
  it.concurrent.for([
    "compiler/parallel-make",
    "buildrequires/nothing-provides",
    "scm/commit-gone",
    "spec/unclosed-if",
  ])("%s: status and comment name the true cause", async (name, { openStage }) => {
    const { digest, logs } = readCase(name);
    const { worlds, deliver, service, api } = await stageThat(openStage, () => failLike(name));
    await deliver(told);
    const said = await endsWith(worlds, /^failure: /);
    expect(said.at(-1)).toContain(digest.cause.slice(0, 60));
    const body = await commentWith(worlds, /❌/u);
    expect(body.replaceAll("\\", "")).toContain(digest.cause.slice(0, 60));
    const { builds } = (await api("/api/builds")) as { builds: { failures: { digest: unknown }[] }[] };
    expect(builds[0]?.failures[0]?.digest).toMatchObject(digest);
    expect(worlds.hub.buildTasks()).toHaveLength(1);
    expect(service.lines.find(({ msg }) => msg === "finished")).toMatchObject({ class: digest.class, infra: false });
    expect(Object.keys(logs).length).toBeGreaterThan(0);
  });

  it.concurrent("only the ends of the logs are fetched", async ({ openStage }) => {
    const line = "+ gcc -O2 -g -Wall -c file.c -o file.o\n";
    const end = "hello.c:1:1: error: too long\nerror: Bad exit status from /var/tmp/rpm-tmp.a (%build)\n";
    const log = `Executing(%build): /bin/sh -e /var/tmp/rpm-tmp.a\n${line.repeat(200_000)}${end}`;
    const { worlds, deliver } = await stageThat(openStage, () => ({ result: "fail", logs: { "build.log": log } }));
    await deliver(told);
    const said = await endsWith(worlds, /^failure: /);
    expect(said.at(-1)).toContain("hello.c:1:1: error: too long");
  });
});

describe("a failure of the infrastructure", () => {
  it.concurrent("is retried by itself, and the second attempt succeeds", async ({ openStage }) => {
    const outcome = (attempt: number): Outcome => ({ result: attempt === 1 ? "infra" : "success" });
    const { worlds, deliver, service } = await stageThat(openStage, outcome);
    await deliver(told);
    await endsWith(worlds, /infrastructure failure, trying again \(1 of 2\)/);
    expect(worlds.hub.buildTasks()).toHaveLength(1);
    service.skip(WAITS[0] ?? 0);
    const said = await endsWith(worlds, /^success: built/);
    expect(said.join("\n")).not.toMatch(/^(?:failure|error)/m);
    const tasks = worlds.hub.buildTasks();
    expect(tasks.map(({ request }) => request[2])).toMatchObject(
      [1, 2].map((attempt) => ({ custom_user_metadata: { kojibridge: { attempt } } })),
    );
    const body = await commentWith(worlds, /✅/u);
    expect(body).toContain(String(tasks[0]?.id));
    expect(body).toMatch(
      /the infrastructure failed before, so it was tried again: \[\d+\]\(http.*\(Failed to download/,
    );
  });

  it.concurrent("thrice: ends as the infrastructure's fault, and says what was tried", async ({ openStage }) => {
    const { worlds, deliver, service } = await stageThat(openStage, () => ({ result: "infra" }));
    await deliver(told);
    for (const [i, wait] of WAITS.entries()) {
      await endsWith(worlds, new RegExp(`trying again \\(${i + 1} of 2\\)`));
      service.skip(wait);
    }
    const said = await endsWith(worlds, /^error: /);
    expect(said.at(-1)).toMatch(/^error: infrastructure failure, not the package: Failed to download metadata/);
    expect(worlds.hub.buildTasks()).toHaveLength(3);
    const body = await commentWith(worlds, /not the package/);
    for (const { id } of worlds.hub.buildTasks()) expect(body).toContain(`taskID=${id}`);
    expect(body).not.toContain("❌");
  });

  it.concurrent("that nobody wants any more is not retried", async ({ openStage }) => {
    const { worlds, deliver, service } = await stageThat(openStage, () => ({ result: "infra" }));
    const closed = { ...told, payload: { ...(told.payload as object), action: "closed" } };
    await deliver(told);
    await endsWith(worlds, /trying again/);
    await deliver(closed as Story);
    await endsWith(worlds, /^error: Canceled: merge request closed/);
    service.skip(WAITS[0] ?? 0);
    expect(worlds.hub.buildTasks()).toHaveLength(1);
  });
});

describe("while it is explained", () => {
  const cause = readCase("compiler/werror").digest.cause.slice(0, 40);

  it.concurrent.for([
    ["listTaskOutput answers 502 for a while", "listTaskOutput"],
    ["downloadTaskOutput answers 502 for a while", "downloadTaskOutput"],
  ])("%s: explained a bit later", async ([, method], { openStage }) => {
    const { worlds, deliver, service } = await stageThat(openStage, () => failLike("compiler/werror"));
    worlds.hub.faults.http502(method, 1000);
    await deliver(told);
    const warned = () => service.lines.filter(({ msg }) => msg.startsWith("cannot read why it failed"));
    await until(warned, (lines) => lines.length > 0);
    expect(tale(worlds, told).at(-1)).toMatch(/^pending: .*failed/);
    worlds.hub.faults.clear();
    service.skip(20_000);
    expect((await endsWith(worlds, /^failure: /)).at(-1)).toContain(cause);
  });

  it.concurrent("the logs cannot be read: failed all the same, in the hub's own words", async ({ openStage }) => {
    const { worlds, deliver, service } = await stageThat(openStage, () => failLike("compiler/werror"));
    worlds.hub.faults.http502("listTaskOutput", 1000);
    await deliver(told);
    const warned = () => service.lines.filter(({ msg }) => msg.startsWith("cannot read why it failed"));
    for (const tries of [1, 2, 3]) {
      await until(warned, (lines) => lines.length >= tries);
      service.skip(20_000);
    }
    expect((await endsWith(worlds, /^failure: /)).at(-1)).toContain("see build.log or root.log");
    expect(warned()).toHaveLength(3);
  });

  it.concurrent("the hub goes down: failed within a minute of the bridge's clock", async ({ openStage }) => {
    const { worlds, deliver, service } = await stageThat(openStage, () => failLike("compiler/werror"));
    const gate = worlds.hub.faults.hold("listTaskOutput");
    await deliver(told);
    await gate.reached;
    await worlds.hub.faults.down();
    gate.release();
    for (const tries of [1, 2, 3]) {
      await until(
        () => service.lines.filter(({ msg }) => msg.startsWith("cannot read why it failed")),
        (lines) => lines.length >= tries,
      );
      if (tries < 3) service.skip(15_000);
    }
    await endsWith(worlds, /^failure: /);
    await worlds.hub.faults.up();
  });

  it.concurrent("the logs say nothing: what the task itself says", async ({ openStage }) => {
    const { worlds, deliver } = await stageThat(openStage, () => ({ result: "crash" }));
    await deliver(told);
    await endsWith(worlds, /^(?:failure|error): .*simulated crash/);
  });
});
