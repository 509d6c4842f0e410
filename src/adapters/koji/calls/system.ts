import type { Caller } from "../caller.ts";
import { isMissingMethod } from "../faults.ts";
import {
  type From,
  toInt,
  toIntAnswer,
  toNullable,
  toOptionalInt,
  toStruct,
  toText,
  toTextAnswer,
  toTexts,
} from "../shape.ts";

export interface User {
  readonly id: number;
  readonly name: string;
}

/** Numbers of koji.AUTHTYPES in their order; `kerberos` is what hubs of old called it. */
const AUTH_TYPES = ["password", "kerberos", "ssl", "gssapi"] as const;

export interface LoggedInUser extends User {
  /** How we logged in; null where the hub does not say. */
  readonly authType: (typeof AUTH_TYPES)[number] | null;
}

export interface SystemCalls {
  /** null on hubs older than 1.23, which do not say. */
  getKojiVersion(): Promise<string | null>;
  getAPIVersion(): Promise<number>;
  listMethods(): Promise<string[]>;
  /** Whom the hub takes us for. */
  getLoggedInUser(): Promise<LoggedInUser>;
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
      const from = toStruct(await write("getLoggedInUser", []), "getLoggedInUser");
      return { ...toUser(from), authType: AUTH_TYPES[toOptionalInt(from, "authtype") ?? -1] ?? null };
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
