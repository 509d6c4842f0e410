import { type Build, isFinal } from "./build.ts";
import { type CommitState, type CommitStatus, isInfraFailure, taskUrl } from "./report.ts";
import { EN, inLanguage, say, type Words } from "./words/words.ts";

/** What a commit's summary says beside its builds. */
export interface Notice {
  /** `failure`: a mistake, whatever else is built. `success`: nothing was to be built. */
  readonly state: "failure" | "success";
  /** One line. */
  readonly text: string;
}

/** A build of the commit. It is optional if every rule that asked for it says so. */
export interface Part {
  readonly build: Build;
  readonly optional: boolean;
}

export interface Whole {
  readonly parts: readonly Part[];
  readonly notices: readonly Notice[];
}

/** The one status of a commit that can be required: its state is that of the builds that are not optional. */
export function toSummary(
  context: string,
  { parts, notices }: Whole,
  webUrl: (hub: string) => string | null,
  words: Words = EN,
): CommitStatus {
  const mistake = notices.find(({ state }) => state === "failure");
  const required = parts.filter(({ optional }) => !optional).map(({ build }) => build);
  const state = mistake?.state ?? stateOf(required);
  return {
    context,
    state,
    description: mistake?.text ?? describe(parts, notices, words),
    targetUrl: mistake === undefined ? urlOf(parts, required, webUrl) : null,
  };
}

/** The first that some required build is in; none is left when all have succeeded, or there are none. */
const STATES: readonly (readonly [CommitState, (build: Build) => boolean])[] = [
  ["failure", (build) => build.phase === "failed" && !isInfraFailure(build)],
  ["error", ({ phase }) => phase === "failed" || phase === "expired"],
  ["running", ({ phase }) => phase === "running"],
  ["pending", ({ phase }) => !isFinal(phase)],
  ["canceled", ({ phase }) => phase !== "succeeded"],
];

function stateOf(required: readonly Build[]): CommitState {
  return STATES.find(([, holds]) => required.some(holds))?.[0] ?? "success";
}

function describe(parts: readonly Part[], notices: readonly Notice[], words: Words): string {
  if (parts.length === 0)
    return notices[0] === undefined ? say(words, "sum_nothing") : inLanguage(words, notices[0].text);
  const [required, rest] = [false, true].map((which) =>
    tell(
      parts.filter((part) => part.optional === which).map(({ build }) => build),
      words,
    ),
  );
  return [required, rest && say(words, "sum_optional", { rest })].filter(Boolean).join("; ");
}

const NAMED = ["failed", "lost", "canceled"] as const;
const COUNTED = ["held", "waiting", "building", "built"] as const;
type Fate = (typeof NAMED)[number] | (typeof COUNTED)[number];
const MOST_NAMES = 3;

/** Bad news by name, the rest in numbers: these change seldom, and so does the status. */
function tell(builds: readonly Build[], words: Words): string {
  const of = (fate: Fate) => builds.filter((build) => fateOf(build) === fate);
  const named = NAMED.flatMap((fate) => {
    const found = of(fate);
    return found.length === 0 ? [] : [say(words, `sum_${fate}`, { names: namesOf(found, words) })];
  });
  const counted = COUNTED.flatMap((fate) => {
    const count = of(fate).length;
    return count === 0 ? [] : [say(words, `sum_${fate}`, { count })];
  });
  return [...named, counted.join(", ")].filter(Boolean).join("; ");
}

function fateOf({ phase, hold }: Build): Fate {
  switch (phase) {
    case "failed":
      return "failed";
    case "expired":
      return "lost";
    case "canceled":
    case "superseded":
      return "canceled";
    case "running":
      return "building";
    case "succeeded":
      return "built";
    default:
      return hold === null ? "waiting" : "held";
  }
}

function namesOf(builds: readonly Build[], words: Words): string {
  const names = builds.slice(0, MOST_NAMES).map(nameOf).join(", ");
  const count = builds.length - MOST_NAMES;
  return count > 0 ? say(words, "sum_names", { names, count }) : names;
}

function nameOf({ request: { target, package: name } }: Build): string {
  return name === null ? target : `${name}/${target}`;
}

/** Where to look first: the build that failed, or the only one. */
function urlOf(
  parts: readonly Part[],
  required: readonly Build[],
  webUrl: (hub: string) => string | null,
): string | null {
  const build = required.find(({ phase }) => phase === "failed") ?? (parts.length === 1 ? parts[0]?.build : undefined);
  return build === undefined ? null : taskUrl(build.task?.id ?? null, webUrl(build.request.hub));
}
