import { readFileSync } from "node:fs";
import { type Env, textOf } from "../../ci/pipeline.ts";
import { parseDuration } from "../../config/units.ts";
import { KojibridgeError } from "../../domain/errors.ts";
import { conditionsProblem, type Macros, macroProblem, mergeMacros, toConditions } from "../../domain/macros.ts";

/** The flags as commander leaves them. */
export interface Flags {
  readonly config?: string;
  readonly hubUrl?: string;
  readonly webUrl?: string;
  readonly topUrl?: string;
  readonly profile?: string;
  readonly target: readonly string[];
  readonly scratch?: boolean;
  readonly arch: readonly string[];
  readonly macro: readonly string[];
  readonly with: readonly string[];
  readonly without: readonly string[];
  readonly source?: string;
  readonly srpm?: string;
  readonly spec?: string;
  readonly sourcesCommand?: string;
  readonly wait: boolean;
  readonly timeout?: string;
  readonly patience: string;
  readonly pollInterval: string;
  readonly download?: string;
  readonly report: readonly string[];
  readonly json?: string;
  readonly follow?: boolean;
  readonly force?: boolean;
  readonly cancel: boolean;
  readonly verbose?: boolean;
}

/** Where the package comes from; `commit`: the pipeline's own clone URL at its commit. */
export type Origin =
  | { readonly kind: "commit" }
  | { readonly kind: "scm"; readonly url: string }
  | { readonly kind: "srpm"; readonly file: string }
  | { readonly kind: "spec"; readonly file: string };

/** What is asked for, checked. Times are milliseconds. */
export interface Wish {
  readonly config: string | null;
  readonly hub: {
    readonly profile: string | null;
    readonly url: string | null;
    readonly webUrl: string | null;
    readonly topUrl: string | null;
  };
  readonly targets: readonly string[];
  /** Null: as the rules say. */
  readonly scratch: boolean | null;
  readonly arches: readonly string[];
  readonly macros: Macros;
  readonly origin: Origin;
  readonly sourcesCommand: string | null;
  readonly wait: boolean;
  readonly timeout: number | null;
  readonly patience: number;
  /** As it was written. */
  readonly pollInterval: string;
  readonly download: string | null;
  readonly reports: readonly { readonly kind: "junit" | "dotenv" | "json"; readonly file: string }[];
  readonly follow: boolean;
  readonly force: boolean;
  readonly cancel: boolean;
  readonly verbose: boolean;
}

/** @throws KojibridgeError `invalid` naming the flag or variable */
export function toWish(flags: Flags, env: Env): Wish {
  return {
    config: flags.config ?? null,
    hub: {
      profile: flags.profile ?? null,
      url: toUrl("--hub-url", flags.hubUrl ?? textOf(env, "KOJI_HUB_URL")),
      webUrl: toUrl("--web-url", flags.webUrl ?? textOf(env, "KOJI_WEB_URL")),
      topUrl: toUrl("--top-url", flags.topUrl ?? textOf(env, "KOJI_TOP_URL")),
    },
    targets: flags.target.map((target) => matching("--target", target, /^[A-Za-z0-9/_.+-]{1,256}$/)),
    scratch: flags.scratch ?? null,
    arches: toList(flags.arch).map((arch) => matching("--arch", arch, /^[a-z0-9_]{1,32}$/)),
    macros: toMacros(flags),
    origin: toOrigin(flags),
    sourcesCommand: flags.sourcesCommand ?? null,
    wait: flags.wait,
    timeout: flags.timeout === undefined ? null : toMilliseconds("--timeout", flags.timeout),
    patience: toMilliseconds("--patience", flags.patience),
    pollInterval: toDuration("--poll-interval", flags.pollInterval),
    download: flags.download ?? null,
    reports: [
      ...flags.report.map(toReport),
      ...(flags.json === undefined ? [] : [{ kind: "json" as const, file: flags.json }]),
    ],
    follow: flags.follow === true,
    force: flags.force === true,
    cancel: flags.cancel,
    verbose: flags.verbose === true,
  };
}

/** A pipeline's own definition may run anything in its job anyhow: what it says here is trusted. */
function toMacros(flags: Flags): Macros {
  const [on, off] = [toList(flags.with), toList(flags.without)];
  const problem = conditionsProblem(on, off);
  if (problem !== null) throw invalid(`--with, --without: ${problem}`);
  return mergeMacros([...flags.macro.map(toMacro), toConditions(on, off)]);
}

function toMacro(text: string): Macros {
  const at = text.indexOf("=");
  if (at < 0) throw invalid(`--macro ${text}: write NAME=VALUE, such as dist=.an8`);
  const [name, value] = [text.slice(0, at), text.slice(at + 1)];
  const problem = macroProblem(name, value, true);
  if (problem !== null) throw invalid(`--macro ${name}: ${problem}`);
  return { [name]: value };
}

function toOrigin({ source, srpm, spec }: Flags): Origin {
  const given = [source, srpm, spec].filter((value) => value !== undefined);
  if (given.length > 1) throw invalid("--source, --srpm and --spec: one of them");
  if (srpm !== undefined) return { kind: "srpm", file: readable("--srpm", srpm) };
  if (spec !== undefined) return { kind: "spec", file: readable("--spec", spec) };
  if (source === undefined) return { kind: "commit" };
  if (!/^(?:git|svn|cvs)(?:\+[a-z]+)?:\/\/[^\s#]+#[^\s#]+$/.test(source))
    throw invalid(`--source ${source}: Koji takes git+https://HOST/PATH#COMMIT`);
  return { kind: "scm", url: source };
}

function readable(flag: string, file: string): string {
  try {
    readFileSync(file);
    return file;
  } catch (cause) {
    throw invalid(`${flag} ${file} cannot be read`, cause);
  }
}

function toReport(text: string): { kind: "junit" | "dotenv"; file: string } {
  const [, kind, file] = /^(junit|dotenv)=(.+)$/.exec(text) ?? [];
  if ((kind !== "junit" && kind !== "dotenv") || file === undefined)
    throw invalid(`--report ${text}: write junit=FILE or dotenv=FILE`);
  return { kind, file };
}

function toUrl(flag: string, text: string | null): string | null {
  if (text === null) return null;
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !/^https?:$/.test(url.protocol) || url.username !== "" || url.password !== "")
    throw invalid(`${flag}: write an http:// or https:// URL without a user`);
  return text.replace(/\/+$/, "");
}

function toDuration(flag: string, text: string): string {
  toMilliseconds(flag, text);
  return text;
}

function toMilliseconds(flag: string, text: string): number {
  const duration = parseDuration(text);
  if (duration === null) throw invalid(`${flag} ${text}: write a duration, such as 30s, 90m or 2h`);
  return duration;
}

/** `a,b c` and `a` `b`: inputs of a CI system are one text. */
function toList(values: readonly string[]): string[] {
  return values.flatMap((value) => value.split(/[\s,]+/)).filter((value) => value !== "");
}

function matching(flag: string, value: string, pattern: RegExp): string {
  if (pattern.test(value)) return value;
  throw invalid(`${flag} ${value}: that cannot be one`);
}

function invalid(message: string, cause?: unknown): KojibridgeError {
  return new KojibridgeError("invalid", message, { code: "build.flags", cause });
}
