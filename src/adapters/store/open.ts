import { existsSync } from "node:fs";
import { KojibridgeError } from "../../domain/errors.ts";
import type { Store } from "../../ports/store.ts";
import { type PostgresServer, withoutParameters } from "./postgres-address.ts";
import type { Alone } from "./transfer.ts";

export type DatabaseAddress =
  | { readonly kind: "sqlite"; readonly path: string }
  | ({ readonly kind: "postgres" } & PostgresServer);

/** The same address, unless there is no such file: opening would make an empty database. */
export function existing(address: DatabaseAddress): DatabaseAddress {
  if (address.kind === "sqlite" && !existsSync(address.path))
    throw new KojibridgeError("invalid", `there is no database ${address.path}`);
  return address;
}

/** What to call it in a message. */
export function titleOf(address: DatabaseAddress): string {
  return address.kind === "sqlite" ? address.path : withoutParameters(address.url);
}

/** Each driver is loaded only by those who use it. */
export async function openStore(address: DatabaseAddress): Promise<Store> {
  if (address.kind === "sqlite") return (await import("./sqlite.ts")).openSqliteStore(address.path);
  return (await import("./postgres.ts")).openPostgresStore(address);
}

export async function openAlone(address: DatabaseAddress): Promise<Alone> {
  if (address.kind === "sqlite") return (await import("./sqlite.ts")).openSqliteAlone(address.path);
  return (await import("./postgres.ts")).openPostgresAlone(address);
}
