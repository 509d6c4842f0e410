import { expect } from "vitest";
import { it } from "../support/service.ts";
import { FORGES, type Story, shownStates, story } from "../support/stories.ts";
import { type TestWorlds, until } from "../support/worlds.ts";

const F42 = "koji/f42-candidate/scratch";
const TOKEN = "token-of-a-maintainer";
const HOUR = 3_600_000;

/** Somebody else with write access says that it failed, on whatever they think it is. */
async function meddle(told: Story, { forge: world }: TestWorlds): Promise<void> {
  const [type, wrong] = [{ "content-type": "application/json" }, { description: "I know better" }];
  const post = async (url: string, headers: Record<string, string>, body: object) => {
    const answer = await fetch(url, { method: "POST", headers: { ...type, ...headers }, body: JSON.stringify(body) });
    expect(answer.status, await answer.text()).toBe(201);
  };
  if (told.forge === "work") {
    const url = `${world.url}/api/v4/projects/${encodeURIComponent(told.repo)}/statuses/${told.sha}`;
    // Nothing follows success; a new run of that name does.
    for (const state of ["pending", "failed"])
      await post(url, { "private-token": TOKEN }, { ...wrong, name: F42, state });
    return;
  }
  const api = told.forge === "github" ? world.gitHubUrl : `${world.url}/api/v1`;
  const authorization = `token ${TOKEN}`;
  await post(
    `${api}/repos/${told.repo}/statuses/${told.sha}`,
    { authorization },
    { ...wrong, context: F42, state: "failure" },
  );
}

it.concurrent.for(FORGES)("%s: a status that somebody overwrote is mended", async (forge, { openStage }) => {
  const told = story(forge, "push");
  const { worlds, service, deliver } = await openStage([told]);
  await deliver(told);
  const shows = (wanted: RegExp) =>
    until(
      () => shownStates(worlds, told)[F42] ?? "",
      (state) => wanted.test(state),
    );
  await shows(/success/);
  await meddle(told, worlds);
  await shows(/fail/);
  service.skip(HOUR + 60_000);
  await shows(/success/);
  await until(
    () => service.lines.filter(({ msg }) => msg === "the status was gone or changed: repaired").length,
    (times) => times === 1,
  );
});
