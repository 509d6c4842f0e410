import { mkdir, open, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { Build } from "../domain/build.ts";
import { explain, KojibridgeError } from "../domain/errors.ts";
import { isFinalTaskState, type TaskId } from "../domain/koji.ts";
import { fetchPart } from "./fetch-part.ts";
import { checkRpm } from "./rpm-file.ts";
import type { OutputFile, TaskFiles } from "./task-files.ts";

export interface DownloadDeps {
  readonly files: TaskFiles;
  /** PEM file with the authorities to trust. */
  readonly ca: string | null;
  readonly directory: string;
  /** Bytes of all files together, after every part. */
  readonly progress: (done: number, total: number, name: string) => void;
  readonly signal: AbortSignal;
  /** Milliseconds before a broken part is asked for again. */
  readonly again?: readonly number[];
}

/** One file to fetch, and the folder it belongs into. */
interface Wanted extends OutputFile {
  readonly task: TaskId;
  readonly folder: string;
}

const AGAIN = [500, 2_000, 5_000, 15_000];
/** A name of a hub becomes one of ours: no folder, nothing hidden. */
const NAME = /^[A-Za-z0-9_+][A-Za-z0-9._+~^-]{0,250}\.(?:rpm|log)$/;

/**
 * Packages and logs of a finished build, each arch in a folder of its own. What is there already is not fetched again; what
 * is there in part is completed.
 * @returns the paths of the packages
 * @throws KojibridgeError `transient` when a file cannot be had or is not what the hub says
 */
export async function download(build: Build, deps: DownloadDeps): Promise<string[]> {
  const wanted = await listFiles(build, deps.files);
  const digests = build.request.scratch || build.task === null ? new Map() : await deps.files.digests(build.task.id);
  const total = wanted.reduce((sum, { size }) => sum + size, 0);
  const paths: string[] = [];
  let before = 0;
  for (const file of wanted) {
    const sofar = before;
    const path = await downloadFile(file, digests.get(file.name) ?? null, deps, (done) =>
      deps.progress(sofar + done, total, file.name),
    );
    before += file.size;
    if (path.endsWith(".rpm")) paths.push(path);
  }
  return paths;
}

/** The names of a build's packages, without fetching any. */
export async function listPackages(build: Build, files: TaskFiles): Promise<string[]> {
  return (await listFiles(build, files)).map(({ name }) => name).filter((name) => name.endsWith(".rpm"));
}

/** An SRPM made from a clone is built once more by the first arch: the arch's copy is the one that counts. */
async function listFiles({ task }: Build, files: TaskFiles): Promise<Wanted[]> {
  const children = task?.children.filter(({ state, method }) => isFinalTaskState(state) && method !== "tagBuild") ?? [];
  const wanted: Wanted[] = [];
  for (const child of children) {
    const folder = child.label === "srpm" ? "src" : (child.label ?? child.arch);
    for (const file of await files.list(child.id))
      if (NAME.test(file.name) && /^\w+$/.test(folder)) wanted.push({ ...file, task: child.id, folder });
  }
  const built = wanted.filter(({ folder, name }) => folder !== "src" && name.endsWith(".src.rpm"));
  return wanted.filter((file) => !(file.folder === "src" && built.some(({ name }) => name === file.name)));
}

async function downloadFile(
  file: Wanted,
  md5: string | null,
  deps: DownloadDeps,
  progress: (done: number) => void,
): Promise<string> {
  const folder = join(deps.directory, file.folder);
  await mkdir(folder, { recursive: true });
  const path = join(folder, file.name);
  if ((await sizeOf(path)) === file.size && (await isSound(path, md5))) {
    progress(file.size);
    return path;
  }
  const part = `${path}.part`;
  await complete(part, file, deps, progress);
  if (!(await isSound(part, md5))) {
    await rm(part);
    throw broken(file, "is not what the hub says it is");
  }
  await rename(part, path);
  return path;
}

async function isSound(path: string, md5: string | null): Promise<boolean> {
  return !/\.rpm(?:\.part)?$/.test(path) || (await checkRpm(path, md5)) !== "broken";
}

async function complete(
  part: string,
  file: Wanted,
  deps: DownloadDeps,
  progress: (done: number) => void,
): Promise<void> {
  const waits = deps.again ?? AGAIN;
  for (let tries = 0; ; tries += 1) {
    try {
      await append(part, file, deps, progress);
      if ((await sizeOf(part)) === file.size) return;
      throw broken(file, "has another size than the hub says");
    } catch (error) {
      const wait = waits[tries];
      if (wait === undefined || deps.signal.aborted) throw broken(file, `cannot be fetched: ${explain(error)}`);
      if ((await sizeOf(part)) >= file.size) await rm(part, { force: true });
      await delay(wait, undefined, { signal: deps.signal });
    }
  }
}

/** From where an earlier try stopped. */
async function append(part: string, file: Wanted, deps: DownloadDeps, progress: (done: number) => void): Promise<void> {
  const begun = Math.min(await sizeOf(part), file.size);
  const out = await open(part, begun === 0 ? "w" : "r+");
  try {
    let at = begun;
    const url = deps.files.urlOf(file.task, file.name);
    for await (const bytes of fetchPart({
      ...deps,
      url,
      task: file.task,
      name: file.name,
      offset: begun,
      size: file.size,
    })) {
      await out.write(bytes, 0, bytes.length, at);
      at += bytes.length;
      progress(at);
    }
    await out.truncate(at);
  } finally {
    await out.close();
  }
}

async function sizeOf(path: string): Promise<number> {
  const found = await stat(path).catch(() => null);
  return found?.size ?? 0;
}

function broken({ name }: Wanted, what: string): KojibridgeError {
  return new KojibridgeError("transient", `download: ${name} ${what}`, { code: "ci.download" });
}
