import { expect } from "vitest";
import { METRICS } from "../../src/adapters/metrics/definitions.ts";
import { it } from "../support/service.ts";
import { shownStates, story } from "../support/stories.ts";
import { ENV, until } from "../support/worlds.ts";

const authorization = `Bearer ${ENV.API_TOKEN}`;

/** Series by name and labels, as they are written. */
async function scrape(url: string): Promise<Map<string, number>> {
  const response = await fetch(`${url}/metrics`, { headers: { authorization } });
  expect(response.headers.get("content-type")).toMatch(/^text\/plain; version=0\.0\.4/);
  const lines = (await response.text()).split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  return new Map(
    lines.map((line) => {
      const [, series = "", value] = /^(\w+(?:\{(?:\w+="[^"]*",?)*\})?) (\S+)$/.exec(line) ?? [];
      return [series, Number(value)];
    }),
  );
}

it.concurrent("a push is counted from the door to its last status", async ({ openStage }) => {
  const told = story("github", "push");
  const { worlds, service, deliver } = await openStage([told]);
  await deliver(told, "one");
  await deliver(told, "one");
  await fetch(`${service.url}/webhooks/github`, { method: "POST", body: "{}" });
  await fetch(`${service.url}/webhooks/stranger`, { method: "POST", body: "{}" });
  await until(
    () => Object.values(shownStates(worlds, told)).join(),
    (states) => states === "success",
  );
  const seen = await until(
    () => scrape(service.url),
    (all) => all.get('kojibridge_delivery_to_final_status_seconds_count{forge="github"}') === 1,
  );
  expect(Object.fromEntries(seen)).toMatchObject({
    'kojibridge_deliveries_total{forge="github",outcome="built"}': 1,
    'kojibridge_deliveries_total{forge="github",outcome="duplicate"}': 1,
    'kojibridge_deliveries_total{forge="github",outcome="refused"}': 1,
    'kojibridge_delivery_ack_seconds_count{forge="github"}': 2,
    'kojibridge_delivery_ack_seconds_bucket{forge="github",le="+Inf"}': 2,
    'kojibridge_delivery_to_first_status_seconds_count{forge="github"}': 1,
    'kojibridge_delivery_to_task_seconds_count{hub="koji"}': 1,
    'kojibridge_builds_finished_total{hub="koji",target="f42-candidate",state="succeeded"}': 1,
    'kojibridge_hub_calls_total{hub="koji",method="build",outcome="ok"}': 1,
    'kojibridge_hub_breaker_open{hub="koji"}': 0,
    'kojibridge_queue_depth{kind="status"}': 0,
    kojibridge_oldest_unreported_status_seconds: 0,
    kojibridge_database_up: 1,
  });
  expect(seen.get('kojibridge_statuses_total{forge="github",outcome="set"}')).toBeGreaterThan(1);
  expect([...seen.keys()].join("\n")).not.toContain("stranger");
  const names = [...seen.keys()].map((series) => series.replace(/\{.*/, "").replace(/_(?:bucket|sum|count)$/, ""));
  expect(Object.keys(METRICS)).toEqual(expect.arrayContaining(names));
});

it.concurrent("what is not done shows as such, and a hub that is down", async ({ openStage }) => {
  const told = story("github", "push");
  const { worlds, service, deliver } = await openStage([told]);
  worlds.forge.fail({ on: /^POST .*\/statuses\//, times: 1000, fault: { kind: "answer", status: 502 } });
  worlds.hub.faults.offline("back at noon");
  await deliver(told);
  const waiting = 'kojibridge_builds{hub="koji",target="f42-candidate",state="queued"}';
  await until(
    () => scrape(service.url),
    (all) => all.get(waiting) === 1 && (all.get("kojibridge_oldest_unreported_status_seconds") ?? 0) > 0,
  );
  await until(
    () => scrape(service.url),
    (all) => (all.get('kojibridge_statuses_total{forge="github",outcome="failed"}') ?? 0) > 0,
  );
});

it.concurrent("with an API token, strangers do not see it", async ({ openStage }) => {
  const { service } = await openStage([]);
  for (const headers of [{}, { authorization: "Bearer wrong" }, { authorization: ENV.API_TOKEN }]) {
    const refused = await fetch(`${service.url}/metrics`, { headers });
    expect(refused.status).toBe(401);
    expect(await refused.text()).not.toContain("kojibridge_");
  }
});
