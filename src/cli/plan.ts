import { readFileSync } from "node:fs";
import { Command } from "commander";
import type { Config, ForgeConfig } from "../config/config.ts";
import { parseRepoFile } from "../config/repo-file.ts";
import type { BuildRequest, Guard } from "../domain/build.ts";
import { explain, KojibridgeError } from "../domain/errors.ts";
import { type ForgeEvent, isIgnored, isPersonEvent } from "../domain/event.ts";
import { REPO_FILE } from "../domain/repo-file.ts";
import { type Plan, plan, spoilt } from "../domain/rules.ts";
import { DEFAULT_CONFIG, readConfig } from "./configuration.ts";
import { EXIT } from "./exit.ts";
import { createReceiver } from "./receivers.ts";

interface Options {
  readonly config: string;
  readonly forge: string;
  readonly event: string;
  readonly payload: string;
  readonly paths?: string;
  readonly repoFile?: string;
  readonly json?: boolean;
}

export function planCommand(): Command {
  return new Command("plan")
    .description("Say what a webhook delivery would build and why, or why not. Contacts nobody.")
    .option("-c, --config <file>", "the configuration", DEFAULT_CONFIG)
    .requiredOption("--forge <name>", "the forge's name in the configuration")
    .requiredOption(
      "--event <event>",
      "the forge's event name (push, pull_request, 'Merge Request Hook'), or push, tag, merge_request",
    )
    .requiredOption("--payload <file>", "the JSON body of the delivery")
    .option("--paths <file>", "the changed paths, one a line, in place of what the forge would say")
    .option("--repo-file <file>", `the repository's own ${REPO_FILE}, in place of what the forge would say`)
    .option("--json", "for programs")
    .action((options: Options) => {
      const config = readConfig(options.config, "optional");
      if (config === null) return;
      try {
        const { event, outcome } = planFile(config, options);
        process.stdout.write(options.json === true ? toJson(event, outcome) : toText(event, outcome));
      } catch (error) {
        process.stderr.write(`kojibridge: ${explain(error)}\n`);
        process.exitCode = EXIT.usage;
      }
    });
}

function planFile(config: Config, options: Options): { event: ForgeEvent | null; outcome: Plan } {
  const forge = config.forges[options.forge];
  if (forge === undefined) {
    const known = Object.keys(config.forges).join(", ");
    throw new KojibridgeError("invalid", `--forge ${options.forge}: the configuration has ${known}`);
  }
  const parsed = createReceiver(forge, false).parse(eventName(forge, options.event), readPayload(options.payload));
  if (isIgnored(parsed)) return { event: null, outcome: { builds: [], trace: [], ignored: parsed.ignored } };
  if (isPersonEvent(parsed))
    return { event: null, outcome: { builds: [], trace: [], ignored: "a comment or a button: no rule is asked" } };
  return { event: parsed, outcome: planEvent(parsed, config, options) };
}

/** What is not given is not known: the plan then says what the forge will be asked. */
function planEvent(event: ForgeEvent, { rules, reports, repos }: Config, options: Options): Plan {
  const paths = options.paths === undefined ? undefined : readLines(options.paths);
  const file = options.repoFile === undefined ? undefined : parseRepoFile(readText("--repo-file", options.repoFile));
  const outcome = plan(event, rules, { ...reports, repos }, paths, file?.ok ? file.file : undefined);
  const isHeeded = outcome.trace.some(({ needsFile }) => needsFile === true);
  return file !== undefined && !file.ok && isHeeded ? spoilt(file.problems, outcome.trace) : outcome;
}

function readLines(path: string): string[] {
  return readText("--paths", path).split(/\r?\n/).filter(Boolean);
}

function readText(option: string, path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    throw new KojibridgeError("invalid", `${option} ${path} cannot be read`, { cause });
  }
}

const EVENT_NAMES: Readonly<Record<ForgeConfig["type"], Readonly<Record<string, string>>>> = {
  github: { tag: "push", merge_request: "pull_request" },
  gitlab: { push: "Push Hook", tag: "Tag Push Hook", merge_request: "Merge Request Hook" },
  forgejo: { tag: "push", merge_request: "pull_request" },
};

/** Our own word for the event, or the forge's as it stands in the header. */
function eventName({ type }: ForgeConfig, event: string): string {
  return EVENT_NAMES[type][event] ?? event;
}

function readPayload(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch (cause) {
    throw new KojibridgeError("invalid", `--payload ${path} cannot be read as JSON`, { cause });
  }
}

function toJson(event: ForgeEvent | null, { builds, ignored }: Plan): string {
  const shown = builds.map(({ comments: _, ...build }) => build);
  return `${JSON.stringify({ event: event && toSummary(event), builds: shown, ignored }, null, 2)}\n`;
}

function toSummary(event: ForgeEvent) {
  const { kind, forge, sha, author } = event;
  const mr = event.kind === "merge_request" ? event : null;
  return {
    kind,
    forge,
    repo: event.repo.path,
    sha,
    branch: event.kind === "tag" ? null : event.branch,
    tag: event.kind === "tag" ? event.tag : null,
    mr: mr?.mr ?? null,
    author,
    fork: mr?.fork ?? false,
  };
}

function toText(event: ForgeEvent | null, { builds, ignored, trace, notice }: Plan): string {
  const lines: string[] = [];
  if (event !== null)
    lines.push(`${event.kind} on ${event.forge}:${event.repo.path} at ${event.sha.slice(0, 12)} by ${event.author}`);
  for (const { rule, matched, reason, refused, note, needsPaths, needsFile } of trace) {
    lines.push(`  rule ${rule}: ${matched ? "matches" : `no, ${reason}`}`);
    if (needsPaths === true) lines.push("    the forge will be asked for the changed paths; or give --paths");
    if (needsFile === true) lines.push(`    the forge will be asked for ${REPO_FILE}; or give --repo-file`);
    if (note !== undefined) lines.push(`    ${note}`);
    for (const why of refused) lines.push(`    refused: ${why}`);
  }
  for (const build of builds) {
    const arches = build.arches.length > 0 ? ` for ${build.arches.join(" ")}` : "";
    lines.push(`build ${build.scratch ? "scratch" : "REAL"} on ${build.hub} target ${build.target}${arches}`);
    if (build.macros.length > 0) lines.push(`  macros ${formatMacros(build)}`);
    lines.push(`  source ${build.source}`, `  status ${build.context}`, `  rule   ${build.rule}`);
    if (build.guard !== null) lines.push(`  only if ${formatGuard(build.guard)}: the forge will be asked`);
    if (build.optional) lines.push("  optional: the summary status does not turn red for it");
  }
  if (ignored !== null) lines.push(`nothing is built: ${ignored}`);
  if (notice !== undefined) lines.push(`summary status, ${notice.state}: ${notice.text}`);
  return `${lines.join("\n")}\n`;
}

function formatGuard({ kind, name, branches, unprotected }: Guard): string {
  const safe = unprotected ? "" : " is protected and";
  if (kind === "branch") return `branch ${name}${safe} has the commit`;
  const tag = `tag ${name}${safe} is at the commit`;
  if (branches.length === 0) return tag;
  const others = `the commit is on one of ${branches.join(" ")}`;
  return unprotected ? `tag ${name} is at the commit, and ${others}` : `${tag}, or ${others}, which is protected`;
}

/** Where each comes from, and how they are to get in: which way is open is the hub's to say. */
function formatMacros({ macros, strategy }: BuildRequest): string {
  const words = macros.map(({ name, value, layer }) => `%${name} ${value ?? "taken away"} (${layer})`);
  return `${words.join(", ")}; strategy ${strategy}`;
}
