import { isKind } from "../../domain/errors.ts";
import type { Exchanger } from "./exchange.ts";
import { isLost } from "./network-errors.ts";
import type { CallOptions, Sessions } from "./sessions.ts";
import { encodeCall, type XmlRpcValue } from "./xmlrpc.ts";

/** The two ways a method is called. Both throw KojibridgeError of every kind; what the hub refuses is `rejected`. */
export interface Caller {
  /** Anonymous, side by side with others; repeated once when the answer was lost. */
  read(method: string, ...params: readonly unknown[]): Promise<XmlRpcValue>;
  /** On our session, one after the other; see Sessions.call. */
  write(method: string, params: readonly unknown[], options?: CallOptions): Promise<XmlRpcValue>;
}

export function createCaller(exchanger: Exchanger, sessions: Sessions, signal?: AbortSignal): Caller {
  async function ask(method: string, body: string): Promise<XmlRpcValue> {
    return (await exchanger.exchange({ method, body, signal })).value;
  }
  return {
    async read(method, ...params) {
      const body = encodeCall(method, params);
      try {
        return await ask(method, body);
      } catch (error) {
        if (!isKind(error, "transient") || !isLost(error)) throw error;
        return ask(method, body);
      }
    },
    write: (method, params, options) => sessions.call({ method, body: encodeCall(method, params) }, options),
  };
}
