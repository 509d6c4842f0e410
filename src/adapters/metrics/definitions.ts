export interface Definition {
  readonly type: "counter" | "gauge" | "histogram";
  readonly help: string;
  readonly labels: readonly string[];
  /** Upper bounds of a histogram, ascending. */
  readonly buckets?: readonly number[];
}

const ACK = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const CALL = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];
const SOON = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1_800];
const LONG = [10, 30, 60, 120, 300, 600, 1_200, 1_800, 3_600, 7_200, 14_400, 43_200];

/** Every metric there is. Names and labels are a promise: dashboards and alerts stand on them. */
export const METRICS = {
  kojibridge_build_info: { type: "gauge", help: "Always 1.", labels: ["version"] },
  kojibridge_deliveries_total: {
    type: "counter",
    help: "Webhook calls: built, waiting (the forge is asked first), ignored, duplicate, refused (4xx), limited (429), failed (5xx).",
    labels: ["forge", "outcome"],
  },
  kojibridge_delivery_ack_seconds: {
    type: "histogram",
    help: "From the headers of a delivery to its acknowledgement.",
    labels: ["forge"],
    buckets: ACK,
  },
  kojibridge_builds: { type: "gauge", help: "Builds that have not ended.", labels: ["hub", "target", "state"] },
  kojibridge_builds_finished_total: {
    type: "counter",
    help: "Builds that ended.",
    labels: ["hub", "target", "state"],
  },
  kojibridge_delivery_to_first_status_seconds: {
    type: "histogram",
    help: "From the delivery that asked for a build to its first status.",
    labels: ["forge"],
    buckets: SOON,
  },
  kojibridge_delivery_to_task_seconds: {
    type: "histogram",
    help: "From the delivery that asked for a build to its Koji task.",
    labels: ["hub"],
    buckets: SOON,
  },
  kojibridge_delivery_to_final_status_seconds: {
    type: "histogram",
    help: "From the delivery that asked for a build to the status of how it ended.",
    labels: ["forge"],
    buckets: LONG,
  },
  kojibridge_statuses_total: {
    type: "counter",
    help: "Attempts to set a commit status: set, unchanged, forbidden, failed.",
    labels: ["forge", "outcome"],
  },
  kojibridge_hub_calls_total: {
    type: "counter",
    help: "Calls of hub methods: ok, unavailable (not sent, the hub is known to be down), or the kind of the error.",
    labels: ["hub", "method", "outcome"],
  },
  kojibridge_hub_call_seconds: {
    type: "histogram",
    help: "How long the hub took to answer.",
    labels: ["hub"],
    buckets: CALL,
  },
  kojibridge_hub_breaker_open: {
    type: "gauge",
    help: "1 while the hub counts as down and calls fail at once.",
    labels: ["hub"],
  },
  kojibridge_forge_rate_limit_remaining: {
    type: "gauge",
    help: "Requests the forge still allows, as it last said.",
    labels: ["forge"],
  },
  kojibridge_queue_depth: {
    type: "gauge",
    help: "Records whose time has come and that nobody has dealt with.",
    labels: ["kind"],
  },
  kojibridge_oldest_unreported_status_seconds: {
    type: "gauge",
    help: "Age of the oldest news that a forge has not been told; 0 when all is told.",
    labels: [],
  },
  kojibridge_database_up: { type: "gauge", help: "1 when the database answered this scrape.", labels: [] },
  process_resident_memory_bytes: { type: "gauge", help: "Resident memory.", labels: [] },
  process_cpu_seconds_total: { type: "counter", help: "CPU time, user and system.", labels: [] },
  process_start_time_seconds: { type: "gauge", help: "When the process started, Unix time.", labels: [] },
} as const satisfies Readonly<Record<string, Definition>>;

export type MetricName = keyof typeof METRICS;
export type Labels = Readonly<Record<string, string>>;
