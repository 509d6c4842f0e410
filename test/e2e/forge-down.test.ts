import { expect } from "vitest";
import { type Fault, gitLabRateLimit, secondaryRateLimit } from "../../src/simulator/forge/faults.ts";
import { it, type TestService } from "../support/service.ts";
import { commentsOf, dialectOf, FORGES, type ForgeName, shownStates, story, tale } from "../support/stories.ts";
import { until } from "../support/worlds.ts";

const F42 = "koji/f42-candidate/scratch";
const A_MINUTE = 61_000;

const messages = ({ lines }: TestService, message: string) => lines.filter(({ msg }) => msg === message);
const happened = (service: TestService, message: string) =>
  until(
    () => messages(service, message),
    (found) => found.length > 0,
  );

it.concurrent.for(FORGES)(
  "%s is down for the whole build: it gets the last word when it is back, and only that",
  async (forge, { openStage }) => {
    const told = story(forge, "merge-request");
    const { worlds, service, deliver } = await openStage([told]);
    await worlds.forge.down();
    expect(await deliver(told)).toMatchObject({ status: 202 });
    await until(
      () => messages(service, "finished"),
      (finished) => finished.length === 2,
    );
    await worlds.forge.up();
    service.skip(A_MINUTE);
    await until(
      () => commentsOf(worlds, told),
      (bodies) => bodies.length === 1,
    );
    const said = await until(
      () => tale(worlds, told),
      (words) => words.length === 2,
    );
    expect(said.every((words) => words.startsWith("success: built"))).toBe(true);
    expect(commentsOf(worlds, told)[0]).toMatch(/✅.*\n.*✅/u);
  },
);

const TROUBLES: readonly [string, Fault][] = [
  ["late", { kind: "delay", ms: 80 }],
  ["lost", { kind: "drop" }],
  ["a proxy's 502 although it was done", { kind: "answer-after", status: 502 }],
  ["a proxy's 502", { kind: "answer", status: 502 }],
];
const CASES = FORGES.flatMap((forge) => TROUBLES.map(([name, fault]) => [forge, name, fault] as const));
const RANKS = ["pending", "running", "success"];

it.concurrent.for(CASES)(
  "%s, the first answers are %s: no older word after a newer one, one comment",
  async ([forge, , fault], { openStage }) => {
    const told = story(forge, "merge-request");
    const { worlds, service, deliver } = await openStage([told]);
    for (const on of [/POST .*statuses/, /(POST|PUT|PATCH) .*(comments|notes)/, /GET .*(status|notes|comments)/])
      worlds.forge.fail({ on, fault, times: 2 });
    await deliver(told);
    await until(
      () => messages(service, "finished"),
      (finished) => finished.length === 2,
    );
    await until(
      () => {
        service.skip(1_000);
        return { states: shownStates(worlds, told), comments: commentsOf(worlds, told) };
      },
      ({ states, comments }) =>
        Object.values(states).join() === "success,success" && /✅.*\n.*✅/u.test(comments[0] ?? ""),
    );
    expect(commentsOf(worlds, told)).toHaveLength(1);
    for (const context of Object.keys(shownStates(worlds, told))) {
      const history = worlds.forge.history(dialectOf(forge), told.repo, told.sha);
      const ranks = history.filter((one) => one.context === context).map(({ state }) => RANKS.indexOf(state));
      expect(ranks).toEqual(ranks.toSorted((a, b) => a - b));
    }
  },
);

it.concurrent.for<readonly [ForgeName, number, Fault]>([
  ["github", 403, secondaryRateLimit(2)],
  ["github", 429, secondaryRateLimit(2, 429)],
  ["work", 429, gitLabRateLimit(2)],
  // Forgejo has no limits of its own; what stands before it says it as GitLab does.
  ["forgejo", 429, gitLabRateLimit(2)],
])(
  "%s says %i, come back in two seconds: it is left alone for so long, and then gets the last word",
  async ([forge, status, fault], { openStage }) => {
    const told = story(forge, "push");
    const { worlds, service, deliver } = await openStage([told]);
    worlds.forge.fail({ on: /status/, fault });
    await deliver(told);
    await until(
      () => shownStates(worlds, told)[F42],
      (state) => state === "success",
    );
    expect(worlds.forge.requests.filter(({ answer }) => answer.status === status)).toHaveLength(1);
    const [limited] = await happened(service, "cannot tell the forge yet, will retry");
    const [set] = await happened(service, "status set");
    expect(limited?.error).toMatch(/rate limited until/);
    expect((set?.time ?? 0) - (limited?.time ?? 0)).toBeGreaterThan(1_900);
  },
);

it.concurrent.for(FORGES)(
  "%s refuses the token: the operator reads it in the log, and nothing is lost",
  async (forge, { openStage }) => {
    const told = story(forge, "push");
    const { worlds, service, deliver } = await openStage([told]);
    worlds.forge.fail({ times: 10_000, fault: { kind: "answer", status: 401, body: { message: "Bad credentials" } } });
    await deliver(told);
    await happened(service, "finished");
    const [line] = await happened(service, "cannot tell the forge yet, will retry");
    expect(line).toMatchObject({ level: 50, error: expect.stringContaining("401") });
    worlds.forge.heal();
    service.skip(A_MINUTE);
    await until(
      () => shownStates(worlds, told)[F42],
      (state) => state === "success",
    );
  },
);

it.concurrent.for(FORGES)(
  "%s does not let us write: said in the log, not tried for ever, and the build is made",
  async (forge, { openStage }) => {
    const told = story(forge, "merge-request");
    const others = ["one", "two"].map((seed) => story(forge, "push", { repo: "rpms/bash", seed }));
    const { worlds, service, deliver } = await openStage([told, ...others]);
    worlds.forge.addRepo(dialectOf(forge), told.repo, { isPrivate: true });
    await deliver(told);
    await until(
      () => messages(service, "finished"),
      (finished) => finished.length === 2,
    );
    await happened(service, "not permitted to set the commit status");
    await happened(service, "not permitted to comment on the merge request");
    // Whatever is to be tried again has had its chance when the next push is through.
    const counts: number[] = [];
    for (const other of others) {
      service.skip(24 * 60 * A_MINUTE);
      await deliver(other);
      await until(
        () => shownStates(worlds, other)[F42],
        (state) => state === "success",
      );
      counts.push(worlds.forge.requests.filter(({ answer }) => answer.status === 404).length);
    }
    expect(counts[0]).toBeGreaterThan(0);
    expect(counts[1]).toBe(counts[0]);
  },
);
