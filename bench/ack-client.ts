import { readFileSync } from "node:fs";
import { connect, type Socket } from "node:net";

/**
 * Signed deliveries in a closed loop over kept connections, each with an id of its own. Raw sockets, so that the sender
 * costs little of the machine it shares. Prints one JSON line: deliveries a second, and p50 and p99 in milliseconds.
 */
const [url = "", file = "", signature = "", seconds = "5", connections = "50"] = process.argv.slice(2);
const { hostname, port, pathname } = new URL(url);
const body = readFileSync(file);
const times: number[] = [];
let wrong = 0;
let sent = 0;
const until = performance.now() + Number(seconds) * 1000;

function head(): string {
  return [
    `POST ${pathname} HTTP/1.1`,
    `host: ${hostname}`,
    "user-agent: GitHub-Hookshot/bench",
    "content-type: application/json",
    "x-github-event: push",
    `x-github-delivery: ${process.pid}-${sent++}`,
    `x-hub-signature-256: ${signature}`,
    `content-length: ${body.length}\r\n\r\n`,
  ].join("\r\n");
}

/** Where the first whole answer in the text ends, or -1. */
function endOfAnswer(text: string): number {
  const blank = text.indexOf("\r\n\r\n");
  if (blank < 0) return -1;
  const length = /\r\ncontent-length: (\d+)/i.exec(text.slice(0, blank))?.[1];
  if (length !== undefined) return text.length >= blank + 4 + Number(length) ? blank + 4 + Number(length) : -1;
  const end = text.indexOf("0\r\n\r\n", blank);
  return end < 0 ? -1 : end + 5;
}

function run(socket: Socket): Promise<void> {
  return new Promise((resolve, reject) => {
    let begun = 0;
    let text = "";
    const next = () => {
      if (performance.now() >= until) return socket.end(resolve);
      begun = performance.now();
      socket.write(head());
      return socket.write(body);
    };
    socket.setNoDelay(true).setEncoding("latin1");
    socket.on("connect", next).on("error", reject);
    socket.on("data", (part: string) => {
      text += part;
      const end = endOfAnswer(text);
      if (end < 0) return;
      times.push(performance.now() - begun);
      if (!/^HTTP\/1\.1 20[02]/.test(text)) wrong += 1;
      text = text.slice(end);
      next();
    });
  });
}

const begun = performance.now();
await Promise.all(Array.from({ length: Number(connections) }, () => run(connect(Number(port), hostname))));
const took = (performance.now() - begun) / 1000;
const sorted = times.toSorted((a, b) => a - b);
const at = (part: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;
process.stdout.write(`${JSON.stringify({ rate: times.length / took, p50: at(0.5), p99: at(0.99), wrong })}\n`);
process.exit(0);
