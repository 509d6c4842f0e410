import { type ErrorKind, KojibridgeError } from "../../domain/errors.ts";
import type { XmlRpcFault } from "./reader.ts";

interface FaultClass {
  /** Koji's own exception class. */
  readonly name: string;
  readonly kind: ErrorKind;
  readonly next: string;
}

const PYTHON_EXCEPTION: FaultClass = {
  name: "PythonException",
  kind: "rejected",
  next: "the hub or a builder crashed on this call",
};
const TAKE_AS_IS = "the hub will say the same again";

/** koji-facts, section 5 (koji/__init__.py of 1.35.3). Codes 1005 to 1024 are mostly results of tasks. */
const FAULTS: ReadonlyMap<number, FaultClass> = new Map([
  [1, PYTHON_EXCEPTION],
  [1000, { name: "GenericError", kind: "rejected", next: TAKE_AS_IS }],
  [1001, { name: "LockError", kind: "transient", next: "somebody else is writing that file; try again shortly" }],
  [1002, { name: "AuthError", kind: "auth", next: "check the hub's `auth:`; sessions are also bound to our address" }],
  [1003, { name: "TagError", kind: "rejected", next: TAKE_AS_IS }],
  [1004, { name: "ActionNotAllowed", kind: "rejected", next: "ask the hub's administrators for the permission" }],
  [1005, { name: "BuildError", kind: "rejected", next: TAKE_AS_IS }],
  [
    1006,
    { name: "AuthLockError", kind: "throttled", next: "another session of this user is exclusive; waiting for it" },
  ],
  [1007, { name: "AuthExpired", kind: "transient", next: "the session has to be renewed" }],
  [1008, { name: "SequenceError", kind: "transient", next: "not executed; a new session is needed" }],
  [
    1009,
    {
      name: "RetryError",
      kind: "ambiguous",
      next: "it was executed before and its answer is lost; look for its result",
    },
  ],
  [1010, { name: "PreBuildError", kind: "rejected", next: TAKE_AS_IS }],
  [1011, { name: "PostBuildError", kind: "rejected", next: TAKE_AS_IS }],
  [
    1012,
    {
      name: "BuildrootError",
      kind: "rejected",
      next: "the builder or the repository is broken; building again later makes sense",
    },
  ],
  [1013, { name: "FunctionDeprecated", kind: "rejected", next: "the hub is newer than this client" }],
  [1014, { name: "ServerOffline", kind: "transient", next: "the hub is in maintenance; waiting for it" }],
  [1015, { name: "LiveCDError", kind: "rejected", next: TAKE_AS_IS }],
  [1016, { name: "PluginError", kind: "rejected", next: "a plugin of the hub failed" }],
  [1017, { name: "CallbackError", kind: "rejected", next: "a plugin of the hub failed" }],
  [1018, { name: "ApplianceError", kind: "rejected", next: TAKE_AS_IS }],
  [
    1019,
    {
      name: "ParameterError",
      kind: "rejected",
      next: "the hub knows this call with other arguments; is it older than we think?",
    },
  ],
  [1020, { name: "ImportError", kind: "rejected", next: TAKE_AS_IS }],
  [1021, { name: "ConfigurationError", kind: "rejected", next: "the hub is misconfigured" }],
  [1022, { name: "LiveMediaError", kind: "rejected", next: TAKE_AS_IS }],
  [1023, { name: "GSSAPIAuthError", kind: "auth", next: "check the Kerberos ticket" }],
  [1024, { name: "NameValidationError", kind: "rejected", next: TAKE_AS_IS }],
]);

/** An exclusive session belongs to a kojira or an administrator: a minute is soon enough to look again. */
const LOCKED_FOR = 60_000;

/** The fault as an error that says what to do next; its code is `koji.fault.N`. */
export function toError(fault: XmlRpcFault, method: string): KojibridgeError {
  const { name, kind, next: usual } = FAULTS.get(fault.code) ?? PYTHON_EXCEPTION;
  const text = faultLine(fault.message);
  const next = isMissing(fault.code, text) ? "the hub is too old for it, or lacks a plugin" : usual;
  return new KojibridgeError(kind, `${method}: ${text} (Koji ${name} ${fault.code}; ${next})`, {
    code: `koji.fault.${fault.code}`,
    context: { method, fault: fault.code, text },
    ...(kind === "throttled" ? { retryAt: Date.now() + LOCKED_FOR } : {}),
  });
}

export function isFault(error: unknown, ...codes: number[]): error is KojibridgeError {
  return error instanceof KojibridgeError && codes.some((code) => error.code === `koji.fault.${code}`);
}

/** True when the hub does not have the method at all (transcript `fault-unknown-method`). */
export function isMissingMethod(error: unknown): boolean {
  return isFault(error, 1000) && isMissing(1000, String(error.context.text));
}

function isMissing(code: number, text: string): boolean {
  return code === 1000 && text.startsWith("Invalid method: ");
}

/**
 * The one line of a fault people need: hubs with tracebacks switched on (`KojiTraceback`, `KojiDebug`) send the whole stack, whose
 * frames are indented and whose message comes last (transcripts `fault-hub-python-exception`, `kojidebug-fault`).
 */
export function faultLine(message: string): string {
  const stack = message.lastIndexOf("Traceback (most recent call last)");
  const lines = message.slice(Math.max(stack, 0)).split("\n");
  const first = stack < 0 ? 0 : lines.findIndex((line, i) => i > 0 && /^\S/.test(line));
  const text = lines.slice(Math.max(first, 0)).join(" ").replace(/\s+/g, " ").trim();
  const line = stack < 0 ? text : text.replace(/^koji\.\w+: /, "");
  return line.length > MAX_LINE ? `${line.slice(0, MAX_LINE - 1)}…` : line;
}

const MAX_LINE = 500;
