import { Buffer } from "node:buffer";
import { connect } from "node:net";

export interface RawAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** One request on its own connection, byte for byte as given; no client library corrects it. */
export async function sendRaw(
  port: number,
  request: { verb: string; path: string; headers: Readonly<Record<string, string>>; body: Buffer },
): Promise<RawAnswer> {
  const fixed: Record<string, string> = { host: "hub", connection: "close" };
  if (request.verb !== "GET" && request.headers["transfer-encoding"] === undefined)
    fixed["content-length"] = String(request.body.length);
  const lines = Object.entries({ ...fixed, ...request.headers }).map(([name, value]) => `${name}: ${value}\r\n`);
  const socket = connect(port, "127.0.0.1");
  socket.write(`${request.verb} ${request.path} HTTP/1.1\r\n${lines.join("")}\r\n`);
  socket.write(request.body);
  const chunks: Buffer[] = [];
  for await (const chunk of socket) chunks.push(chunk as Buffer);
  return parseAnswer(Buffer.concat(chunks));
}

/** Interim answers (100) are skipped. */
export function parseAnswer(bytes: Buffer): RawAnswer {
  const end = bytes.indexOf("\r\n\r\n");
  const [statusLine = "", ...lines] = bytes.subarray(0, end).toString("latin1").split("\r\n");
  const status = Number(statusLine.split(" ")[1]);
  if (status === 100) return parseAnswer(bytes.subarray(end + 4));
  const headers = Object.fromEntries(
    lines.map((line) => line.split(/: (.*)/s).slice(0, 2)).map(([n = "", v = ""]) => [n.toLowerCase(), v]),
  );
  return { status, headers, body: bytes.subarray(end + 4) };
}
