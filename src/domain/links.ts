import type { TaskId } from "./koji.ts";

/** Where people look at a hub, and how they reach it from a shell. */
export interface HubLinks {
  /** Koji's web pages. */
  readonly webUrl: string | null;
  /** Where its files are served. */
  readonly topUrl: string | null;
  /** `koji`, with the options that choose this hub. */
  readonly command: string;
}

export const NO_LINKS: HubLinks = { webUrl: null, topUrl: null, command: "koji" };

/** A whole log, as text; koji-web serves what nobody serves as a file (koji-facts, section 11). */
export function logUrl(task: TaskId, name: string, { webUrl, topUrl }: HubLinks): string | null {
  const file = encodeURIComponent(name);
  if (topUrl !== null) return `${toBase(topUrl)}/work/tasks/${task % 10_000}/${task}/${file}`;
  return webUrl === null ? null : `${toBase(webUrl)}/getfile?taskID=${task}&volume=DEFAULT&name=${file}`;
}

export function buildUrl(buildId: number, { webUrl }: HubLinks): string | null {
  return webUrl === null ? null : `${toBase(webUrl)}/buildinfo?buildID=${buildId}`;
}

function toBase(url: string): string {
  return url.replace(/\/+$/, "");
}
