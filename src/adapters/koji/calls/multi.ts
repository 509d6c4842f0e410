import { Buffer } from "node:buffer";
import { KojibridgeError } from "../../../domain/errors.ts";
import type { Caller } from "../caller.ts";
import { toError } from "../faults.ts";
import { toList } from "../shape.ts";
import { encodeCall, isStruct, type XmlRpcValue } from "../xmlrpc.ts";

export interface MethodCall {
  readonly method: string;
  readonly params: readonly unknown[];
}

/** Of each call of a multiCall: what it gave, or its fault as an error. */
export type Outcome = { readonly value: XmlRpcValue } | { readonly error: KojibridgeError };

export interface MultiCalls {
  /**
   * Several calls in few requests; each request is one transaction of the hub, in which a fault undoes only its own call (koji-facts,
   * section 7). `write` sends them on our session. Requests stay below the hub's limit of 4 MiB and 1000 calls.
   */
  multiCall(calls: readonly MethodCall[], mode?: "read" | "write"): Promise<Outcome[]>;
}

/** MaxRequestLength of the hub is 4 MiB by default; a transaction of 1000 cheap reads takes it 0.2 s. */
const MAX_BYTES = 3 * 2 ** 20;
const MAX_CALLS = 1000;

export function createMultiCalls({ read, write }: Caller): MultiCalls {
  return {
    async multiCall(calls, mode = "read") {
      const outcomes: Outcome[] = [];
      for (const batch of toBatches(calls)) {
        const params = batch.map(({ method, params }) => ({ methodName: method, params }));
        const answer = mode === "read" ? await read("multiCall", params) : await write("multiCall", [params]);
        outcomes.push(...toOutcomes(batch, toList(answer, "multiCall")));
      }
      return outcomes;
    },
  };
}

function toBatches(calls: readonly MethodCall[]): MethodCall[][] {
  const batches: MethodCall[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const call of calls) {
    const size = Buffer.byteLength(encodeCall(call.method, call.params));
    const batch = batches.at(-1);
    if (batch === undefined || bytes + size > MAX_BYTES || batch.length >= MAX_CALLS) {
      batches.push([call]);
      bytes = size;
    } else {
      batch.push(call);
      bytes += size;
    }
  }
  return batches;
}

function toOutcomes(calls: readonly MethodCall[], results: readonly XmlRpcValue[]): Outcome[] {
  if (results.length !== calls.length) {
    const message = `multiCall: ${results.length} results for ${calls.length} calls`;
    throw new KojibridgeError("invalid", message, { code: "koji.shape" });
  }
  return calls.map(({ method }, i) => toOutcome(results[i], method));
}

/** `[value]`, or a fault struct (transcript `multiCall-mixed`). */
function toOutcome(result: XmlRpcValue | undefined, method: string): Outcome {
  if (Array.isArray(result)) return { value: result[0] ?? null };
  const { faultCode: code, faultString: message } = isStruct(result) ? result : {};
  if (typeof code === "number" && typeof message === "string") return { error: toError({ code, message }, method) };
  throw new KojibridgeError("invalid", `multiCall: no result and no fault for ${method}`, { code: "koji.shape" });
}
