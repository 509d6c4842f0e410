import type { Build, Phase } from "../../domain/build.ts";
import { formatDuration } from "../../domain/duration.ts";
import type { TaskState } from "../../domain/koji.ts";
import type { DeliveryLine, Origin } from "../../ports/gallery.ts";
import { type Html, html } from "./html.ts";

/** What a state looks like; the colours are the style sheet's. */
type Look = "good" | "bad" | "busy" | "waiting" | "over" | "odd";

const PHASES: Readonly<Record<Phase, readonly [Look, string]>> = {
  queued: ["waiting", "queued"],
  preparing: ["waiting", "preparing"],
  submitting: ["waiting", "submitting"],
  running: ["busy", "building"],
  succeeded: ["good", "built"],
  failed: ["bad", "failed"],
  canceled: ["over", "canceled"],
  superseded: ["over", "superseded"],
  expired: ["odd", "expired"],
};

const TASKS: Readonly<Record<TaskState, readonly [Look, string]>> = {
  FREE: ["waiting", "waiting"],
  ASSIGNED: ["waiting", "waiting"],
  OPEN: ["busy", "building"],
  CLOSED: ["good", "ok"],
  CANCELED: ["over", "canceled"],
  FAILED: ["bad", "failed"],
};

const SHAPES: Readonly<Record<Look, Html>> = {
  good: html`<path d="M4.5 8.3 7 10.8l4.5-5.2"/>`,
  bad: html`<path d="m5.3 5.3 5.4 5.4m0-5.4-5.4 5.4"/>`,
  busy: html`<path d="M8 3.2A4.8 4.8 0 0 1 12.8 8"/>`,
  waiting: html`<path d="M8 4.8V8l2.2 1.6"/>`,
  over: html`<path d="M5 8h6"/>`,
  odd: html`<path d="M8 4.6v4M8 11v.2"/>`,
};

function pill([look, word]: readonly [Look, string]): Html {
  return html`<span class="pill ${look}"><svg viewBox="0 0 16 16" aria-hidden="true">${SHAPES[look]}</svg>${word}</span>`;
}

/** A build that is about to end because nobody wants it says so before it has. */
export function phasePill({ phase, ending, parked }: Build): Html {
  if (phase === "running" && ending !== null) return pill(["over", "canceling"]);
  return parked === null ? pill(PHASES[phase]) : pill(["odd", "waiting"]);
}

export function taskPill(state: TaskState): Html {
  return pill(TASKS[state]);
}

export function verdictPill(good: boolean, word: string): Html {
  return pill([good ? "good" : "bad", word]);
}

export function quietPill(word: string): Html {
  return pill(["over", word]);
}

/** What became of a delivery. */
export function outcomePill({ waiting, ignored, builds }: Pick<DeliveryLine, "waiting" | "ignored" | "builds">): Html {
  if (waiting !== null) return pill(["waiting", "asking"]);
  if (ignored !== null) return pill(["over", "ignored"]);
  return pill(["good", builds.length === 0 ? "taken" : builds.length === 1 ? "1 build" : `${builds.length} builds`]);
}

/** `3m ago`; the script keeps it true, the title has the whole date. */
export function age(at: number, now: number): Html {
  const iso = new Date(at).toISOString();
  return html`<time datetime="${iso}" title="${iso.replace("T", " ").slice(0, 19)} UTC" data-age>${ago(now - at)}</time>`;
}

function ago(ms: number): string {
  const day = 24 * 60 * 60_000;
  return ms >= 2 * day ? `${Math.floor(ms / day)}d ago` : `${formatDuration(ms)} ago`;
}

/** How long it took, or takes so far. */
export function duration(from: number | null, to: number | null, now: number): string {
  return from === null ? "" : formatDuration((to ?? now) - from);
}

export function shortSha(sha: string): string {
  return sha.slice(0, 10);
}

/** `!7 Fix it`, `tag v1.0`, `main`. */
export function originText(origin: Origin | null): string {
  if (origin === null) return "";
  if (origin.mr !== null) return `!${origin.mr} ${origin.title ?? ""}`.trim();
  return origin.kind === "tag" ? `tag ${origin.ref}` : origin.ref;
}
