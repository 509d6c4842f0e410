import type { ForgeEvent } from "./event.ts";

export type EventKind = ForgeEvent["kind"];

export const PLACEHOLDERS = ["branch", "tag", "sha", "short_sha", "repo", "repo_name", "owner", "mr"] as const;

/** Whether the name is ours: `{target}` and `{package}` have values in some places only, but never another meaning. */
export function isBuiltIn(name: string): boolean {
  return [...PLACEHOLDERS, "target", "package"].includes(name);
}

/** Those that only some events can fill; all others always have a value. */
const FILLED_BY: Partial<Record<string, readonly EventKind[]>> = {
  branch: ["push", "merge_request"],
  tag: ["tag"],
  mr: ["merge_request"],
};

export type Values = Partial<Readonly<Record<string, string>>>;
export type Filled = { readonly text: string } | { readonly refused: string };

/** The names between braces, in order; null if a brace has no partner. */
export function templateNames(template: string): string[] | null {
  if (/[{}]/.test(template.replaceAll(/\{[^{}]*\}/g, ""))) return null;
  return [...template.matchAll(/\{([^{}]*)\}/g)].map((match) => match[1] ?? "");
}

/** The first of these events that leaves the placeholder without a value, or null. */
export function unfilledBy(name: string, on: readonly EventKind[]): EventKind | null {
  const kinds = FILLED_BY[name];
  return (kinds && on.find((kind) => !kinds.includes(kind))) ?? null;
}

/** `{repo}` is where the event happened: for a fork's merge request the repo it wants to go to. */
export function placeholderValues(event: ForgeEvent): Values {
  const { path } = event.repo;
  const slash = path.lastIndexOf("/");
  return {
    sha: event.sha,
    short_sha: event.sha.slice(0, 7),
    repo: path,
    repo_name: path.slice(slash + 1),
    owner: path.slice(0, Math.max(slash, 0)),
    ...(event.kind === "tag" ? { tag: event.tag } : { branch: event.branch }),
    ...(event.kind === "merge_request" ? { mr: String(event.mr) } : {}),
  };
}

/** One pass: what a value contains is never read as a placeholder. */
export function fill(template: string, values: Values, encode: (value: string) => string = String): Filled {
  let refused: string | null = null;
  const text = template.replaceAll(/\{([^{}]*)\}/g, (whole, name: string) => {
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    if (value === undefined) refused ??= `${whole} has no value here`;
    return value === undefined ? "" : encode(value);
  });
  return refused === null ? { text } : { refused };
}

/** Koji's own default for internal names (RegexNameInternal, MaxNameLengthInternal of hub.conf). */
const TARGET_NAME = /^[A-Za-z0-9/_.+-]{1,256}$/;

export function fillTarget(template: string, values: Values): Filled {
  const filled = fill(template, values);
  if ("refused" in filled || TARGET_NAME.test(filled.text)) return filled;
  return { refused: `${quote(filled.text)} cannot be the name of a Koji target` };
}

/** GitLab takes 255 characters of status name. */
const MAX_CONTEXT = 255;

export function fillContext(template: string, values: Values): Filled {
  const filled = fill(template, values);
  if ("refused" in filled) return filled;
  if (filled.text.trim() === "") return { refused: "the status context is empty" };
  if (filled.text.length <= MAX_CONTEXT && !/\p{C}/u.test(filled.text)) return filled;
  return { refused: `${quote(filled.text)} cannot be a status context` };
}

/** Values are percent-encoded, so that a branch name can neither end the path nor climb out of it. */
export function fillSource(template: string, values: Values): Filled {
  const filled = fill(template, values, encodeForUrl);
  if ("refused" in filled || !/[/?#]\.{1,2}(?=[/?#]|$)/.test(filled.text)) return filled;
  return { refused: `${quote(filled.text)} cannot be a source: it has a \`.\` or \`..\` step` };
}

/**
 * What Koji takes for a clone URL: `https://host/path.git` becomes `git+https://host/path.git#sha`. A user or password
 * in the URL is dropped, since Koji refuses it and everybody can read a task's request. With a folder it is the spec's,
 * behind a `?` (koji-facts, section 9). Null if it is no http(s) URL.
 */
export function defaultSource(cloneUrl: string, sha: string, folder: string | null = null): string | null {
  const parts = /^(https?):\/\/(?:[^/?#]*@)?([^/?#@\s]+\/[^?#;\s]+)$/.exec(cloneUrl);
  return parts && `git+${parts[1]}://${parts[2]}${folder === null ? "" : `?${folder}`}#${sha}`;
}

/** A name from outside inside a sentence of ours: one line, of bearable length. */
export function quote(text: string): string {
  const line = text.slice(0, 200).replaceAll(/\p{C}/gu, "�");
  return `\`${line.length > 80 ? `${line.slice(0, 79)}…` : line}\``;
}

function encodeForUrl(value: string): string {
  return encodeURIComponent(value.toWellFormed()).replaceAll(/%(?:2F|2B|40|3A|2C|3D)/g, decodeURIComponent);
}
