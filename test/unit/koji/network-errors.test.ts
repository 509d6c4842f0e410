import { expect, test } from "vitest";
import { isLost, isTlsVersion, toNetworkError } from "../../../src/adapters/koji/network-errors.ts";

const broken = { url: "https://koji.example.org/kojihub", sent: false, reused: false };
const alert = (number: number): Error => new Error(`ssl3_read_bytes:tlsv1 alert:SSL alert number ${number}\n`);
const coded = (code: string, message = "…"): Error => Object.assign(new Error(message), { code });

test.each<[string, unknown, string, string]>([
  ["an unknown CA", coded("UNABLE_TO_GET_ISSUER_CERT_LOCALLY"), "invalid", "`ca:`"],
  ["a self-signed certificate", coded("DEPTH_ZERO_SELF_SIGNED_CERT"), "invalid", "`ca:`"],
  ["an expired certificate", coded("CERT_HAS_EXPIRED"), "invalid", "expired"],
  ["another host's certificate", coded("ERR_TLS_CERT_ALTNAME_INVALID"), "invalid", "another name"],
  ["no TLS at all", coded("ERR_SSL_WRONG_VERSION_NUMBER"), "invalid", "http://"],
  ["our certificate, unknown CA (alert 48)", alert(48), "auth", "`cert:`"],
  ["our certificate, met while writing", coded("EPROTO", alert(45).message), "auth", "`cert:`"],
  ["no certificate of ours (alert 116)", alert(116), "auth", "`cert:`"],
  ["nobody listening", coded("ECONNREFUSED"), "transient", "refused"],
  ["no such host", coded("ENOTFOUND"), "transient", "`url:`"],
  ["something new", coded("EWHATEVER", "what it says"), "transient", "what it says"],
])("%s", (_, error, kind, words) => {
  expect(toNetworkError(error, broken)).toMatchObject({
    kind,
    message: expect.stringContaining(words),
    context: broken,
  });
});

test("only alert 70 is about the version of TLS", () => {
  expect([70, 48, 170].map((number) => isTlsVersion(toNetworkError(alert(number), broken)))).toEqual([
    true,
    false,
    false,
  ]);
});

test("lost is what may have been sent", () => {
  expect(isLost(toNetworkError(coded("ECONNRESET"), { ...broken, sent: true }))).toBe(true);
  expect(isLost(toNetworkError(coded("ECONNRESET"), broken))).toBe(false);
  expect(isLost(coded("ECONNRESET"))).toBe(false);
});
