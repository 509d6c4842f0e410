import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { encodeCall, readResponse } from "../src/adapters/koji/xmlrpc.ts";
import { BUILD_CALL, TASKS, toXml } from "./codec-sample.ts";
import { type Python, startPython } from "./python.ts";
import { type Job, race, timed } from "./rounds.ts";
import type { Row } from "./row.ts";

const ANSWER = Buffer.from(toXml(TASKS));
const JSON_ANSWER = Buffer.from(JSON.stringify(TASKS));
const SIZE = `${TASKS.length} tasks in ${ANSWER.length} bytes`;

const decode = (): unknown => readResponse(ANSWER);

/** Reading what a hub says of 1,000 tasks, and writing the same; Python's xmlrpc.client is what the `koji` command uses. */
export const codecRows: readonly Row[] = [
  {
    id: "decode-vs-python",
    peer: "Python xmlrpc.client.loads",
    unit: "answers/s",
    better: "higher",
    goal: 2,
    run: () =>
      withPython(async (python, version) => {
        checkReader();
        const [ours, theirs] = await race([timed(decode, 8), ask(python, "decode")]);
        const notes = [`${SIZE}: ${ms(ours)}, Python ${version} ${ms(theirs)}`];
        return { value: 1000 / ours, peerValue: 1000 / theirs, notes };
      }),
  },
  {
    id: "decode-vs-json",
    peer: "JSON.parse of the same tasks (floor)",
    unit: "ms",
    better: "lower",
    goal: 8,
    async run() {
      checkReader();
      const floor = timed(() => JSON.parse(JSON_ANSWER.toString()), 5);
      const [value, peerValue] = await race([timed(decode), floor]);
      return { value, peerValue, notes: [`${SIZE} of XML, ${JSON_ANSWER.length} of JSON in ${ms(peerValue)}`] };
    },
  },
  {
    id: "encode-vs-python",
    peer: "Python xmlrpc.client.dumps",
    unit: "ms",
    better: "lower",
    goal: null,
    run: () =>
      withPython(async (python) => {
        const many = timed(() => encodeCall("echo", [TASKS]));
        const calls = timed(() => {
          for (let i = 0; i < 100; i++) encodeCall("build", BUILD_CALL);
        });
        const jobs = [many, ask(python, "encode"), calls, ask(python, "encode-calls")] as const;
        const [value, peerValue, ours, theirs] = await race(jobs);
        const micro = (hundred: number) => `${(hundred * 10).toFixed(1)} µs`;
        const notes = [`nothing we send is that large; one build() call: ${micro(ours)}, Python ${micro(theirs)}`];
        return { value, peerValue, notes };
      }),
  },
];

function checkReader(): void {
  if (!isDeepStrictEqual(readResponse(ANSWER), { value: TASKS }))
    throw new Error("the reader does not give what was written");
}

function ask(python: Python, job: string): Job {
  return async () => {
    python.send(job);
    return Number(await python.next());
  };
}

async function withPython<T>(work: (python: Python, version: string) => Promise<T>): Promise<T> {
  const directory = await mkdtemp(join(tmpdir(), "kojibridge-bench-"));
  try {
    const contents = { "answer.xml": ANSWER, "tasks.json": JSON_ANSWER, "call.json": JSON.stringify(BUILD_CALL) };
    const files = Object.keys(contents).map((name) => join(directory, name));
    await Promise.all(Object.values(contents).map((content, i) => writeFile(files[i] ?? "", content)));
    await using python = await startPython("codec.py", files);
    return await work(python, await python.next());
  } finally {
    await rm(directory, { recursive: true });
  }
}

const ms = (value: number): string => `${value.toFixed(2)} ms`;
