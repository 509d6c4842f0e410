import { type Build, isFinal } from "../../domain/build.ts";
import { formatDuration } from "../../domain/duration.ts";
import { archOf } from "../../domain/report.ts";
import type { Word } from "../../ports/gallery.ts";
import type { Delivery } from "../../ports/store.ts";
import { type Html, html } from "./html.ts";

interface Step {
  readonly at: number;
  readonly text: string;
  readonly look?: "good" | "bad" | "busy";
}

/**
 * From the delivery to the last word about it, with the time between. In the order things happen, not of their times: the
 * hub's are by the hub's clock.
 */
export function timeline(build: Build, delivery: Delivery | null, words: readonly Word[]): Html {
  const inOrder = (steps: readonly Step[]) => steps.toSorted((a, b) => a.at - b.at);
  const steps = [...before(build, delivery), ...inOrder(onHub(build)), ...inOrder(after(build, words))];
  const rows = steps.map(({ at, text, look = "" }, i) => {
    const between = i === 0 ? "" : `+${formatDuration(at - (steps[i - 1]?.at ?? at))}`;
    const iso = new Date(at).toISOString();
    return html`<li class="${look}"><span class="between quiet">${between}</span><span>${text}</span><div class="quiet small"><time datetime="${iso}">${iso.slice(0, 10)} ${iso.slice(11, 19)} UTC</time></div></li>`;
  });
  return html`<ol class="timeline">${rows}</ol>`;
}

function before(build: Build, delivery: Delivery | null): Step[] {
  const received = delivery === null ? [] : [{ at: delivery.receivedAt, text: `delivery received: ${delivery.event}` }];
  const text = delivery === null || build.createdAt > delivery.receivedAt ? "build accepted" : null;
  return [...received, ...(text === null ? [] : [{ at: build.createdAt, text }])];
}

function onHub({ task }: Build): Step[] {
  if (task === null) return [];
  const created = task.children.flatMap(({ createdAt }) => createdAt ?? []);
  const begun = task.startedAt === null ? [] : [{ at: task.startedAt, text: `task ${task.id} taken up by a builder` }];
  const arches = task.children.filter(({ method }) => method === "buildArch");
  const first = Math.min(...arches.flatMap(({ createdAt }) => createdAt ?? []), Number.POSITIVE_INFINITY);
  const srpm = created.length > 0 && Number.isFinite(first) ? [{ at: first, text: "SRPM made, arches begun" }] : [];
  const ends = arches.flatMap(({ finishedAt, state, ...arch }): Step[] => {
    if (finishedAt === null) return [];
    return [
      {
        at: finishedAt,
        text: `${archOf({ ...arch, finishedAt, state })} ${state === "CLOSED" ? "built" : state.toLowerCase()}`,
      },
    ];
  });
  return [...begun, ...srpm, ...ends];
}

function after(build: Build, words: readonly Word[]): Step[] {
  const end: Step[] =
    build.finishedAt === null
      ? []
      : [{ at: build.finishedAt, text: build.phase, look: build.phase === "succeeded" ? "good" : "bad" }];
  const said = words.flatMap(({ saidAt, kind, context, mr, owed }): Step[] => {
    if (saidAt === null || owed || !isFinal(build.phase)) return [];
    return [{ at: saidAt, text: kind === "status" ? `status ${context} reported` : `comment on !${mr} written` }];
  });
  return [...end, ...said];
}
