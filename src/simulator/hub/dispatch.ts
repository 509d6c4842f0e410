import { isStruct, type XmlRpcValue } from "../../adapters/koji/xmlrpc.ts";
import { type Call, type Caller, type Core, type Environ, hasPermission } from "./core.ts";
import { authLockError, genericError, HubFault, pythonError, serverOffline } from "./fault.ts";
import { repr, typeName } from "./python.ts";
import { bindArguments, type Method } from "./registry.ts";
import { checkSession, readClaim, type SessionClaim } from "./sessions.ts";
import type { Answer } from "./values.ts";

export type Methods = ReadonlyMap<string, Method>;

/** Awaited while the session's row lock is held and before anything is executed: where a slow commit is simulated. */
export type BeforeExecute = () => Promise<void>;

/**
 * One request, as the hub's `_dispatch` does it: unknown method, session, lock-out, arguments, then the method itself. A call with
 * a number holds its session's row lock to the end; the number is kept only if the call changed something.
 */
export async function dispatch(
  core: Core,
  methods: Methods,
  environ: Environ,
  name: string | null,
  params: readonly XmlRpcValue[],
  before?: BeforeExecute,
): Promise<Answer> {
  const target = findMethod(methods, name);
  return runInSession(core, environ, target.name, before, (call) => invoke(target, call, params));
}

/** Notes whether a method changed something. Those that do so after waiting say it themselves. */
function invoke(target: Method, call: Call, params: readonly XmlRpcValue[]): Answer | Promise<Answer> {
  const before = call.core.db.changes;
  const result = target.run(call, ...bindArguments(target, params));
  if (call.core.db.changes !== before) call.wrote = true;
  return result;
}

/** Runs something as the caller of a request; `name` decides what an exclusive lock or a lock-out still lets through. */
export async function runInSession(
  core: Core,
  environ: Environ,
  name: string,
  before: BeforeExecute | undefined,
  run: (call: Call) => Answer | Promise<Answer>,
): Promise<Answer> {
  const claim = readClaim(environ, core.settings.disableUrlSessions);
  const release = claim === null ? () => {} : await core.locks.acquire(claim.id);
  try {
    const caller = admit(core, environ, claim, name);
    const number = claim?.callNumber ?? null;
    if (number === null) release();
    await before?.();
    const call = { core, caller, wrote: false };
    const answer = await run(call);
    if (call.wrote && number !== null && caller.session !== null) caller.session.callNumber = number;
    return answer;
  } finally {
    release();
  }
}

function admit(core: Core, environ: Environ, claim: SessionClaim | null, name: string): Caller {
  const caller = checkSession(core, environ, claim, name);
  if (caller.lockError && !["exclusiveSession", "login", "logout"].includes(name))
    throw authLockError("User locked by another session");
  enforceLockOut(core, caller, name);
  return caller;
}

function enforceLockOut(core: Core, caller: Caller, name: string): void {
  if (!core.settings.lockOut || ["login", "sslLogin", "logout"].includes(name) || hasPermission(caller, "admin"))
    return;
  throw serverOffline("Server disabled for maintenance");
}

function findMethod(methods: Methods, name: string | null): Method {
  const found = name === null ? undefined : methods.get(name);
  if (found === undefined) throw genericError(`Invalid method: ${name ?? "None"}`);
  return found;
}

/**
 * `multiCall`: a fault undoes only its own call, the others are committed (transcript `multiCall-write-then-fault`). Every method
 * checks before it writes, so there is nothing to undo.
 */
export async function multiCall(methods: Methods, call: Call, calls: XmlRpcValue): Promise<Answer> {
  const results: Answer[] = [];
  for (const one of iterate(calls)) {
    try {
      results.push([await runOne(methods, call, one)]);
    } catch (error) {
      if (!(error instanceof HubFault)) throw error;
      results.push(toEntry(error));
    }
  }
  return results;
}

/** Python iterates a string by its characters (transcript `multiCall-not-a-list`). */
function iterate(calls: XmlRpcValue): readonly XmlRpcValue[] {
  if (typeof calls === "string") return [...calls];
  if (Array.isArray(calls)) return calls;
  throw pythonError("TypeError", `'${typeName(calls)}' object is not iterable`);
}

async function runOne(methods: Methods, call: Call, one: XmlRpcValue): Promise<Answer> {
  if (!isStruct(one)) throw pythonError("TypeError", `string indices must be integers, not 'str'`);
  const { methodName, params } = one as Record<string, XmlRpcValue | undefined>;
  if (methodName === undefined) throw pythonError("KeyError", "methodName");
  if (params === undefined) throw pythonError("KeyError", "params");
  const target = findMethod(methods, typeof methodName === "string" ? methodName : repr(methodName));
  enforceLockOut(call.core, call.caller, target.name);
  return invoke(target, call, Array.isArray(params) ? params : []);
}

function toEntry(fault: HubFault): Answer {
  // A builder's stored fault passes as it is (transcript `multiCall-taskresult-faults`).
  if (fault.type === "Fault") return { faultCode: fault.code, faultString: fault.text };
  // A Python error's fault inside a multiCall is its bare message; the traceback has its own member.
  const text = fault.code === 1 ? fault.text.trimEnd().replace(/^[\s\S]*\n\w+: /, "") : fault.text;
  const trace = [
    "Traceback (most recent call last):\n",
    `${fault.type}: ${fault.type === "KeyError" ? `'${text}'` : text}\n`,
  ];
  return { faultCode: fault.code, faultString: text, traceback: trace };
}
