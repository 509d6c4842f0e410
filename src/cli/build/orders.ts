import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import type { Pipeline } from "../../ci/pipeline.ts";
import { withMacros } from "../../ci/spec.ts";
import type { HubConfig } from "../../config/config.ts";
import { toFlagHub } from "../../config/flag-hub.ts";
import { formatProblem } from "../../config/problem.ts";
import type { StepFile } from "../../config/step-file.ts";
import type { BuildRequest } from "../../domain/build.ts";
import { KojibridgeError } from "../../domain/errors.ts";
import { type Macros, mergeMacros } from "../../domain/macros.ts";
import { compilePatterns } from "../../domain/pattern.ts";
import type { Rule } from "../../domain/rules.ts";
import type { Origin, Wish } from "./wish.ts";

/** Which rules are asked, and the hubs they speak of. */
export interface Orders {
  readonly hubs: Readonly<Record<string, HubConfig>>;
  readonly rules: readonly Rule[];
}

const DEFAULT_FILE = ".kojibridge.yaml";

/**
 * From the flags where they name a target, else from `.kojibridge.yaml`; what the other flags say counts for every rule.
 * @throws KojibridgeError `invalid`
 */
export async function toOrders(wish: Wish): Promise<Orders> {
  const file = await readFile(wish);
  const rules = wish.targets.length > 0 ? [toRule(wish, hubNameOf(wish, file))] : (file?.rules ?? []);
  if (rules.length === 0)
    throw invalid(`nothing says what to build: give --target, or write ${DEFAULT_FILE} (docs/ci.md)`);
  const ordered = rules.map((rule) => withFlags(rule, wish));
  return { hubs: toHubs(wish, file, ordered), rules: ordered };
}

async function readFile(wish: Wish): Promise<StepFile | null> {
  const path = wish.config ?? DEFAULT_FILE;
  if (wish.config === null && (wish.targets.length > 0 || !existsSync(path))) return null;
  const { loadStepFile } = await import("../../config/step-file.ts");
  const loaded = loadStepFile(path);
  if (loaded.ok) return loaded.file;
  throw invalid(loaded.problems.map(formatProblem).join("\n"));
}

function hubNameOf(wish: Wish, file: StepFile | null): string {
  const names = Object.keys(file?.hubs ?? {});
  if (wish.hub.url !== null) return new URL(wish.hub.url).hostname;
  if (wish.hub.profile !== null) return wish.hub.profile;
  const [name] = names;
  if (name !== undefined && names.length === 1) return name;
  throw invalid("no hub: give --hub-url or KOJI_HUB_URL, or --profile");
}

/** One that holds for whatever started the pipeline: the pipeline's own conditions decided that it runs. */
function toRule(wish: Wish, hub: string): Rule {
  return {
    name: "flags",
    repos: compilePatterns(["**"]),
    on: ["push", "tag", "merge_request"],
    branches: null,
    tags: null,
    paths: null,
    labels: null,
    authors: null,
    titles: null,
    messages: null,
    drafts: true,
    package: null,
    spec: null,
    // A pipeline runs for whom its forge lets it run.
    forks: "scratch",
    build: {
      hub,
      targets: wish.targets,
      scratch: true,
      arches: [],
      source: null,
      context: null,
      from: [],
      unprotected: false,
      optional: false,
      macros: {},
      strategy: null,
      options: {},
      onExisting: "adopt",
    },
    repoFile: null,
    comments: null,
    reportSkipped: false,
  };
}

/** The flags are the highest layer. With a spec at hand the SRPM carries the macros: it works on any hub. */
function withFlags(rule: Rule, wish: Wish): Rule {
  const { build } = rule;
  const { origin } = wish;
  const macros = mergeMacros([build.macros, wish.macros]);
  const arches = wish.arches.length > 0 ? wish.arches : build.arches;
  const scratch = wish.scratch ?? build.scratch;
  const strategy = origin.kind === "spec" ? "srpm" : build.strategy;
  return {
    ...rule,
    build: { ...build, arches, scratch, macros, strategy, source: toSource(origin, macros) ?? build.source },
  };
}

/** The rules once the SRPMs are there: they know the packages' names, which need not be the repository's. */
export function withNames(orders: Orders, srpms: ReadonlyMap<string, string>): Orders {
  const rules = orders.rules.map((rule) => {
    const name = nameOf(rule.build.source, srpms);
    return name === null ? rule : { ...rule, build: { ...rule.build, name } };
  });
  return { ...orders, rules };
}

function nameOf(source: string | null, srpms: ReadonlyMap<string, string>): string | null {
  if (source === null || source.includes("{")) return null;
  const srpm = srpms.get(source);
  const found = srpm === undefined ? /([^/]+?)(?:\.git)?\/?(?:\?[^#]*)?#/ : /([^/]+)-[^-/]+-[^-/]+\.src\.rpm$/;
  return found.exec(srpm ?? source)?.[1] ?? null;
}

/** Braces would be read as placeholders. */
function toSource(origin: Origin, macros: Macros): string | null {
  if (origin.kind === "commit") return null;
  if (origin.kind === "scm") return origin.url.replaceAll(/[{}]/g, encodeURIComponent);
  return toUploadSource(origin, macros);
}

const UPLOAD = "upload:";

/** Whether a request's source stands for a file of this job. */
export function isUpload(source: string): boolean {
  return source.startsWith(UPLOAD);
}

/** Stands for the file until a task is made of it. The same content and macros are the same build. */
function toUploadSource({ kind, file }: Exclude<Origin, { kind: "commit" | "scm" }>, macros: Macros): string {
  const bytes = readFileSync(file);
  const content = kind === "spec" ? withMacros(bytes, macros) : bytes;
  const digest = createHash("sha256").update(content).digest("hex").slice(0, 20);
  return `${UPLOAD}${encodeURIComponent(basename(file))}#${digest}`;
}

/** Why the pipeline may not have this build, or null. A person at a terminal answers for themselves. */
export function refusalOf({ scratch, arches }: BuildRequest, { event, refProtected }: Pipeline): string | null {
  if (scratch) return null;
  if (arches.length > 0) return "real builds are for every arch of the target: --arch goes with --scratch";
  const kind = "kind" in event ? event.kind : "push";
  if (kind === "merge_request") return "merge requests only get scratch builds";
  if (refProtected !== false) return null;
  return `no real build: the forge does not protect this ${kind === "tag" ? "tag" : "branch"} (docs/ci.md)`;
}

function toHubs(wish: Wish, file: StepFile | null, rules: readonly Rule[]): Record<string, HubConfig> {
  const { profile, url, webUrl, topUrl } = wish.hub;
  const named = url !== null || profile !== null;
  const hubs = new Map(Object.entries(file?.hubs ?? {}));
  for (const name of new Set(rules.map(({ build }) => build.hub))) {
    const known = hubs.get(name);
    if (known === undefined && !named)
      throw invalid(`hub \`${name}\` is not known: name it under \`hubs\`, or give --hub-url`);
    const fresh = toFlagHub(name, { url, profile }, wish.pollInterval);
    const said = known === undefined || named ? fresh : known;
    hubs.set(name, { ...said, webUrl: webUrl ?? said.webUrl, topUrl: topUrl ?? said.topUrl });
  }
  return Object.fromEntries(hubs);
}

function invalid(message: string): KojibridgeError {
  return new KojibridgeError("invalid", message, { code: "build.orders" });
}
