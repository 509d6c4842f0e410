import { createHash } from "node:crypto";
import type { Build, BuildRequest } from "../domain/build.ts";
import type { ForgeEvent } from "../domain/event.ts";
import { identity, isOver, type Plan } from "../domain/rules.ts";
import { FRESH } from "../domain/transitions.ts";
import type { MergeRequestPlace, StatusPlace } from "../ports/forge.ts";
import type { Order, SummaryOrder } from "../ports/store.ts";

/** Deterministic: the same build asked for again, by whatever delivery, is the same record. */
export function buildId(request: BuildRequest, event: ForgeEvent): string {
  return createHash("sha256").update(identity(request, event)).digest("hex").slice(0, 20);
}

/** A build of that event as a new record, and where its words are owed. */
export function toOrder(
  event: ForgeEvent,
  request: BuildRequest,
  delivery: string,
  now: number,
  trusted = false,
): Order {
  return {
    build: toBuild(event, request, delivery, now, trusted),
    place: toPlace(event),
    context: request.context,
    mr: toMr(event),
  };
}

/** Mistakes are told even where no summary is wanted: somebody has to learn of them. */
const USUAL_SUMMARY = "koji";

/** The word on the commit as a whole, if there is one. `summary`: its context, null where none is wanted. */
export function toSummaryOrder(
  event: ForgeEvent,
  { builds, notice }: Pick<Plan, "builds" | "notice">,
  summary: string | null,
  at: number,
): SummaryOrder | null {
  if (event.kind === "merge_request" && isOver(event)) return null;
  if (summary === null && notice?.state !== "failure") return null;
  return {
    forge: event.forge,
    place: toPlace(event),
    context: summary ?? USUAL_SUMMARY,
    isNew: builds.length > 0 || notice !== undefined,
    notice: notice ?? null,
    cause: toCause(event),
    at,
  };
}

function toCause(event: ForgeEvent): string {
  switch (event.kind) {
    case "push":
      return `branch ${event.branch}`;
    case "tag":
      return `tag ${event.tag}`;
    case "merge_request":
      return `merge request ${event.mr}`;
  }
}

function toBuild(event: ForgeEvent, request: BuildRequest, delivery: string, now: number, trusted: boolean): Build {
  const hold = request.approval && !trusted ? ({ reason: "approval" } as const) : null;
  return {
    ...FRESH,
    id: buildId(request, event),
    revision: 1,
    delivery,
    forge: event.forge,
    repo: event.repo.path,
    sha: event.sha,
    request,
    attempt: 1,
    hold,
    parked: null,
    tries: 0,
    wakeAt: hold === null ? now : null,
    createdAt: now,
    updatedAt: now,
  };
}

function toPlace(event: ForgeEvent): StatusPlace {
  const place = { repo: event.repo.path, sha: event.sha, fork: null };
  switch (event.kind) {
    case "push":
      return { ...place, ref: event.branch };
    case "tag":
      return { ...place, ref: event.tag };
    case "merge_request":
      return { ...place, ref: event.sourceBranch, fork: event.fork ? event.source.path : null };
  }
}

function toMr(event: ForgeEvent): MergeRequestPlace | null {
  return event.kind === "merge_request" ? { repo: event.repo.path, mr: event.mr } : null;
}
