import type { HubInsight } from "../../ports/insight.ts";
import type { OutputFile } from "./calls/output.ts";
import type { Connection } from "./connection.ts";
import type { KojiCalls } from "./hub.ts";

/** More than anybody waits for; a hub gives them in one answer. */
const MOST_WAITING = 1000;

/** See HubInsight; `canLogIn` false: a hub that is only read. */
export function createInsight(
  koji: KojiCalls,
  connection: Pick<Connection, "downUntil">,
  canLogIn: boolean,
): HubInsight {
  return {
    whoami: async () => (canLogIn ? (await koji.getLoggedInUser()).name : null),
    waiting: () => koji.listTasks({ method: "buildArch", states: ["FREE"] }, { limit: MOST_WAITING, offset: 0 }),
    async tail(task, bytes) {
      const file = tellingLog(await koji.listTaskOutput(task));
      if (file === null) return null;
      const size = Math.min(bytes, file.size);
      // The hub faults on an offset before the start (transcript `downloadTaskOutput-tail-too-far`).
      const part = await koji.downloadTaskOutput(task, file.name, { offset: file.size - size, size });
      return { name: file.name, size: file.size, text: part.toString("utf8") };
    },
    downUntil: connection.downUntil,
  };
}

/** In the order they say more: rpmbuild's own, then those of what comes before it. */
const LOGS = ["build.log", "root.log", "checkout.log", "mock_output.log", "state.log"];

function tellingLog(files: readonly OutputFile[]): OutputFile | null {
  const logs = files.filter(({ name, size }) => size > 0 && name.endsWith(".log"));
  return LOGS.map((name) => logs.find((file) => file.name === name)).find(Boolean) ?? logs[0] ?? null;
}
