import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import type { Config } from "../config/config.ts";
import { loadConfig } from "../config/load.ts";
import { formatProblem } from "../config/problem.ts";
import { explain } from "../domain/errors.ts";
import type { Log } from "../ports/runtime.ts";

/** By looking, not by inotify: that misses files behind links, as Kubernetes has them, and on network disks. */
const LOOK_EVERY_MS = 1_000;

export interface ReloadDeps {
  readonly file: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Makes it the one that counts; throws when it cannot, and then nothing has changed. */
  readonly apply: (config: Config) => Promise<void>;
  readonly log: Log;
}

export interface Reload {
  /** Reads the configuration again, whether or not it changed. */
  now(reason: string): Promise<void>;
  stop(): void;
}

/**
 * Reads the configuration again when one of its files has changed and then stayed as it is for a moment. An invalid one is
 * refused, and the old one stays.
 */
export function startReload({ file, env, apply, log }: ReloadDeps): Reload {
  let files: readonly string[] = [file];
  let known = digest(files);
  let last = known;
  let complete = false;
  let running = Promise.resolve();
  const timer = setInterval(look, LOOK_EVERY_MS);
  timer.unref();

  function look(): void {
    const seen = digest(files);
    // Editors and key rotation write several files, each in several steps.
    if (seen !== known && seen === last) void now("a file changed");
    else if (!complete && seen === known) watch(filesNow(), seen);
    last = seen;
  }

  function filesNow(): readonly string[] {
    const loaded = loadConfig(file, { env });
    return loaded.ok ? loaded.files : [file];
  }

  /** `before`: as the files were before they were read. What changed since then counts as unknown. */
  function watch(next: readonly string[], before: string): void {
    const fresh = digest(next);
    known = digest(files) === before ? fresh : "";
    last = fresh;
    files = next;
    complete = true;
  }

  async function read(reason: string): Promise<void> {
    known = digest(files);
    const loaded = loadConfig(file, { env });
    if (!loaded.ok) {
      for (const problem of loaded.problems) log.error({ problem: formatProblem(problem) }, "configuration refused");
      return log.error({ reason, problems: loaded.problems.length }, "the configuration stays as it was");
    }
    watch(loaded.files, known);
    try {
      await apply(loaded.config);
      log.info({ reason }, "configuration taken up");
    } catch (error) {
      log.error({ reason, error: explain(error) }, "the configuration stays as it was");
    }
  }

  function now(reason: string): Promise<void> {
    running = running.then(() => read(reason));
    return running;
  }

  return { now, stop: () => clearInterval(timer) };
}

/** Of what is in the files; one that is gone counts as empty. */
function digest(files: readonly string[]): string {
  const hash = createHash("sha256");
  for (const file of files) hash.update(`${file}\n`).update(contentOf(file));
  return hash.digest("hex");
}

export function contentOf(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch {
    return Buffer.alloc(0);
  }
}
