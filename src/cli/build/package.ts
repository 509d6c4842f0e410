import { statSync } from "node:fs";
import { basename } from "node:path";
import type { KojiClient } from "../../adapters/koji/index.ts";
import { createProgress, formatSize } from "../../ci/progress.ts";
import { makeSrpm } from "../../ci/srpm.ts";
import { explain, isKind } from "../../domain/errors.ts";
import { UPLOAD } from "./orders.ts";
import type { Step } from "./run.ts";

/** The SRPM to upload: the one given, or made of the spec. Null: the hub clones. */
export async function prepareSrpm({ wish, printer, directory, host }: Step): Promise<string | null> {
  const { origin, macros, sourcesCommand } = wish;
  if (origin.kind === "srpm") return origin.file;
  if (origin.kind !== "spec") return null;
  printer.group(`Making the SRPM of ${origin.file}`);
  try {
    const said = (line: string) => printer.foreign(line);
    return await makeSrpm({ spec: origin.file, macros, sourcesCommand, directory, env: host.env, said });
  } catch (error) {
    const message = explain(error);
    if (isKind(error, "invalid"))
      printer.annotate({ level: "error", title: "SRPM", message, file: origin.file, line: null });
    throw error;
  } finally {
    printer.endGroup();
  }
}

/** What the hub is given for a source: an upload where it stands for a file here, made once. */
export function createUploader({ printer, host }: Step, srpm: string | null) {
  let uploaded: Promise<string> | null = null;

  async function upload(file: string, client: KojiClient): Promise<string> {
    const name = basename(file);
    const progress = createProgress(printer, `uploading ${name}`);
    const path = await client.upload(file, { onProgress: progress, signal: host.signal });
    printer.line(`uploaded ${name}, ${formatSize(statSync(file).size)}`);
    return path;
  }

  return (source: string, client: KojiClient): Promise<string> => {
    if (srpm === null || !source.startsWith(UPLOAD)) return Promise.resolve(source);
    uploaded ??= upload(srpm, client).catch((error) => {
      uploaded = null;
      throw error;
    });
    return uploaded;
  };
}
