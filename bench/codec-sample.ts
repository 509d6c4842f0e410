/** A task as getTaskInfo shows it. */
type Fields = Record<string, string | number | boolean | null>;

export const TASKS: readonly Fields[] = Array.from({ length: 1000 }, (_, i) => createTask(i));

/** The arguments of a `build` call as the bridge makes it. */
export const BUILD_CALL = [
  "git+https://git.example.org/rpms/hello.git#f40e746919cc2af5c0d08471e6452fdb23260635",
  "f42-candidate",
  { scratch: true, custom_user_metadata: { kojibridge: { build: "b1", attempt: 1 } } },
];

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
export function toXml(tasks: readonly Fields[]): string {
  const typed = (value: Fields[string]): string => {
    if (value === null || value === undefined) return "<nil/></value>";
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
