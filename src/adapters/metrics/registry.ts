import { type Definition, type Labels, METRICS, type MetricName } from "./definitions.ts";

export interface Registry {
  add(name: MetricName, labels: Labels, amount?: number): void;
  observe(name: MetricName, labels: Labels, value: number): void;
  set(name: MetricName, labels: Labels, value: number): void;
  /** What was set under that name before is gone. */
  clear(name: MetricName): void;
  /** Prometheus text format, version 0.0.4. */
  text(): string;
}

interface Series {
  readonly labels: Labels;
  value: number;
  /** Of a histogram: how many in each bucket, not summed up. */
  readonly counts: number[];
  observations: number;
}

/** Targets may come out of branch names, which strangers choose: beyond this many, the rest is one series. */
const MOST_SERIES = 1_000;

export function createRegistry(): Registry {
  const all = new Map<MetricName, Map<string, Series>>();

  function series(name: MetricName, labels: Labels): Series {
    const known = all.get(name) ?? new Map<string, Series>();
    all.set(name, known);
    const names: readonly string[] = METRICS[name].labels;
    const key = names.map((label) => labels[label] ?? "").join("\0");
    const found = known.get(key);
    if (found !== undefined) return found;
    const isOther = names.every((label) => labels[label] === "other");
    if (known.size >= MOST_SERIES && !isOther)
      return series(name, Object.fromEntries(names.map((label) => [label, "other"])));
    const fresh = { labels, value: 0, counts: [], observations: 0 };
    known.set(key, fresh);
    return fresh;
  }

  return {
    add(name, labels, amount = 1) {
      series(name, labels).value += amount;
    },
    observe(name, labels, value) {
      const one = series(name, labels);
      const bucket = bucketsOf(METRICS[name]).findIndex((bound) => value <= bound);
      if (bucket >= 0) one.counts[bucket] = (one.counts[bucket] ?? 0) + 1;
      one.value += value;
      one.observations += 1;
    },
    set(name, labels, value) {
      series(name, labels).value = value;
    },
    clear: (name) => void all.delete(name),
    text: () => [...all].map(([name, each]) => format(name, METRICS[name], [...each.values()])).join(""),
  };
}

function bucketsOf(definition: Definition): readonly number[] {
  return definition.buckets ?? [];
}

function format(name: string, definition: Definition, all: readonly Series[]): string {
  const lines = all.flatMap((one) =>
    definition.type === "histogram"
      ? formatHistogram(name, one, bucketsOf(definition))
      : [`${name}${formatLabels(one.labels)} ${one.value}`],
  );
  return [`# HELP ${name} ${definition.help}`, `# TYPE ${name} ${definition.type}`, ...lines, ""].join("\n");
}

function formatHistogram(name: string, { labels, value, counts, observations }: Series, bounds: readonly number[]) {
  let sum = 0;
  const buckets = bounds.map((bound, i) => {
    sum += counts[i] ?? 0;
    return `${name}_bucket${formatLabels({ ...labels, le: String(bound) })} ${sum}`;
  });
  return [
    ...buckets,
    `${name}_bucket${formatLabels({ ...labels, le: "+Inf" })} ${observations}`,
    `${name}_sum${formatLabels(labels)} ${value}`,
    `${name}_count${formatLabels(labels)} ${observations}`,
  ];
}

const ESCAPES: Readonly<Record<string, string>> = { "\\": "\\\\", '"': '\\"', "\n": "\\n" };

function formatLabels(labels: Labels): string {
  const pairs = Object.entries(labels).map(
    ([name, value]) => `${name}="${value.replaceAll(/[\\"\n]/g, (each) => ESCAPES[each] ?? each)}"`,
  );
  return pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
}
