import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { isDeepStrictEqual } from "node:util";
import { encodeCall, readResponse } from "../src/adapters/koji/xmlrpc.ts";

/**
 * Decoding what a hub says about 1,000 tasks, and encoding calls, against Python's xmlrpc.client (what the `koji` command uses) and against
 * JSON as the floor. Every round asks each contestant once, so that a busy machine slows all of them; medians are compared.
 */
const ROUNDS = 25;
const TASKS = 1000;

type Fields = Record<string, string | number | boolean | null>;

function createTask(i: number): Fields {
  const seconds = 1_795_188_828.18629 + i * 7.5;
  const time = (at: number): string => `${new Date(at * 1000).toISOString().slice(0, -1).replace("T", " ")}123+00:00`;
  return {
    arch: i % 3 === 0 ? "x86_64" : "noarch",
    awaited: i % 2 === 0 ? null : false,
    channel_id: 1 + (i % 4),
    completion_time: i % 5 === 0 ? null : time(seconds + 60),
    completion_ts: i % 5 === 0 ? null : seconds + 60.5,
    create_time: time(seconds),
    create_ts: seconds,
    host_id: i % 7,
    id: 100_000_000 + i,
    label: i % 3 === 0 ? "x86_64" : null,
    method: ["build", "buildArch", "buildSRPMFromSCM", "tagBuild"][i % 4] ?? "build",
    owner: 2,
    parent: i % 4 === 0 ? null : 100_000_000 + i - (i % 4),
    priority: 20 - (i % 2),
    start_time: time(seconds + 1),
    start_ts: seconds + 1.25,
    state: i % 6,
    waiting: i % 2 === 1,
    weight: 1.5,
  };
}

/** In the layout of Python's Marshaller, `<nil/>` without a line end included: what hubs send. */
function toXml(tasks: readonly Fields[]): string {
  const typed = (value: Fields[string]): string => {
    if (value === null) return "<nil/></value>";
    if (typeof value === "boolean") return `<boolean>${value ? 1 : 0}</boolean></value>\n`;
    if (typeof value === "string") return `<string>${value}</string></value>\n`;
    return Number.isInteger(value) ? `<int>${value}</int></value>\n` : `<double>${value}</double></value>\n`;
  };
  const member = ([name, value]: [string, Fields[string]]): string =>
    `<member>\n<name>${name}</name>\n<value>${typed(value)}</member>\n`;
  const structs = tasks.map(
    (task) => `<value><struct>\n${Object.entries(task).map(member).join("")}</struct></value>\n`,
  );
  return `<?xml version='1.0'?>\n<methodResponse>\n<params>\n<param>\n<value><array><data>\n${structs.join("")}</data></array></value>\n</param>\n</params>\n</methodResponse>\n`;
}

const PYTHON = `
import sys, time, json, gc, xmlrpc.client
answer, call, many = (open(p, encoding='utf8').read() for p in sys.argv[1:4])
call, many = json.loads(call), json.loads(many)
jobs = {
  'decode': lambda: xmlrpc.client.loads(answer),
  'encode': lambda: [xmlrpc.client.dumps(tuple(call), 'build', allow_none=True) for _ in range(100)],
  'encode-many': lambda: xmlrpc.client.dumps((many,), 'echo', allow_none=True),
}
print(sys.version.split()[0], flush=True)
for line in sys.stdin:
  gc.collect(); start = time.perf_counter(); jobs[line.strip()](); print((time.perf_counter() - start) * 1000, flush=True)
`;

interface Python {
  readonly version: string;
  ask(job: string): Promise<number>;
  close(): void;
}

async function startPython(files: readonly string[]): Promise<Python> {
  const child: ChildProcess = spawn("python3", ["-c", PYTHON, ...files], { stdio: ["pipe", "pipe", "inherit"] });
  await once(child, "spawn");
  if (child.stdout === null || child.stdin === null) throw new Error("python3 without pipes");
  const { stdin, stdout } = child;
  const lines = createInterface({ input: stdout })[Symbol.asyncIterator]();
  const next = async (): Promise<string> => String((await lines.next()).value);
  return {
    version: await next(),
    async ask(job) {
      stdin.write(`${job}\n`);
      return Number(await next());
    },
    close: () => stdin.end(),
  };
}

function timed(job: () => unknown): number {
  const start = performance.now();
  job();
  return performance.now() - start;
}

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
const ms = (value: number): string => `${value.toFixed(2)} ms`;
const times = (value: number): string => `${value.toFixed(1)} x`;

const tasks = Array.from({ length: TASKS }, (_, i) => createTask(i));
const answer = Buffer.from(toXml(tasks));
const json = Buffer.from(JSON.stringify(tasks));
const build = [
  "git+https://git.example.org/rpms/hello.git#f40e746919cc2af5c0d08471e6452fdb23260635",
  "f42-candidate",
  { scratch: true, custom_user_metadata: { kojibridge: "b1" } },
];
if (!isDeepStrictEqual(readResponse(answer), { value: tasks }))
  throw new Error("the reader does not give what was written");

const directory = await mkdtemp(join(tmpdir(), "kojibridge-bench-"));
const files = ["answer.xml", "call.json", "many.json"].map((name) => join(directory, name));
await Promise.all([answer, JSON.stringify(build), json].map((data, i) => writeFile(files[i] ?? "", data)));
const python = await startPython(files);

const jobs: Record<string, () => Promise<number> | number> = {
  "decode ours": () => timed(() => readResponse(answer)),
  "decode JSON.parse": () => timed(() => JSON.parse(json.toString())),
  "decode Python": () => python.ask("decode"),
  "encode ours": () => timed(() => repeat(100, () => encodeCall("build", build))),
  "encode JSON.stringify": () => timed(() => repeat(100, () => JSON.stringify(build))),
  "encode Python": () => python.ask("encode"),
  "encode-many ours": () => timed(() => encodeCall("echo", [tasks])),
  "encode-many Python": () => python.ask("encode-many"),
};

function repeat(times: number, job: () => unknown): void {
  for (let i = 0; i < times; i++) job();
}

const results = new Map<string, number[]>();
for (let round = 0; round < ROUNDS; round++) {
  for (const [name, job] of Object.entries(jobs)) results.set(name, [...(results.get(name) ?? []), await job()]);
}
python.close();
await rm(directory, { recursive: true });

const of = (name: string): number => median(results.get(name) ?? []);
const [ours, floor, theirs] = [of("decode ours"), of("decode JSON.parse"), of("decode Python")];
console.log(`codec, Node ${process.version}, Python ${python.version}, medians of ${ROUNDS} interleaved rounds`);
console.log(
  `decode ${TASKS} tasks (${answer.length} bytes): ${ms(ours)}; Python ${ms(theirs)}, JSON.parse ${ms(floor)}`,
);
console.log(
  `  ${times(theirs / ours)} as fast as Python (goal 2 x); ${times(ours / floor)} the time of JSON.parse (goal below 8 x)`,
);
console.log(
  `encode 100 build() calls: ${ms(of("encode ours"))}; Python ${ms(of("encode Python"))}, JSON.stringify ${ms(of("encode JSON.stringify"))}`,
);
console.log(
  `encode ${TASKS} tasks: ${ms(of("encode-many ours"))}; Python ${ms(of("encode-many Python"))} (nothing we send is that large)`,
);
