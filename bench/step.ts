import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { bundleAction } from "../action/bundle-action.ts";
import { median } from "./rounds.ts";
import type { Row } from "./row.ts";

const ROOT = resolve(import.meta.dirname, "..");
/** Koji's own command, as it is called here: `KOJI_COMMAND="python3 /src/koji/cli/koji"`. */
const KOJI = (process.env.KOJI_COMMAND ?? "koji").split(" ");

let bundled: ReturnType<typeof bundleAction> | undefined;

/** The step of a CI job: it is fetched and started anew for every job. */
export const stepRows: readonly Row[] = [
  {
    id: "step-start",
    peer: "koji (Python)",
    unit: "ms",
    better: "lower",
    goal: 1,
    async run(quick) {
      bundled ??= bundleAction();
      await bundled;
      const [ours, peer]: [number[], number[]] = [[], []];
      for (let i = 0; i < (quick ? 7 : 21); i++) {
        ours.push(await untilFirstCall(startStep));
        peer.push(await untilFirstCall(startKoji));
      }
      // The first of each warms the page cache for the others.
      const [value, peerValue] = [median(ours.slice(1)), median(peer.slice(1))];
      return {
        value,
        peerValue,
        notes: [`${value.toFixed(0)} ms to the first hub call; koji ${peerValue.toFixed(0)} ms`],
      };
    },
  },
  {
    id: "step-size",
    peer: "the files in it",
    unit: "kB",
    better: "lower",
    goal: 0.7,
    async run() {
      bundled ??= bundleAction();
      const { inputs, outputs } = await bundled;
      const sum = (files: Readonly<Record<string, { readonly bytes: number }>>) =>
        Object.values(files).reduce((total, { bytes }) => total + bytes, 0) / 1000;
      const [value, peerValue] = [sum(outputs), sum(inputs)];
      const notes = [`${value.toFixed(0)} kB, of ${Object.keys(inputs).length} files of ${peerValue.toFixed(0)} kB`];
      return { value, peerValue, notes };
    },
  },
];

function startStep(hub: string) {
  const source = `git+https://git.example.org/rpms/hello.git#${"1".repeat(40)}`;
  const inputs = { "INPUT_HUB-URL": hub, INPUT_TARGET: "f42", INPUT_SOURCE: source };
  const env = { ...inputs, KOJI_USERNAME: "bench", KOJI_PASSWORD: "bench-password" };
  return spawn(process.execPath, [join(ROOT, "action/index.mjs")], { env, stdio: "ignore" });
}

/** It wants a profile, also where everything is said by options. */
function startKoji(hub: string) {
  const [command = "koji", ...first] = KOJI;
  const config = join(tmpdir(), "kojibridge-bench-koji.conf");
  writeFileSync(config, `[koji]\nserver = ${hub}\n`);
  return spawn(command, [...first, `--config=${config}`, "--noauth", "call", "getAPIVersion"], { stdio: "ignore" });
}

/** Milliseconds from the start of a process to the first request a hub would see of it. */
async function untilFirstCall(start: (hub: string) => ReturnType<typeof spawn>): Promise<number> {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const began = performance.now();
  const child = start(`http://127.0.0.1:${port}/kojihub`);
  // A command that is not there: "close" follows.
  child.on("error", () => undefined);
  const gone = new Promise((resolve) => child.on("close", resolve));
  const seen = await Promise.race([once(server, "request").then(() => true), gone.then(() => false)]);
  const took = performance.now() - began;
  child.kill("SIGKILL");
  await gone;
  server.closeAllConnections();
  server.close();
  if (!seen) throw new Error("ended before it called the hub; is KOJI_COMMAND right?");
  return took;
}
