import { formatDuration } from "../../domain/duration.ts";
import type { Task } from "../../domain/koji.ts";
import { type Html, html } from "./html.ts";

/** Drawings without a script or an inline style: the policy allows neither. Numbers are in units of the view box. */

const BARS = { FREE: "wait", ASSIGNED: "wait", OPEN: "busy", CLOSED: "good", CANCELED: "over", FAILED: "bad" } as const;
const WIDTH = 1000;

/** When a task waited and when it ran, between two moments. */
export function taskBar({ createdAt, startedAt, finishedAt, state }: Task, from: number, to: number): Html {
  const at = (time: number) =>
    Math.round(((Math.min(Math.max(time, from), to) - from) / Math.max(1, to - from)) * WIDTH);
  const begun = startedAt ?? finishedAt ?? to;
  const bars = [
    bar("wait", at(createdAt ?? begun), at(begun)),
    ...(startedAt === null ? [] : [bar(BARS[state], at(startedAt), at(finishedAt ?? to))]),
  ];
  return html`<svg class="bar" viewBox="0 0 ${WIDTH} 10" preserveAspectRatio="none" aria-hidden="true">${bars}</svg>`;
}

function bar(kind: string, from: number, to: number): Html {
  return html`<rect class="bar-${kind}" x="${from}" width="${Math.max(3, to - from)}" height="10"/>`;
}

export interface Sample {
  /** Epoch milliseconds. */
  readonly at: number;
  /** Milliseconds it waited for a builder, and was built. */
  readonly wait: number;
  readonly build: number;
}

export function median(values: readonly number[]): number | null {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const [low, high] = [sorted[Math.ceil(sorted.length / 2) - 1], sorted[middle]];
  return low === undefined || high === undefined ? null : (low + high) / 2;
}

const DAY = 24 * 60 * 60_000;
const DAYS = 14;

/** Median waiting and build time of each of the last fourteen days, as stacked columns. */
export function dayChart(samples: readonly Sample[], now: number): Html {
  const days = Array.from({ length: DAYS }, (_, i) => {
    const begin = (Math.floor(now / DAY) - (DAYS - 1 - i)) * DAY;
    const own = samples.filter(({ at }) => at >= begin && at < begin + DAY);
    const day = new Date(begin).toISOString().slice(5, 10);
    return {
      day,
      count: own.length,
      wait: median(own.map((s) => s.wait)) ?? 0,
      build: median(own.map((s) => s.build)) ?? 0,
    };
  });
  const most = Math.max(1, ...days.map(({ wait, build }) => wait + build));
  const height = (ms: number) => Math.round((ms / most) * 90);
  const columns = days.map(({ day, count, wait, build }, i) => {
    const [w, b] = [height(wait), height(build)];
    const x = i * 20 + 3;
    const words = `${day}: ${count} ${count === 1 ? "build" : "builds"}, waited ${formatDuration(wait)}, built ${formatDuration(build)}`;
    return html`<g><title>${words}</title><rect class="build" x="${x}" y="${100 - b}" width="14" height="${b}" rx="1.5"/><rect class="wait" x="${x}" y="${100 - b - w}" width="14" height="${w}" rx="1.5"/></g>`;
  });
  const label = `Median of each of the last ${DAYS} days, at most ${formatDuration(most)}`;
  return html`<svg class="chart" viewBox="0 0 ${DAYS * 20} 102" preserveAspectRatio="none" role="img" aria-label="${label}"><line class="axis" x1="0" x2="${DAYS * 20}" y1="101" y2="101"/>${columns}</svg>
<div class="legend"><span><svg viewBox="0 0 10 10" aria-hidden="true"><rect class="build" width="10" height="10" rx="2"/></svg>built</span><span><svg viewBox="0 0 10 10" aria-hidden="true"><rect class="wait" width="10" height="10" rx="2"/></svg>waited</span><span>${days[0]?.day} to today</span></div>`;
}
