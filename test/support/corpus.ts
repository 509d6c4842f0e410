import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Digest, FailedTask } from "../../src/domain/digest/types.ts";
import type { Outcome } from "../../src/simulator/hub/builder/outcome.ts";

const CORPUS = join(import.meta.dirname, "../fixtures/logs");

interface Case {
  readonly task: FailedTask;
  readonly logs: Readonly<Record<string, string>>;
  readonly digest: Omit<Digest, "lines" | "hint">;
}

/** A case of the corpus, `compiler/werror`, with its logs by their name on the hub. */
export function readCase(name: string): Case {
  const [folder = ""] = name.split("/");
  const { task, logs, digest }: Case = JSON.parse(readFileSync(join(CORPUS, `${name}.expected.json`), "utf8"));
  const texts = Object.entries(logs).map(([log, file]) => [log, readFileSync(join(CORPUS, folder, file), "utf8")]);
  return { task, logs: Object.fromEntries(texts), digest };
}

/** A build of the simulated hub that fails like that. */
export function failLike(name: string): Outcome {
  const { task, logs } = readCase(name);
  const fault = (task.fault ?? "").replace(/^\w+Error: /, "");
  const result = task.method === "buildArch" ? "fail" : "checkout.log" in logs ? "checkout" : "srpm";
  return { result, arch: task.arch, logs, ...(result === "checkout" ? {} : { fault }) };
}
