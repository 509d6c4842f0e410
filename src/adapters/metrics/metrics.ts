import { isFinal } from "../../domain/build.ts";
import type { Census, CensusTaker } from "../../ports/census.ts";
import type { Budget } from "../../ports/insight.ts";
import type { Clock } from "../../ports/runtime.ts";
import type { Acceptance } from "../../ports/store.ts";
import type { Tally } from "../../ports/tally.ts";
import { createRegistry, type Registry } from "./registry.ts";

/** What is asked at each scrape instead of being counted. */
export interface Sources {
  readonly store: CensusTaker;
  /** Whether that hub counts as down. */
  readonly hubs: ReadonlyMap<string, boolean>;
  readonly budgets: ReadonlyMap<string, Budget | null>;
}

export interface Metrics extends Tally {
  /** A delivery that was taken. */
  accepted(forge: string, acceptance: Acceptance): void;
  /** How a webhook call was answered. */
  answered(forge: string, status: number, seconds: number): void;
  /** A call to a hub; `outcome` is `ok`, `unavailable`, or the kind of its error. */
  called(hub: string, method: string, outcome: string, seconds: number): void;
  /** All of it, as Prometheus reads it. Never throws: a database that is away takes its own figures with it, and nothing else. */
  render(sources: Sources): Promise<string>;
}

/** Counted since the process began. */
export function createMetrics(version: string, now: Clock): Metrics {
  const registry = createRegistry();
  registry.set("kojibridge_build_info", { version }, 1);
  registry.set("process_start_time_seconds", {}, Math.round(Date.now() / 1000 - process.uptime()));
  const sinceDelivery = ({ createdAt }: { readonly createdAt: number }) => (now() - createdAt) / 1000;

  return {
    accepted: (forge, acceptance) =>
      registry.add("kojibridge_deliveries_total", { forge, outcome: outcomeOf(acceptance) }),
    answered(forge, status, seconds) {
      if (status < 300) return registry.observe("kojibridge_delivery_ack_seconds", { forge }, seconds);
      const outcome = status === 429 ? "limited" : status < 500 ? "refused" : "failed";
      registry.add("kojibridge_deliveries_total", { forge, outcome });
    },
    called(hub, method, outcome, seconds) {
      registry.add("kojibridge_hub_calls_total", { hub, method, outcome });
      if (outcome !== "unavailable") registry.observe("kojibridge_hub_call_seconds", { hub }, seconds);
    },
    saved(before, after) {
      const { hub, target } = after.request;
      // Of a later attempt it would be the time since the first one.
      if (before.task === null && after.task !== null && after.attempt === 1)
        registry.observe("kojibridge_delivery_to_task_seconds", { hub }, sinceDelivery(after));
      if (!isFinal(before.phase) && isFinal(after.phase))
        registry.add("kojibridge_builds_finished_total", { hub, target, state: after.phase });
    },
    told(record, status, outcome) {
      const { forge, said, done } = record;
      registry.add("kojibridge_statuses_total", { forge, outcome });
      if (record.kind !== "build") return;
      const { build } = record;
      if (build.attempt > 1 || (outcome !== "set" && outcome !== "unchanged")) return;
      if (done === 0) registry.observe("kojibridge_delivery_to_first_status_seconds", { forge }, sinceDelivery(build));
      if (isFinal(build.phase) && said?.state !== status.state)
        registry.observe("kojibridge_delivery_to_final_status_seconds", { forge }, sinceDelivery(build));
    },
    async render({ store, hubs, budgets }) {
      for (const name of ASKED) registry.clear(name);
      const census = await store.census(now()).catch(() => null);
      registry.set("kojibridge_database_up", {}, census === null ? 0 : 1);
      if (census !== null) count(registry, census, now());
      for (const [hub, down] of hubs) registry.set("kojibridge_hub_breaker_open", { hub }, down ? 1 : 0);
      for (const [forge, budget] of budgets)
        if (budget !== null) registry.set("kojibridge_forge_rate_limit_remaining", { forge }, budget.remaining);
      const { user, system } = process.cpuUsage();
      registry.set("process_cpu_seconds_total", {}, (user + system) / 1e6);
      registry.set("process_resident_memory_bytes", {}, process.memoryUsage.rss());
      return registry.text();
    },
  };
}

function outcomeOf({ duplicate, waiting, builds }: Acceptance): string {
  if (duplicate) return "duplicate";
  if (waiting !== null) return "waiting";
  return builds.length > 0 ? "built" : "ignored";
}

/** What is not counted here is only true now. */
const ASKED = [
  "kojibridge_builds",
  "kojibridge_queue_depth",
  "kojibridge_oldest_unreported_status_seconds",
  "kojibridge_hub_breaker_open",
  "kojibridge_forge_rate_limit_remaining",
] as const;

function count(registry: Registry, { builds, due, oldestOwed }: Census, now: number): void {
  for (const { hub, target, phase, count } of builds)
    registry.add("kojibridge_builds", { hub, target, state: phase }, count);
  for (const { kind, count } of due) registry.set("kojibridge_queue_depth", { kind }, count);
  const age = oldestOwed === null ? 0 : Math.max(0, (now - oldestOwed) / 1000);
  registry.set("kojibridge_oldest_unreported_status_seconds", {}, age);
}
