import net, { type AddressInfo } from "node:net";
import { describe, expect, test } from "vitest";
import { createTransport } from "../../../src/adapters/koji/transport.ts";
import { createScriptedHub } from "./scripted-hub.ts";

const body = "<methodCall><methodName>hello</methodName></methodCall>";

/** A server of bytes: does what it is told with each connection. */
async function createByteServer(
  handle: (socket: net.Socket, request: string) => void,
): Promise<AsyncDisposable & { url: string; connections: () => number }> {
  let connections = 0;
  const sockets = new Set<net.Socket>();
  const server = net.createServer((socket) => {
    connections++;
    sockets.add(socket);
    socket.on("error", () => undefined);
    socket.on("data", (data) => handle(socket, data.toString()));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/kojihub`,
    connections: () => connections,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const head = "HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\n";

test("sends Content-Length, the hub's path and our name; keeps the connection", async () => {
  const requests: string[] = [];
  await using recorder = await createByteServer((socket, data) => {
    requests.push(data);
    socket.write(`${head}Content-Length: 2\r\n\r\nok`);
  });
  const transport = createTransport({ url: recorder.url, userAgent: "koji/1 kojibridge/1.2.3" });
  const answer = await transport.post({
    body: `${body}é`,
    path: "/ssllogin",
    query: "a=1",
    headers: { "Koji-Session-Id": "7" },
  });
  await transport.post({ body });
  await transport.post({ body, fresh: true });
  expect(answer).toMatchObject({ status: 200, body: Buffer.from("ok") });
  expect(requests[0]).toMatch(/^POST \/kojihub\/ssllogin\?a=1 HTTP\/1.1\r\n/);
  expect(requests[0]).toMatch(/user-agent: koji\/1 kojibridge\/1\.2\.3\r\n/i);
  expect(requests[0]).toMatch(/koji-session-id: 7\r\n/i);
  expect(requests[0]).toContain(`Content-Length: ${Buffer.byteLength(body) + 2}\r\n`);
  expect(requests[0]).not.toMatch(/transfer-encoding/i);
  expect(recorder.connections()).toBe(2);
  transport.close();
});

test("a redirect is an answer, not followed", async () => {
  await using hub = await createScriptedHub(() => ({
    status: 302,
    headers: { location: "https://elsewhere.example.org/" },
  }));
  const transport = createTransport({ url: hub.url });
  expect((await transport.post({ body })).status).toBe(302);
  expect(hub.seen).toHaveLength(1);
  transport.close();
});

describe("a broken exchange is transient and says whether the hub may have seen it", () => {
  const timeouts = { responseTimeout: 60, idleTimeout: 60, connectTimeout: 60 };
  const cases: [string, (socket: net.Socket) => void, RegExp][] = [
    ["reset before an answer", (socket) => socket.resetAndDestroy(), /reset/],
    ["closed before an answer", (socket) => socket.end(), /hang up|reset/],
    ["cut short", (socket) => socket.end(`${head}Content-Length: 100\r\n\r\nhalf`), /cut off|reset|aborted/],
    [
      "cut short, chunked",
      (socket) => socket.end(`${head}Transfer-Encoding: chunked\r\n\r\n5\r\nhal`),
      /cut off|reset|aborted/,
    ],
    ["no answer", () => undefined, /timeout: no answer/],
    [
      "an answer that stops",
      (socket) => socket.write(`${head}Content-Length: 100\r\n\r\nhalf`),
      /timeout: the answer stopped coming/,
    ],
    ["not HTTP", (socket) => socket.end("SSH-2.0-OpenSSH\r\n"), /Parse Error|HTTP/],
  ];
  test.each(cases)("%s: sent", async (_, handle, message) => {
    await using server = await createByteServer(handle);
    const transport = createTransport({ url: server.url, ...timeouts });
    await expect(transport.post({ body })).rejects.toMatchObject({
      kind: "transient",
      message: expect.stringMatching(message),
      context: { sent: true },
    });
    transport.close();
  });

  test("a drip is bounded by the total time", async () => {
    await using server = await createByteServer((socket) => {
      socket.write(`${head}Content-Length: 1000\r\n\r\n`);
      const drip = setInterval(() => socket.write("x"), 10);
      socket.once("close", () => clearInterval(drip));
    });
    const transport = createTransport({ url: server.url, ...timeouts, totalTimeout: 90 });
    await expect(transport.post({ body })).rejects.toMatchObject({
      message: expect.stringMatching(/too long altogether/),
      context: { sent: true },
    });
    transport.close();
  });

  test.each([
    ["connection refused", "http://127.0.0.1:1/kojihub", "refused"],
    ["no such host", "http://no-such-host.invalid/kojihub", "no such host|name service"],
  ])("%s: not sent", async (_, url, message) => {
    const transport = createTransport({ url });
    await expect(transport.post({ body })).rejects.toMatchObject({
      kind: "transient",
      message: expect.stringMatching(message),
      context: { sent: false },
    });
    transport.close();
  });

  test("no connection in time: not sent", async () => {
    // 192.0.2.0/24 is for documentation: nobody answers, or the network says so at once
    const transport = createTransport({ url: "http://192.0.2.1/kojihub", connectTimeout: 50 });
    await expect(transport.post({ body })).rejects.toMatchObject({ kind: "transient", context: { sent: false } });
    transport.close();
  });

  test("aborted before and while", async () => {
    await using server = await createByteServer(() => undefined);
    const transport = createTransport({ url: server.url });
    await expect(transport.post({ body, signal: AbortSignal.abort() })).rejects.toMatchObject({
      context: { sent: false },
    });
    await expect(transport.post({ body, signal: AbortSignal.timeout(30) })).rejects.toMatchObject({
      context: { sent: true },
    });
    transport.close();
  });
});

test("an answer beyond the limit is refused", async () => {
  await using hub = await createScriptedHub(() => ({ raw: "x".repeat(100_000) }));
  const transport = createTransport({ url: hub.url, maxResponseBytes: 50_000 });
  await expect(transport.post({ body })).rejects.toMatchObject({
    kind: "invalid",
    code: "koji.http.too_large",
    context: { sent: true },
  });
  transport.close();
});
