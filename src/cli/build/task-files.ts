import type { KojiClient } from "../../adapters/koji/index.ts";
import type { TaskFiles } from "../../ci/task-files.ts";
import type { TaskId } from "../../domain/koji.ts";

/** What tasks left on a hub, asked of the hub itself. `topUrl`: where its files are served; null if nobody knows. */
export function createTaskFiles(koji: KojiClient, topUrl: string | null): TaskFiles {
  return {
    list: (task) => koji.listTaskOutput(task),
    read: (task, name, offset, size) => koji.downloadTaskOutput(task, name, { offset, size }),
    async nvr(task, srpmTask) {
      const [build] = await koji.listBuildsOfTask(task);
      return build?.nvr ?? (srpmTask === null ? null : nvrOf(await koji.getTaskResult(srpmTask)));
    },
    digests: (task) => digestsOf(koji, task),
    urlOf: (task, name) =>
      topUrl && `${topUrl.replace(/\/+$/, "")}/work/tasks/${task % 10_000}/${task}/${encodeURIComponent(name)}`,
  };
}

/** buildSRPMFromSCM and rebuildSRPM result in `{srpm: "tasks/…/hello-1-1.src.rpm", …}` (koji-facts, section 8). */
function nvrOf(result: Awaited<ReturnType<KojiClient["getTaskResult"]>>): string | null {
  if (result.kind !== "result") return null;
  const { srpm } = looseOf(result.value);
  return typeof srpm === "string" ? (/([^/]+)\.src\.rpm$/.exec(srpm)?.[1] ?? null) : null;
}

/** `payloadhash` is rpm's SIGMD5 (kojihub, `import_rpm`). */
async function digestsOf(koji: KojiClient, task: TaskId): Promise<ReadonlyMap<string, string>> {
  const [build] = await koji.listBuildsOfTask(task);
  const answer = build === undefined ? [] : await koji.read("listBuildRPMs", build.id);
  const rpms = Array.isArray(answer) ? answer.map(looseOf) : [];
  return new Map(
    rpms.flatMap(({ nvr, arch, payloadhash }) =>
      typeof payloadhash === "string" ? [[`${nvr}.${arch}.rpm`, payloadhash] satisfies [string, string]] : [],
    ),
  );
}

function looseOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? { ...value } : {};
}
