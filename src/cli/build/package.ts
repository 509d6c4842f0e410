import { mkdirSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import type { KojiClient } from "../../adapters/koji/index.ts";
import { createProgress, formatSize } from "../../ci/progress.ts";
import { makeSrpm } from "../../ci/srpm.ts";
import { explain, isKind } from "../../domain/errors.ts";
import type { Macros } from "../../domain/macros.ts";
import { isUpload } from "./orders.ts";
import type { Step } from "./step.ts";

/** The SRPMs to upload, by the source that stands for them: the one given, or made of the spec for each set of macros. */
export async function prepareSrpms(step: Step): Promise<ReadonlyMap<string, string>> {
  const { wish, orders, directory } = step;
  const srpms = new Map<string, string>();
  for (const [i, { build }] of orders.rules.entries()) {
    const { source, macros } = build;
    if (source === null || !isUpload(source) || srpms.has(source)) continue;
    const { origin } = wish;
    if (origin.kind === "srpm") srpms.set(source, origin.file);
    if (origin.kind === "spec") srpms.set(source, await make(step, origin.file, macros, join(directory, String(i))));
  }
  return srpms;
}

async function make(step: Step, spec: string, macros: Macros, directory: string): Promise<string> {
  const { wish, printer, host } = step;
  mkdirSync(directory);
  printer.group(`Making the SRPM of ${spec}`);
  try {
    const said = (line: string) => printer.foreign(line);
    return await makeSrpm({ spec, macros, sourcesCommand: wish.sourcesCommand, directory, env: host.env, said });
  } catch (error) {
    if (isKind(error, "invalid"))
      printer.annotate({ level: "error", title: "SRPM", message: explain(error), file: spec, line: null });
    throw error;
  } finally {
    printer.endGroup();
  }
}

/** What the hub is given for a source: an upload where it stands for a file here, made once per hub. */
export function createUploader({ printer, host }: Step, srpms: ReadonlyMap<string, string>, client: KojiClient) {
  const uploads = new Map<string, Promise<string>>();

  async function upload(file: string): Promise<string> {
    const name = basename(file);
    const progress = createProgress(printer, `uploading ${name}`);
    const path = await client.upload(file, { onProgress: progress, signal: host.signal });
    printer.line(`uploaded ${name}, ${formatSize(statSync(file).size)}`);
    return path;
  }

  return (source: string): Promise<string> => {
    const file = srpms.get(source);
    if (file === undefined) return Promise.resolve(source);
    const running = uploads.get(source) ?? upload(file);
    uploads.set(source, running);
    running.catch(() => uploads.delete(source));
    return running;
  };
}
