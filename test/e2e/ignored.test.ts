import { expect } from "vitest";
import { it } from "../support/service.ts";
import { changed, FORGES, type ForgeName, type Story, shownStates, story } from "../support/stories.ts";
import { until } from "../support/worlds.ts";

const F42 = "koji/f42-candidate/scratch";
const NOBODY = "0".repeat(40);
const RULES = `
rules:
  - { name: push, repos: ["github:rpms/*", "work:rpms/*", "forgejo:rpms/*"], on: push, branches: ["m*", "!main"], build: { hub: koji, target: f42-candidate } }
  - { name: mr, repos: ["github:rpms/*", "work:rpms/*", "forgejo:rpms/*"], on: merge_request, build: { hub: koji, target: f42-candidate } }
`;

const draft = (forge: ForgeName, isDraft: boolean) =>
  changed(story(forge, "merge-request"), (payload) => {
    if (forge === "work") payload.object_attributes.draft = isDraft;
    else payload.pull_request.draft = isDraft;
  });

const withMessage = (forge: ForgeName, message: string) => {
  const told = story(forge, "push");
  return changed(told, (payload) => {
    if (forge !== "work") payload.head_commit.message = message;
    for (const commit of payload.commits) if (commit.id === told.sha) commit.message = message;
  });
};

const withTitle = (forge: ForgeName, title: string) =>
  changed(story(forge, "merge-request"), (payload) => {
    (forge === "work" ? payload.object_attributes : payload.pull_request).title = title;
  });

const deletion = (forge: ForgeName) =>
  changed(story(forge, "push"), (payload) => {
    payload.after = NOBODY;
    if (forge === "work") Object.assign(payload, { checkout_sha: null, commits: [] });
    else Object.assign(payload, { deleted: true, head_commit: null, commits: [] });
  });

const closed = (forge: ForgeName) =>
  changed(story(forge, "merge-request"), (payload) => {
    if (forge === "work") payload.object_attributes.action = "close";
    else payload.action = "closed";
  });

const onMain = (forge: ForgeName) =>
  changed(story(forge, "push"), (payload) => {
    payload.ref = "refs/heads/main";
  });

type Case = readonly [what: string, told: (forge: ForgeName) => Story, reason: RegExp];
const CASES: readonly Case[] = [
  ["a draft", (forge) => draft(forge, true), /^draft: built when it becomes ready$/],
  [
    "[skip koji] in the commit message",
    (forge) => withMessage(forge, "fix\n\n[Skip Koji]"),
    /^\[skip koji\] in the commit message$/,
  ],
  ["[skip ci] in the title", (forge) => withTitle(forge, "typo [skip ci]"), /^\[skip ci\] in the merge request$/],
  ["a deleted branch", deletion, /^branch deleted$/],
  ["a closed merge request", closed, /closed/],
  ["a repo of no rule", (forge) => story(forge, "push", { repo: "other/thing" }), /^no rule matches$/],
  ["a branch no rule wants", onMain, /^no rule matches$/],
  ["a tag no rule wants", (forge) => story(forge, "tag"), /^no rule matches$/],
];

it.concurrent.for(FORGES.flatMap((forge) => CASES.map((one) => [forge, ...one] as const)))(
  "%s, %s: nothing is built, and the delivery says why",
  async ([forge, , tell, reason], { openStage }) => {
    const told = tell(forge);
    const { worlds, api, deliver } = await openStage([told], { rules: RULES });
    const answer = await deliver(told, "why/not?");
    expect(answer).toMatchObject({ status: 202, json: { builds: [], ignored: expect.stringMatching(reason) } });
    expect(await api(`/api/deliveries/${encodeURIComponent("why/not?")}`)).toMatchObject({
      delivery: "why/not?",
      forge,
      ignored: answer?.json.ignored,
      builds: [],
    });
    expect(await api("/api/builds")).toEqual({ builds: [], next: null });
    expect(worlds.hub.count("build")).toBe(0);
  },
);

it.concurrent("a delivery tells which rule did not match, and what in it", async ({ openStage }) => {
  const told = onMain("github");
  const { api, deliver } = await openStage([told], { rules: RULES });
  await deliver(told, "d");
  expect(await api("/api/deliveries/d")).toMatchObject({
    trace: [
      { rule: "push", matched: false, reason: expect.stringMatching(/^branches: .*main.*`!main`/) },
      { rule: "mr", matched: false, reason: "on: this is a push, not a merge_request" },
    ],
    summary: { kind: "push", branch: "main", sha: told.sha },
  });
});

it.concurrent.for(FORGES)("%s: a draft is built when it becomes ready", async (forge, { openStage }) => {
  const ready = changed(draft(forge, false), (payload) => {
    if (forge === "github") payload.action = "ready_for_review";
    else if (forge === "forgejo") Object.assign(payload, { action: "edited", changes: { title: { from: "WIP: it" } } });
    else {
      payload.object_attributes.action = "update";
      payload.changes = { draft: { previous: true, current: false } };
    }
  });
  const { worlds, deliver } = await openStage([ready], { rules: RULES });
  expect(await deliver(draft(forge, true))).toMatchObject({ json: { builds: [] } });
  expect(await deliver(ready)).toMatchObject({ json: { builds: [expect.any(String)] } });
  await until(
    () => shownStates(worlds, ready)[F42],
    (state) => state === "success",
  );
});

it.concurrent.for(FORGES)("%s: what the bridge's own account pushes is nobody's wish", async (forge, { openStage }) => {
  const told = changed(story(forge, "push"), (payload) => {
    if (forge === "work") payload.user_username = "bot";
    else payload.sender.login = "bot";
  });
  const { service, worlds, deliver } = await openStage([told], { rules: RULES });
  await until(() => service.ownLogin(forge), Boolean);
  expect(await deliver(told)).toMatchObject({ json: { ignored: "pushed by the account of kojibridge itself" } });
  expect(worlds.hub.count("build")).toBe(0);
});

it.concurrent("GitHub, a ping: the webhook is set up", async ({ openStage }) => {
  const { deliver } = await openStage([]);
  const ping = {
    ...story("github", "push"),
    event: "ping",
    payload: { zen: "Keep it logically awesome.", hook_id: 1 },
  };
  expect(await deliver(ping)).toMatchObject({ status: 202, json: { ignored: "ping: the webhook is set up" } });
});

it.concurrent("Forgejo, a tag: pushed and created, and built once", async ({ openStage }) => {
  const told = story("forgejo", "tag");
  const created = changed({ ...told, event: "create" }, (payload) => {
    const { repository, sender, after: sha, ref } = payload;
    for (const key of Object.keys(payload)) delete payload[key];
    Object.assign(payload, { sha, ref, ref_type: "tag", repository, sender });
  });
  const { worlds, deliver } = await openStage([told]);
  expect(await deliver(created)).toMatchObject({
    json: { builds: [], ignored: "create: the push event says the same" },
  });
  expect(await deliver(told)).toMatchObject({ json: { builds: [expect.any(String)] } });
  await until(
    () => shownStates(worlds, told)["koji/f42-candidate"],
    (state) => state === "success",
  );
  expect(worlds.hub.buildTasks()).toHaveLength(1);
});
