import { expect } from "vitest";
import type { XmlRpcStruct } from "../../src/adapters/koji/xmlrpc.ts";
import { it } from "../support/service.ts";
import { changed, commentsOf, FORGES, shownStates, story } from "../support/stories.ts";
import { type TestWorlds, until } from "../support/worlds.ts";

/** Rules in short: `on` and what to build, for every repo of all forges. */
function rules(...specs: readonly [on: string, build: string, more?: string][]): string {
  const lines = specs.map(
    ([on, build, more = ""], i) =>
      `  - { name: rule-${i}, repos: ["github:**", "work:**", "forgejo:**"], on: ${on}, ${more} build: { hub: koji, ${build} } }`,
  );
  return `\nrules:\n${lines.join("\n")}\n`;
}

/** What the hub was asked for: `build(source, target, opts)`, in order of target. */
function requests({ hub }: TestWorlds): { source: unknown; target: unknown; opts: XmlRpcStruct }[] {
  const asked = hub.buildTasks().map(({ request: [source, target, opts] }) => ({ source, target, opts }));
  return asked.toSorted((a, b) => String(a.target).localeCompare(String(b.target))) as never;
}

it.concurrent.for(FORGES)("%s: a list of targets is a build and a status each", async (forge, { openStage }) => {
  const told = story(forge, "push");
  const { worlds, deliver } = await openStage([told], {
    rules: rules(["push", "target: [f42-candidate, c9s-candidate]"]),
  });
  await deliver(told);
  await until(
    () => shownStates(worlds, told),
    (states) => Object.values(states).join() === "success,success",
  );
  expect(Object.keys(shownStates(worlds, told))).toEqual(["koji/c9s-candidate/scratch", "koji/f42-candidate/scratch"]);
  expect(requests(worlds).map(({ target }) => target)).toEqual(["c9s-candidate", "f42-candidate"]);
});

it.concurrent("a rule's context is the status people see, and the target its template names", async ({ openStage }) => {
  const told = changed(story("github", "push"), (payload) => {
    payload.ref = "refs/heads/f42";
  });
  const spec = 'target: "{branch}-candidate", context: "rpm {repo_name} on {target}"';
  const { worlds, deliver } = await openStage([told], { rules: rules(["push", spec]) });
  await deliver(told);
  await until(
    () => shownStates(worlds, told),
    (states) => states["rpm hello on f42-candidate"] === "success",
  );
  expect(Object.keys(shownStates(worlds, told))).toHaveLength(1);
});

it.concurrent("arches reach the hub as arch_override, and only they are built", async ({ openStage }) => {
  const told = story("github", "push");
  const { worlds, deliver } = await openStage([told], {
    rules: rules(["push", "target: f42-candidate, arches: [aarch64]"]),
  });
  await deliver(told);
  await until(
    () => shownStates(worlds, told),
    (states) => Object.values(states).join() === "success",
  );
  expect(requests(worlds)[0]?.opts.arch_override).toBe("aarch64");
  expect(worlds.hub.tasks().filter(({ method }) => method === "buildArch")).toMatchObject([{ label: "aarch64" }]);
});

it.concurrent("without arches the hub decides", async ({ openStage }) => {
  const told = story("github", "push");
  const { worlds, deliver } = await openStage([told]);
  await deliver(told);
  await until(
    () => requests(worlds),
    (asked) => asked.length === 1,
  );
  expect(requests(worlds)[0]?.opts).not.toHaveProperty("arch_override");
});

it.concurrent("a source template reaches the hub, filled", async ({ openStage }) => {
  const told = story("work", "push", { repo: "rpms/hello" });
  const spec = 'target: f42-candidate, source: "git+https://src.example.org/{repo}.git#{sha}"';
  const { worlds, deliver } = await openStage([told], { rules: rules(["push", spec]) });
  await deliver(told);
  await until(
    () => requests(worlds),
    (asked) => asked.length === 1,
  );
  expect(requests(worlds)[0]?.source).toBe(`git+https://src.example.org/rpms/hello.git#${told.sha}`);
});

it.concurrent("the request carries the build's own mark, by which it is found again", async ({ openStage }) => {
  const told = story("github", "tag");
  const { worlds, deliver } = await openStage([told]);
  const answer = await deliver(told);
  const [asked] = await until(
    () => requests(worlds),
    (seen) => seen.length === 1,
  );
  const [build] = answer?.json.builds ?? [];
  expect(asked?.opts).toEqual({ scratch: false, custom_user_metadata: { kojibridge: { build, attempt: 1 } } });
});

it.concurrent("two rules that want the same build share it; two that want different ones under one name are refused", async ({
  openStage,
}) => {
  const told = story("github", "push");
  const same = rules(["push", "target: f42-candidate"], ["push", "target: f42-candidate, context: again"]);
  const { worlds, deliver } = await openStage([told], { rules: same });
  await deliver(told);
  await until(
    () => shownStates(worlds, told),
    (states) => states.again === "success" && states["koji/f42-candidate/scratch"] === "success",
  );
  expect(worlds.hub.buildTasks()).toHaveLength(1);

  const master = rules(["push", 'target: "{branch}", context: x'], ["push", "target: f42-candidate, context: x"]);
  const clash = await openStage([told], { rules: master });
  const refused = await clash.deliver(told);
  expect(refused?.json).toMatchObject({
    builds: [],
    ignored: expect.stringMatching(/^configuration error: .*`context`/),
  });
});

it.concurrent("comments: never and on_failure are kept to", async ({ openStage }) => {
  const [fine, broken] = [
    story("github", "merge-request"),
    story("github", "merge-request", { repo: "rpms/fail-build" }),
  ];
  const { worlds, deliver } = await openStage([fine, broken], {
    rules: rules(["merge_request", "target: f42-candidate", "comments: on_failure,"]),
  });
  await deliver(fine);
  await until(
    () => Object.values(shownStates(worlds, fine)).join(),
    (state) => state === "success",
  );
  await deliver(broken);
  await until(
    () => commentsOf(worlds, broken),
    (bodies) => bodies.length === 1 && /❌/u.test(bodies[0] ?? ""),
  );
  expect(commentsOf(worlds, fine)).toEqual([]);

  const quiet = await openStage([broken], {
    rules: rules(["merge_request", "target: f42-candidate", "comments: never,"]),
  });
  await quiet.deliver(broken);
  await until(
    () => Object.values(shownStates(quiet.worlds, broken)).join(),
    (state) => state === "failure",
  );
  expect(commentsOf(quiet.worlds, broken)).toEqual([]);
});
