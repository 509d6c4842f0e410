import { KojibridgeError } from "../../../domain/errors.ts";
import type { Caller } from "../caller.ts";
import { toError } from "../faults.ts";
import { toList } from "../shape.ts";
import { isStruct, type XmlRpcValue } from "../xmlrpc.ts";

export interface MethodCall {
  readonly method: string;
  readonly params: readonly unknown[];
}

/** Of each call of a multiCall: what it gave, or its fault as an error. */
export type Outcome = { readonly value: XmlRpcValue } | { readonly error: KojibridgeError };

export interface MultiCalls {
  /** Several calls in one request and one transaction of the hub; a fault undoes only its own call (koji-facts, section 7). */
  multiCall(calls: readonly MethodCall[]): Promise<Outcome[]>;
}

export function createMultiCalls({ read }: Caller): MultiCalls {
  return {
    async multiCall(calls) {
      const batch = calls.map(({ method, params }) => ({ methodName: method, params }));
      const results = toList(await read("multiCall", batch), "multiCall");
      if (results.length !== calls.length) throw miscounted(calls.length, results.length);
      return calls.map(({ method }, i) => toOutcome(results[i], method));
    },
  };
}

/** `[value]`, or a fault struct (transcript `multiCall-mixed`). */
function toOutcome(result: XmlRpcValue | undefined, method: string): Outcome {
  if (Array.isArray(result)) return { value: result[0] ?? null };
  const { faultCode: code, faultString: message } = isStruct(result) ? result : {};
  if (typeof code === "number" && typeof message === "string") return { error: toError({ code, message }, method) };
  throw new KojibridgeError("invalid", `multiCall: no result and no fault for ${method}`, { code: "koji.shape" });
}

function miscounted(asked: number, answered: number): KojibridgeError {
  return new KojibridgeError("invalid", `multiCall: ${answered} results for ${asked} calls`, { code: "koji.shape" });
}
