import { Buffer } from "node:buffer";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { type Decoded, type Exchange, loadExchanges } from "../support/koji-exchanges.ts";

export const all = loadExchanges();
const byName = new Map(all.map((exchange) => [exchange.name, exchange]));

export function recorded(name: string): Exchange {
  const exchange = byName.get(name);
  if (exchange === undefined) throw new Error(`no exchange ${name}`);
  return exchange;
}

/** A server that answers with recorded bytes. */
export interface Recording extends AsyncDisposable {
  readonly url: string;
  /** What it answers next; logins and logouts around it are answered too. */
  next: Exchange;
  /** The body of the last request that was neither. */
  asked: Buffer;
}

export async function startRecording(): Promise<Recording> {
  const server = http.createServer(async (req, res) => {
    const body = await buffer(req);
    const around = ["login", "logout"].find(
      (method) => recording.next.method !== method && body.includes(`<methodName>${method}<`),
    );
    if (around === undefined) recording.asked = body;
    const { response } =
      around === undefined ? recording.next : recorded(around === "login" ? "login-password-ok" : around);
    res.writeHead(response.status ?? 500, response.headers).end(response.body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const recording: Recording = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/kojihub`,
    next: recorded("hello"),
    asked: Buffer.alloc(0),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return recording;
}

/** The recorder's marks for the types JSON does not have, as we decode them. */
export function unmark(value: Decoded): unknown {
  if (Array.isArray(value)) return value.map(unmark);
  if (typeof value !== "object" || value === null) return typeof value === "number" ? asRead(value) : value;
  const { $double, $dateTime, $base64 } = value as Record<string, string>;
  if ($double !== undefined) return Number($double);
  if ($dateTime !== undefined) return { dateTime: $dateTime };
  if ($base64 !== undefined) return Buffer.from($base64, "base64");
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, unmark(member as Decoded)]));
}

/** encode-i8 has 9007199254740993, which JSON has rounded and we read as a bigint. */
const asRead = (value: number): unknown => (Number.isSafeInteger(value) ? value : BigInt(value) + 1n);
