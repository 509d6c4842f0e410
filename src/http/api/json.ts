import type { Build } from "../../domain/build.ts";
import { describe, taskUrl } from "../../domain/report.ts";
import type { DeliveryLine, Entry } from "../../ports/gallery.ts";
import type { Delivery } from "../../ports/store.ts";

/** A build as the API tells it: what was asked for and what became of it, side by side; the rest is cut off (cut.ts). */
export function buildJson({ build, origin }: Entry, webUrl: string | null) {
  const { request, task, ...facts } = build;
  return { ...request, ...facts, origin, description: describe(build), task: task && withUrl(task, webUrl) };
}

function withUrl(task: NonNullable<Build["task"]>, webUrl: string | null) {
  return { ...task, url: taskUrl(task.id, webUrl) };
}

export function deliveryLineJson({ id, ...facts }: DeliveryLine) {
  return { delivery: id, ...facts };
}

/** @param whole with headers and payload, for those who may see them */
export function deliveryJson({ payload, headers, id, ...facts }: Delivery, whole: boolean) {
  const shown = { delivery: id, ...facts, bytes: payload.length };
  return whole ? { ...shown, headers, payload: parsed(payload.toString("utf8")) } : shown;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
