import type { Phase } from "../../src/domain/build.ts";
import { MARKER } from "../../src/domain/comment.ts";
import { commentsOf, type ForgeName, type Story, shownStates, summaryState } from "../support/stories.ts";
import type { TestWorlds } from "../support/worlds.ts";
import type { Plan } from "./plan.ts";
import type { BuildRecord, Records } from "./records.ts";
import type { Happening } from "./stories.ts";

/** What is not as it has to be: one line each, with the id and what was seen. */
export interface Verdict {
  readonly lost: readonly string[];
  readonly doubled: readonly string[];
  readonly wrong: readonly string[];
}

/** Looks at the database, the hub and the forges: do they tell the same, and is it what was to become of the plan? */
export async function check(
  plan: Plan,
  acknowledged: ReadonlySet<string>,
  worlds: TestWorlds,
  records: Records,
): Promise<Verdict> {
  const [deliveries, builds] = [await records.deliveries(), await records.builds()];
  const known = new Set(plan.calls.map(({ id }) => id));
  const lost = [...known].flatMap((id) => {
    if (!acknowledged.has(id)) return [`delivery ${id}: never acknowledged`];
    const row = deliveries.get(id);
    if (row === undefined) return [`delivery ${id}: acknowledged, but not in the database`];
    if (row.waiting !== null) return [`delivery ${id}: without an outcome, ${row.waiting}`];
    const missing = row.builds.filter((build) => !builds.has(build));
    return missing.map((build) => `delivery ${id}: its build ${build} is not in the database`);
  });
  const idle = plan.calls.filter(({ id, told }) => {
    const row = deliveries.get(id);
    return row !== undefined && row.builds.length !== told.contexts.length;
  });
  const made = idle.map(({ id, told }) => `delivery ${id}: ${told.what}, builds [${deliveries.get(id)?.builds}]`);
  const tasks = checkTasks(worlds, builds);
  const left = sideTagsOf(worlds).map((name) => `side tag ${name}: left over on the hub`);
  const wanted = (await records.sideTags()).map((name) => `side tag ${name}: left over in the database`);
  const words = checkWords(plan, worlds);
  return {
    lost: [...lost, ...new Set(made)],
    doubled: [...tasks.doubled, ...words.doubled],
    wrong: [...tasks.wrong, ...left, ...wanted, ...words.wrong],
  };
}

interface Marked {
  readonly kojibridge?: { readonly build: string; readonly attempt: number };
}

const ENDS: Readonly<Record<string, readonly Phase[]>> = {
  CLOSED: ["succeeded"],
  FAILED: ["failed"],
  CANCELED: ["canceled", "superseded"],
};

/** Exactly one task for each build and attempt; and the last one ended as the build says. */
function checkTasks({ hub }: TestWorlds, builds: ReadonlyMap<string, BuildRecord>) {
  const seen = new Map<string, number>();
  const doubled: string[] = [];
  const wrong: string[] = [];
  for (const { id, request, state } of hub.buildTasks()) {
    const options = (request[2] ?? {}) as { readonly custom_user_metadata?: Marked };
    const { build: name = "?", attempt = 0 } = options.custom_user_metadata?.kojibridge ?? {};
    const build = builds.get(name);
    const key = `${name} attempt ${attempt}`;
    const other = seen.get(key);
    if (other !== undefined) doubled.push(`build ${key}: tasks ${other} and ${id}`);
    seen.set(key, id);
    if (build === undefined) wrong.push(`task ${id}: of no build (${key})`);
    else if (attempt === build.attempt && (build.task !== id || ENDS[state]?.includes(build.phase) !== true))
      wrong.push(`task ${id}: ${state}, but build ${key} of ${build.repo} says ${build.phase}, task ${build.task}`);
  }
  for (const [id, { phase, repo, attempt }] of builds)
    if ((phase === "succeeded" || phase === "failed") && !seen.has(`${id} attempt ${attempt}`))
      wrong.push(`build ${id} attempt ${attempt} of ${repo}: ${phase} without a task`);
  return { doubled, wrong };
}

const sideTagsOf = ({ hub }: TestWorlds) =>
  hub
    .tags()
    .filter(({ extra }) => extra.get("sidetag") === true)
    .map(({ name }) => name);

const FAILED: Readonly<Record<ForgeName, string>> = { github: "failure", work: "failed", forgejo: "failure" };
const CANCELED: Readonly<Record<ForgeName, string>> = { github: "error", work: "canceled", forgejo: "error" };

/** Every commit's last statuses, and the comments. */
function checkWords({ calls, happenings }: Plan, worlds: TestWorlds) {
  const doubled: string[] = [];
  const wrong: string[] = [];
  for (const told of happenings) {
    if (told.contexts.length === 0) continue;
    const place = `${told.forge} ${told.repo} ${told.sha.slice(0, 12)}`;
    const states = shownStates(worlds, told);
    const ends = [told.fails ? FAILED[told.forge] : "success"];
    // Until then it may have been built, or not.
    if (isOver(told, calls)) ends.push(CANCELED[told.forge]);
    if (Object.keys(states).join() !== told.contexts.toSorted().join())
      wrong.push(`statuses of ${place}: ${JSON.stringify(states)}, not ${told.contexts.join(", ")}`);
    for (const [context, state] of [...Object.entries(states), ["koji", summaryState(worlds, told) ?? "none"]])
      if (!ends.includes(state ?? "")) wrong.push(`status ${context} of ${place}: ${state}, not ${ends.join(" or ")}`);
  }
  for (const told of happenings.filter(({ what }) => what === "opened")) checkComment(told);
  return { doubled, wrong };

  function checkComment(told: Story): void {
    const place = `comments of ${told.forge} ${told.repo} ${told.mr}`;
    const bodies = commentsOf(worlds, told).filter((body) => body.includes(MARKER));
    if (bodies.length > 1) doubled.push(`${place}: ${bodies.length}`);
    else if (bodies.length === 0) wrong.push(`${place}: none`);
    else if (/🔨|🕓/u.test(bodies[0] ?? "")) wrong.push(`${place}: not its last word: ${bodies[0]}`);
  }
}

/** A later call of the same merge request took its place, or closed it. */
function isOver(told: Happening, calls: Plan["calls"]): boolean {
  if (told.mr === 0 || told.what === "push" || told.what === "tag") return false;
  const life = calls.filter(
    (call) => call.told.mr === told.mr && call.chain.startsWith("c") && !call.chain.includes(" "),
  );
  return life.at(-1)?.told !== told;
}
