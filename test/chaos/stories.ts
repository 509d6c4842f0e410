import { changed, FORGES, type ForgeName, type Story, story } from "../support/stories.ts";
import type { Random } from "./random.ts";

const ALL = (path: string) => `[${FORGES.map((forge) => `"${forge}:rpms/${path}"`).join(", ")}]`;

/** Merge requests of `x…` carry macros, and so need side tags. */
export const RULES = `
rules:
  - { name: push, repos: ${ALL("*")}, on: push, build: { hub: koji, target: f42-candidate } }
  - { name: tag, repos: ${ALL("*")}, on: tag, build: { hub: koji, target: f42-candidate, scratch: false } }
  - { name: mr, repos: ${ALL("m*")}, on: merge_request, build: { hub: koji, target: [f42-candidate, c9s-candidate] } }
  - { name: macros, repos: ${ALL("x*")}, on: merge_request, build: { hub: koji, target: f42-candidate, macros: { dist: .ci } } }
`;
const [F42, C9S, REAL] = ["koji/f42-candidate/scratch", "koji/c9s-candidate/scratch", "koji/f42-candidate"] as const;

/** Something that happens on a forge, and the statuses its commit is to get. */
export interface Happening extends Story {
  readonly what: "push" | "tag" | "opened" | "updated" | "closed";
  readonly contexts: readonly string[];
  readonly fails: boolean;
}

/** A push, a tag, or the life of a merge request: in the order in which it happens, which is not that of arrival. */
export function happen(random: Random, n: number): Happening[] {
  const forge = random.pick<ForgeName>(["github", "work", "forgejo"]);
  const kind = random.next();
  if (kind < 0.3) return [push(forge, random, n)];
  // Packages of their own: one NVR can be built once.
  if (kind < 0.4) return [{ ...story(forge, "tag", at(`t${n}`, n)), what: "tag", contexts: [REAL], fails: false }];
  return mergeRequest(forge, random, n);
}

function push(forge: ForgeName, random: Random, n: number): Happening {
  const fails = random.isLikely(0.15);
  const repo = fails ? "fail-aarch64" : `p${Math.floor(random.between(0, 8))}`;
  return { ...story(forge, "push", at(repo, n)), what: "push", contexts: [F42], fails };
}

function mergeRequest(forge: ForgeName, random: Random, n: number): Happening[] {
  const carries = random.isLikely(0.5);
  const repo = `${carries ? "x" : "m"}${Math.floor(random.between(0, 8))}`;
  const contexts = carries ? [F42] : [F42, C9S];
  const moment = (what: Happening["what"], seed: string): Happening => {
    const told = changed(story(forge, "merge-request", at(repo, seed)), (payload) => tell(forge, payload, n, what));
    return { ...told, mr: n, what, contexts: what === "closed" ? [] : contexts, fails: false };
  };
  const opened = moment("opened", `${n}`);
  const updated = random.isLikely(0.6) ? [moment("updated", `${n}b`)] : [];
  const last = updated.length > 0 ? `${n}b` : `${n}`;
  // A side tag lives as long as its merge request.
  const closed = carries || random.isLikely(0.4) ? [moment("closed", last)] : [];
  return [opened, ...updated, ...closed];
}

const at = (repo: string, seed: number | string) => ({ repo: `rpms/${repo}`, seed: `chaos ${seed}` });

const ACTIONS = {
  github: { opened: "opened", updated: "synchronize", closed: "closed" },
  work: { opened: "open", updated: "update", closed: "close" },
  forgejo: { opened: "opened", updated: "synchronized", closed: "closed" },
} as const;

// biome-ignore lint/suspicious/noExplicitAny: foreign JSON of three forges
function tell(forge: ForgeName, payload: any, number: number, what: Happening["what"]): void {
  if (what === "push" || what === "tag") return;
  const action = ACTIONS[forge][what];
  if (forge !== "work") {
    payload.action = action;
    payload.number = payload.pull_request.number = number;
    if (what === "closed") payload.pull_request.state = "closed";
    return;
  }
  Object.assign(payload.object_attributes, { iid: number, action });
  if (what === "updated") payload.object_attributes.oldrev = "0".repeat(40);
  if (what === "closed") payload.object_attributes.state = "closed";
}
