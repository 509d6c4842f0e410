import type { Caller } from "../caller.ts";
import { isFault } from "../faults.ts";
import { type From, toInt, toIntAnswer, toStruct, toText, toTextAnswer } from "../shape.ts";

export interface User {
  readonly id: number;
  readonly name: string;
}

export interface SystemCalls {
  /** null on hubs older than 1.23, which do not say. */
  getKojiVersion(): Promise<string | null>;
  getAPIVersion(): Promise<number>;
  /** Whom the hub takes us for. */
  getLoggedInUser(): Promise<User>;
}

export function createSystemCalls({ read, write }: Caller): SystemCalls {
  return {
    async getKojiVersion() {
      try {
        return toTextAnswer(await read("getKojiVersion"), "getKojiVersion");
      } catch (error) {
        if (isFault(error, 1000)) return null;
        throw error;
      }
    },
    async getAPIVersion() {
      return toIntAnswer(await read("getAPIVersion"), "getAPIVersion");
    },
    async getLoggedInUser() {
      return toUser(toStruct(await write("getLoggedInUser", []), "getLoggedInUser"));
    },
  };
}

export function toUser(from: From): User {
  return { id: toInt(from, "id"), name: toText(from, "name") };
}
