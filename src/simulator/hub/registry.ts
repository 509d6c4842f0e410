import { isStruct, type XmlRpcValue } from "../../adapters/koji/xmlrpc.ts";
import type { Call } from "./core.ts";
import { parameterError } from "./fault.ts";
import type { Answer } from "./values.ts";

/** A hub method: its arguments arrive in the order of the signature, defaults filled in. */
export type Handler = (call: Call, ...args: XmlRpcValue[]) => Answer | Promise<Answer>;

export interface Method {
  readonly name: string;
  /** For system.methodHelp: the signature. */
  readonly help: string;
  readonly parameters: readonly Parameter[];
  /** `echo` takes whatever comes. */
  readonly variadic: boolean;
  readonly run: Handler;
}

interface Parameter {
  readonly name: string;
  readonly fallback: XmlRpcValue | undefined;
}

/** @param signature as the hub's own, in Python: `src, target, opts=None` */
export function method(name: string, signature: string, run: Handler): Method {
  const parts = signature.split(", ").filter((part) => part !== "");
  const parameters = parts.filter((part) => !part.startsWith("*")).map(parseParameter);
  return { name, help: `${name}(${signature})`, parameters, variadic: parts.some((part) => part.startsWith("*")), run };
}

function parseParameter(text: string): Parameter {
  const [name = "", literal] = text.split("=");
  return { name, fallback: literal === undefined ? undefined : parseLiteral(literal) };
}

const LITERALS: ReadonlyMap<string, XmlRpcValue> = new Map([
  ["None", null],
  ["True", true],
  ["False", false],
]);

function parseLiteral(text: string): XmlRpcValue {
  const known = LITERALS.get(text);
  if (known !== undefined) return known;
  return text.startsWith("'") ? text.slice(1, -1) : Number(text);
}

/**
 * Koji's named arguments: a trailing struct with a true `__starstar` (transcripts `encode-starstar-*`), then Python's own
 * complaints about arguments, fault 1019 (transcripts `fault-missing-arg` …).
 */
export function bindArguments(target: Method, params: readonly XmlRpcValue[]): XmlRpcValue[] {
  const last = params.at(-1);
  const hasNamed =
    isStruct(last) && last.__starstar !== undefined && last.__starstar !== false && last.__starstar !== 0;
  const positional = hasNamed ? params.slice(0, -1) : [...params];
  if (target.variadic) return positional;
  const names = target.parameters.map((parameter) => parameter.name);
  const given = new Map<string, XmlRpcValue>();
  positional.forEach((value, i) => {
    if (i < names.length) given.set(names[i] ?? "", value);
  });
  const callee = `RootExports.${target.name}()`;
  if (hasNamed) takeNamed(callee, names, given, last);
  if (positional.length > names.length) throw tooMany(callee, target, positional.length);
  return fill(callee, target, given);
}

function takeNamed(
  callee: string,
  names: string[],
  given: Map<string, XmlRpcValue>,
  struct: { [name: string]: XmlRpcValue },
): void {
  for (const [name, value] of Object.entries(struct)) {
    if (name === "__starstar") continue;
    if (!names.includes(name)) throw parameterError(`${callee} got an unexpected keyword argument '${name}'`);
    if (given.has(name)) throw parameterError(`${callee} got multiple values for argument '${name}'`);
    given.set(name, value);
  }
}

/** Python counts `self`. */
function tooMany(callee: string, target: Method, count: number): Error {
  const most = target.parameters.length + 1;
  const least = most - target.parameters.filter((parameter) => parameter.fallback !== undefined).length;
  const range = least === most ? `${most}` : `from ${least} to ${most}`;
  return parameterError(
    `${callee} takes ${range} positional argument${most === 1 ? "" : "s"} but ${count + 1} were given`,
  );
}

function fill(callee: string, target: Method, given: ReadonlyMap<string, XmlRpcValue>): XmlRpcValue[] {
  const missing = target.parameters.filter(({ name, fallback }) => !given.has(name) && fallback === undefined);
  if (missing.length > 0) {
    const quoted = missing.map(({ name }) => `'${name}'`);
    const list = quoted.length < 3 ? quoted.join(" and ") : `${quoted.slice(0, -1).join(", ")}, and ${quoted.at(-1)}`;
    const noun = missing.length === 1 ? "argument" : "arguments";
    throw parameterError(`${callee} missing ${missing.length} required positional ${noun}: ${list}`);
  }
  return target.parameters.map(({ name, fallback }) => given.get(name) ?? fallback ?? null);
}
