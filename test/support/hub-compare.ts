import type { Exchange } from "./koji-exchanges.ts";
import { parseAnswer, type RawAnswer } from "./raw-http.ts";
import { parseTree, type Tree } from "./xml-tree.ts";

/**
 * How near a world's answer is to the recorded one, best first:
 * - `bytes`  the same bytes
 * - `equal`  the same values and wire types, but for times, events, keys and the text of Python's tracebacks
 * - `shape`  the same members and wire types (a nil member fits every type), but other values or other list lengths
 * - `status` the same HTTP status and no XML-RPC to compare
 * - `wrong`
 */
const LEVELS = ["bytes", "equal", "shape", "status", "wrong"] as const;
export type Level = (typeof LEVELS)[number];

export interface Comparison {
  readonly level: Level;
  /** What first differs from the next better level. */
  readonly why: string;
}

export function compareAnswers(exchange: Exchange, answer: RawAnswer): Comparison {
  const recorded = finalAnswer(exchange);
  if (recorded.status !== answer.status) return { level: "wrong", why: `HTTP ${answer.status} for ${recorded.status}` };
  const header = HEADERS.find((name) => recorded.headers[name] !== answer.headers[name]);
  if (header !== undefined)
    return { level: "wrong", why: `${header}: ${answer.headers[header]} for ${recorded.headers[header]}` };
  const [theirs, ours] = [recorded.body, answer.body.toString()];
  if (theirs === ours) return { level: "bytes", why: "" };
  if (!theirs.startsWith("<?xml")) return { level: "status", why: "not XML-RPC" };
  const [a, b] = [parseTree(theirs), parseTree(ours)];
  if (isUnordered(exchange)) for (const tree of [a.value, b.value]) sortById(tree);
  if (a.fault !== b.fault)
    return { level: "wrong", why: `expected ${theirs.slice(90, 400)}, got ${ours.slice(90, 400)}` };
  const unequal = differ(a.value, b.value, "");
  if (unequal === undefined) return { level: "equal", why: "" };
  if (a.fault) return { level: "wrong", why: unequal };
  const misshapen = differShape(a.value, b.value, "");
  return misshapen === undefined ? { level: "shape", why: unequal } : { level: "wrong", why: misshapen };
}

/** Those a client acts on; the date follows the world's clock. */
const HEADERS = ["content-type", "koji-version", "allow", "accept-ranges"];

/** `expect-100-continue` was recorded raw: its final answer is inside the body. */
function finalAnswer({ response }: Exchange): { status: number | null; headers: RawAnswer["headers"]; body: string } {
  if (response.status !== 100) return { ...response, body: response.body.toString() };
  const answer = parseAnswer(response.body);
  return { ...answer, body: answer.body.toString() };
}

/** The hub promises no order of children (koji-facts, section 8), nor of a list it was not asked to order. */
function isUnordered({ method, params }: Exchange): boolean {
  return /^getTask(Children|Descendents)$/.test(method ?? "") || (method === "listTasks" && params?.length === 1);
}

function sortById(tree: Tree): void {
  const id = (item: Tree) =>
    "members" in item ? Number(textOf(item.members.find(([name]) => name === "id")?.[1])) : 0;
  if ("items" in tree) tree.items.sort((x, y) => id(x) - id(y));
  if ("members" in tree) for (const [, member] of tree.members) sortById(member);
}

function textOf(tree: Tree | undefined): string {
  return tree !== undefined && "text" in tree ? tree.text : "";
}

/** Members that depend on the moment or on chance. */
const VOLATILE =
  /(_time|_ts|^ts|^mtime|^st_[acm]time|event(_id)?|^session-key|^buildtime|^payloadhash|^size|^min_event|^weight|^task_load|^brootid|^buildroot_id)$/;

function differ(a: Tree, b: Tree, path: string): string | undefined {
  if (a.type !== b.type) return `${path}: ${show(a)} became ${show(b)}`;
  if ("items" in a && "items" in b) {
    if (a.items.length !== b.items.length) return `${path}: ${a.items.length} items became ${b.items.length}`;
    return first(a.items, (item, i) => differ(item, b.items[i] as Tree, `${path}[${i}]`));
  }
  if ("members" in a && "members" in b) {
    const [names, others] = [a.members.map(([name]) => name).join(), b.members.map(([name]) => name).join()];
    if (names !== others) return `${path}: members ${names} became ${others}`;
    return first(a.members, ([name, value], i) => {
      const other = b.members[i]?.[1] as Tree;
      if (VOLATILE.test(name))
        return value.type === other.type ? undefined : `${path}.${name}: ${show(value)} became ${show(other)}`;
      if (name === "traceback") return undefined;
      return differ(value, other, `${path}.${name}`);
    });
  }
  if ("text" in a && "text" in b && normalise(a.text) !== normalise(b.text))
    return `${path}: ${show(a)} became ${show(b)}`;
  return undefined;
}

/** Of a Python traceback the last line counts. Paths below the topdir are the recorded hub's own. */
function normalise(text: string): string {
  const lines = text.split("\n");
  const error = text.startsWith("Traceback") ? (lines.findLast((line) => /^[\w.]+: /.test(line)) ?? text) : text;
  return error.replace("/srv/kojihub/topdir/work/", "/mnt/koji/work/").replace(/\S+(?=\/root\/chroot_tmpdir\/)/, "");
}

/** Structs: the same members, nil or of the same type. Lists: every further element fits the first recorded one. */
function differShape(a: Tree, b: Tree, path: string): string | undefined {
  if (a.type !== b.type) return `${path}: ${show(a)} became ${show(b)}`;
  if ("items" in a && "items" in b) {
    const [model] = a.items;
    if (model === undefined)
      return b.items.length === 0 ? undefined : `${path}: nothing became ${b.items.length} items`;
    if (b.items.length === 0) return `${path}: ${a.items.length} items became nothing`;
    return first(b.items, (item, i) => differShape(a.items[i] ?? model, item, `${path}[${i}]`));
  }
  if ("members" in a && "members" in b) {
    const theirs = new Map(a.members);
    const ours = new Map(b.members);
    const missing =
      [...theirs.keys()].find((name) => !ours.has(name)) ?? [...ours.keys()].find((name) => !theirs.has(name));
    if (missing !== undefined) return `${path}: member ${missing}`;
    return first([...theirs], ([name, value]) => {
      const other = ours.get(name) as Tree;
      return value.type === "nil" || other.type === "nil" ? undefined : differShape(value, other, `${path}.${name}`);
    });
  }
  return undefined;
}

function first<T>(items: readonly T[], check: (item: T, i: number) => string | undefined): string | undefined {
  for (const [i, item] of items.entries()) {
    const found = check(item, i);
    if (found !== undefined) return found;
  }
  return undefined;
}

function show(tree: Tree): string {
  return "text" in tree ? `${tree.type} ${JSON.stringify(tree.text.slice(-160))}` : tree.type;
}
