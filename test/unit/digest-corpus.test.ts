import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { digest } from "../../src/domain/digest/digest.ts";
import { type Digest, FAILURE_CLASSES, type FailedTask } from "../../src/domain/digest/types.ts";

const CORPUS = join(import.meta.dirname, "../fixtures/logs");

/** Besides one or more logs, what the task ended with and what the digest has to say. */
interface Expected {
  readonly task: FailedTask;
  /** Name of a log below the task → file beside this one. */
  readonly logs: Readonly<Record<string, string>>;
  readonly digest: Omit<Digest, "lines" | "hint">;
}

function read(folder: string, file: string): string {
  return readFileSync(join(CORPUS, folder, file), "utf8");
}

const folders = readdirSync(CORPUS, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name)
  .sort();
const cases = folders.flatMap((folder) =>
  readdirSync(join(CORPUS, folder))
    .filter((file) => file.endsWith(".expected.json"))
    .sort()
    .map((file) => ({ name: `${folder}/${file.replace(".expected.json", "")}`, folder, file })),
);

describe("the corpus of failed builds", () => {
  it.each(cases)("$name", ({ folder, file }) => {
    const expected = JSON.parse(read(folder, file)) as Expected;
    const logs = Object.entries(expected.logs).map(([name, path]) => ({ name, text: read(folder, path), whole: true }));
    const { lines, hint: _, ...told } = digest(expected.task, logs);
    expect(told).toEqual(expected.digest);
    expect(told.class).toBe(folder);
    expect(lines.length).toBeGreaterThan(0);
  });

  it("has a folder per class, and every log belongs to a case", () => {
    expect(folders).toEqual([...FAILURE_CLASSES].sort());
    expect(cases.length).toBeGreaterThanOrEqual(60);
    const used = cases.flatMap(({ folder, file }) => {
      const { logs } = JSON.parse(read(folder, file)) as Expected;
      return Object.values(logs).map((log) => `${folder}/${log}`);
    });
    const there = folders.flatMap((folder) =>
      readdirSync(join(CORPUS, folder))
        .filter((file) => file.endsWith(".log"))
        .map((file) => `${folder}/${file}`),
    );
    expect(there.sort()).toEqual(used.sort());
  });
});
