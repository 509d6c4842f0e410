import type { Caller } from "../caller.ts";
import { isMissingMethod } from "../faults.ts";
import { type From, toInt, toIntAnswer, toNullable, toStruct, toText, toTextAnswer, toTexts } from "../shape.ts";

export interface User {
  readonly id: number;
  readonly name: string;
}

export interface SystemCalls {
  /** null on hubs older than 1.23, which do not say. */
  getKojiVersion(): Promise<string | null>;
  getAPIVersion(): Promise<number>;
  listMethods(): Promise<string[]>;
  /** Whom the hub takes us for. */
  getLoggedInUser(): Promise<User>;
  /** By name, id or Kerberos principal. */
  getUser(user: string | number): Promise<User | null>;
  /** `admin`, `tag`, `repo` and the like. */
  getUserPerms(user: string | number): Promise<string[]>;
}

export function createSystemCalls({ read, write }: Caller): SystemCalls {
  return {
    async getKojiVersion() {
      try {
        return toTextAnswer(await read("getKojiVersion"), "getKojiVersion");
      } catch (error) {
        if (isMissingMethod(error)) return null;
        throw error;
      }
    },
    async getAPIVersion() {
      return toIntAnswer(await read("getAPIVersion"), "getAPIVersion");
    },
    async listMethods() {
      return toTexts(await read("system.listMethods"), "system.listMethods");
    },
    async getLoggedInUser() {
      return toUser(toStruct(await write("getLoggedInUser", []), "getLoggedInUser"));
    },
    async getUser(user) {
      return toNullable(await read("getUser", user), "getUser", toUser);
    },
    async getUserPerms(user) {
      return toTexts(await read("getUserPerms", user), "getUserPerms");
    },
  };
}

function toUser(from: From): User {
  return { id: toInt(from, "id"), name: toText(from, "name") };
}
