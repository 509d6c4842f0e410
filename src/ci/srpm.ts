import { spawn } from "node:child_process";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { KojibridgeError } from "../domain/errors.ts";
import type { Macros } from "../domain/macros.ts";
import { SECRET_VARIABLES } from "./credentials.ts";
import type { Env } from "./pipeline.ts";
import { withMacros } from "./spec.ts";

export interface SrpmRequest {
  readonly spec: string;
  readonly macros: Macros;
  /** Fetches the sources, in the spec's folder: `spectool -g hello.spec`. Null: they lie beside the spec. */
  readonly sourcesCommand: string | null;
  /** Empty, and removed by whoever made it. */
  readonly directory: string;
  readonly env: Env;
  /** A line a command printed. */
  readonly said: (line: string) => void;
}

/**
 * Makes the SRPM with rpmbuild of this machine, of a copy of the spec.
 * @returns its path
 * @throws KojibridgeError `invalid` with what rpmbuild said
 */
export async function makeSrpm(request: SrpmRequest): Promise<string> {
  const { directory, macros, sourcesCommand } = request;
  const spec = resolve(request.spec);
  const sources = dirname(spec);
  const text = await readFile(spec).catch((cause) => {
    throw new KojibridgeError("invalid", `--spec ${request.spec} cannot be read`, { cause });
  });
  if (sourcesCommand !== null) await run("sh", ["-c", sourcesCommand], sources, request);
  const copy = join(directory, basename(spec));
  const out = join(directory, "srpm");
  await mkdir(out);
  await writeFile(copy, withMacros(text, macros));
  await run("rpmbuild", ["-bs", "--nodeps", ...defines(directory, sources, out), copy], sources, request);
  const srpm = (await readdir(out)).find((name) => name.endsWith(".src.rpm"));
  if (srpm === undefined) throw new KojibridgeError("invalid", "rpmbuild made no source package", { code: "ci.srpm" });
  return join(out, srpm);
}

function defines(topdir: string, sources: string, out: string): string[] {
  const macros = {
    _topdir: topdir,
    _sourcedir: sources,
    _specdir: sources,
    _srcrpmdir: out,
    _builddir: join(topdir, "build"),
  };
  return Object.entries(macros).flatMap(([name, value]) => ["--define", `${name} ${value.replaceAll("%", "%%")}`]);
}

/** A spec runs code while it is read: it does not get our secrets. */
function withoutSecrets(env: Env): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(env).filter(([name]) => !SECRET_VARIABLES.includes(name) && !/^INPUT_/.test(name)),
  );
}

async function run(command: string, args: readonly string[], cwd: string, { env, said }: SrpmRequest): Promise<void> {
  const child = spawn(command, args, { cwd, env: withoutSecrets(env), stdio: ["ignore", "pipe", "pipe"] });
  const last: string[] = [];
  const hear = (line: string) => {
    said(line);
    last.push(line);
    if (last.length > 10) last.shift();
  };
  for (const stream of [child.stdout, child.stderr]) onLines(stream, hear);
  const code = await new Promise<number | null>((done, failed) => {
    child.once("close", done);
    child.once("error", (cause) => failed(missing(command, cause)));
  });
  if (code === 0) return;
  const errors = last.filter((line) => /error|not found|no such/i.test(line));
  throw new KojibridgeError(
    "invalid",
    `${command} failed (${code}): ${(errors.length > 0 ? errors : last).join(" | ")}`,
    { code: "ci.srpm" },
  );
}

function missing(command: string, cause: unknown): KojibridgeError {
  const help = command === "rpmbuild" ? "; take an image that has it, see docs/ci.md" : "";
  return new KojibridgeError("invalid", `${command} cannot be run here${help}`, { code: "ci.command", cause });
}

function onLines(stream: NodeJS.ReadableStream, hear: (line: string) => void): void {
  let rest = "";
  stream.setEncoding("utf8");
  stream.on("data", (text: string) => {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) hear(line);
  });
  stream.on("end", () => {
    if (rest !== "") hear(rest);
  });
}
