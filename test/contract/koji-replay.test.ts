import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createExchanger } from "../../src/adapters/koji/exchange.ts";
import { createTransport } from "../../src/adapters/koji/transport.ts";
import { encodeCall, readCall, readResponse } from "../../src/adapters/koji/xmlrpc.ts";
import { all, type Recording, startRecording, unmark } from "./koji-recording.ts";

/** The client against the recorded answers of a real hub, byte for byte. */
let hub: Recording;
beforeAll(async () => {
  hub = await startRecording();
});
afterAll(() => hub[Symbol.asyncDispose]());

const calls = all.filter((exchange) => exchange.method !== null && exchange.params !== undefined);
const answered = all.filter((exchange) => exchange.request.verb === "POST" && (exchange.response.status ?? 0) >= 200);
const uploads = answered.filter((exchange) => exchange.request.headers["content-type"] === "application/octet-stream");

test("how much is covered", () => {
  const covered = new Set([...calls, ...answered].map(({ name }) => name));
  const rest = all.filter(({ name }) => !covered.has(name)).map(({ name }) => name);
  expect(all).toHaveLength(707);
  // no POST, so nothing this client can send: verbs the hub refuses, and files below topurl
  expect(rest).toEqual([
    "method-get",
    "method-head",
    "not-found-404",
    "kojifiles-log-download",
    "kojifiles-build-log",
    "kojifiles-build-log-range",
    "kojifiles-missing",
    "offline-get",
  ]);
});

describe("requests", () => {
  test.each(calls.map((exchange) => [exchange.name, exchange] as const))(
    "%s is read as Python reads it",
    (_, exchange) => {
      const call = readCall(exchange.request.body);
      expect(call).toEqual({ method: exchange.method, params: exchange.params?.map(unmark) });
    },
  );

  // what XML-RPC can say and we never do: dates, and integers beyond doubles
  const unsaid = new Set(["encode-datetime", "encode-i8"]);
  const said = calls.filter(({ name }) => !unsaid.has(name));
  test.each(said.map((exchange) => [exchange.name, exchange] as const))(
    "%s is sent with the same meaning",
    (_, exchange) => {
      const params = exchange.params?.map(unmark) ?? [];
      expect(readCall(encodeCall(exchange.method ?? "", params))).toEqual({ method: exchange.method, params });
    },
  );
});

describe("answers", () => {
  test.each(answered.map((exchange) => [exchange.name, exchange] as const))("%s", async (_, exchange) => {
    hub.next = exchange;
    const transport = createTransport({ url: hub.url });
    const exchanger = createExchanger(transport, { threshold: 1000 });
    const method = exchange.method ?? "rawUpload";
    const answer = await exchanger.exchange({ method, body: exchange.request.body }).then(
      ({ value }) => ({ value }),
      (error: unknown) => ({ error }),
    );
    transport.close();
    const { outcome, response } = exchange;
    if (outcome.kind === "result") expect(answer).toEqual({ value: unmark(outcome.value) });
    else
      expect(answer).toMatchObject({
        error: { code: outcome.kind === "fault" ? `koji.fault.${outcome.code}` : `koji.http.${response.status}` },
      });
    if (outcome.kind === "fault")
      expect(readResponse(response.body)).toEqual({ fault: { code: outcome.code, message: outcome.text } });
    expect(hub.asked.equals(exchange.request.body)).toBe(true);
  });

  test("uploads are among them", () => {
    expect(uploads).toHaveLength(24);
  });
});
