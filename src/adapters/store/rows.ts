import type { Insertable, Selectable } from "kysely";
import type { Build, BuildRequest, Ending, Intent, Parked, Phase, TaskView } from "../../domain/build.ts";
import type { Origin } from "../../ports/gallery.ts";
import type { Delivery } from "../../ports/store.ts";
import { KEPT, unpack } from "./payload.ts";
import type { BuildTable, DeliveryTable } from "./schema.ts";

/** Rows were written by us: what JSON.parse returns here is what JSON.stringify was given. */
export function fromJson<T>(text: string): T {
  return JSON.parse(text);
}

export function orNull<T>(text: string | null): T | null {
  return text === null ? null : fromJson<T>(text);
}

export function toJson(value: unknown): string {
  return JSON.stringify(value);
}

export function toJsonOrNull(value: unknown): string | null {
  return value === null ? null : JSON.stringify(value);
}

/** What only people and the next step read: no query looks into it. */
type Details = Pick<Build, "hold" | "carrier" | "failures" | "retries" | "made">;

function toDetails({ hold, carrier, failures, retries, made }: Build): Details {
  return { hold, carrier, failures, retries, made };
}

export function toBuild(row: Selectable<BuildTable>): Build {
  return {
    id: row.id,
    revision: row.revision,
    delivery: row.delivery,
    phase: row.phase as Phase,
    forge: row.forge,
    repo: row.repo,
    sha: row.sha,
    request: fromJson<BuildRequest>(row.request),
    intent: orNull<Intent>(row.intent),
    attempt: row.attempt,
    ending: orNull<Ending>(row.ending),
    ...fromJson<Details>(row.details),
    task: orNull<TaskView>(row.task),
    reason: row.reason,
    parked: orNull<Parked>(row.parked),
    tries: row.tries,
    wakeAt: row.wake_at,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    finishedAt: row.finished_at,
  };
}

/** The columns that change while a build lives. */
export function toBuildChange(build: Build) {
  return {
    phase: build.phase,
    request: toJson(build.request),
    intent: toJsonOrNull(build.intent),
    attempt: build.attempt,
    ending: toJsonOrNull(build.ending),
    details: toJson(toDetails(build)),
    task: toJsonOrNull(build.task),
    task_id: build.task?.id ?? null,
    task_state: build.task?.state ?? null,
    nvr: build.made?.nvr ?? null,
    reason: build.reason,
    parked: toJsonOrNull(build.parked),
    tries: build.tries,
    wake_at: build.wakeAt,
    updated_at: build.updatedAt,
    finished_at: build.finishedAt,
  };
}

export function toBuildRow(build: Build): Insertable<BuildTable> {
  const { id, revision, delivery, forge, repo, sha } = build;
  return {
    id,
    revision,
    delivery,
    forge,
    repo,
    sha,
    hub: build.request.hub,
    target: build.request.target,
    author: null,
    origin: null,

    created_at: build.createdAt,
    pinned: 0,
    ...toBuildChange(build),
  };
}

/** What the lists say of where a build came from. */
export function toOrigin({ summary }: Delivery): Pick<Insertable<BuildTable>, "author" | "origin"> {
  if (summary === null) return { author: null, origin: null };
  if (summary.kind === "comment" || summary.kind === "button") return { author: summary.author, origin: null };
  const { kind, author } = summary;
  const isMr = summary.kind === "merge_request";
  const origin: Origin = {
    kind,
    author,
    ref: summary.kind === "tag" ? summary.tag : summary.branch,
    mr: isMr ? summary.mr : null,
    title: isMr ? summary.title : null,
    webUrl: isMr ? summary.webUrl : summary.repo.webUrl,
  };
  return { author, origin: toJson(origin) };
}

export function toDelivery(row: Selectable<DeliveryTable>): Delivery {
  return {
    id: row.id,
    forge: row.forge,
    receivedAt: row.received_at,
    event: row.event,
    headers: fromJson(row.headers),
    payload: unpack(row.payload),
    summary: orNull(row.summary),
    waiting: row.waiting,
    ignored: row.ignored,
    builds: fromJson(row.builds),
    trace: fromJson(row.trace),
  };
}

export function toDeliveryRow(delivery: Delivery): Insertable<DeliveryTable> {
  return {
    forge: delivery.forge,
    id: delivery.id,
    received_at: delivery.receivedAt,
    event: delivery.event,
    repo: delivery.summary?.repo.path ?? null,
    author: delivery.summary?.author ?? null,
    headers: toJson(delivery.headers),
    payload: delivery.payload,
    kept: KEPT.whole,
    summary: toJsonOrNull(delivery.summary),
    waiting: delivery.waiting,
    wake_at: delivery.waiting === null ? null : delivery.receivedAt,
    tries: 0,
    ignored: delivery.ignored,
    builds: toJson(delivery.builds),
    trace: toJson(delivery.trace),
  };
}
