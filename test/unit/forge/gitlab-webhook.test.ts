import { createHmac } from "node:crypto";
import { describe, expect, it } from "vitest";
import { createGitLabReceiver } from "../../../src/adapters/forge/gitlab/webhook.ts";

const NOW = 1_795_000_000;
const body = Buffer.from('{"object_kind":"push"}');
const key = Buffer.alloc(32, 7);
const token = `whsec_${key.toString("base64")}`;
const oldKey = Buffer.alloc(32, 8);
const id = "f5e5f430-f57b-4e6e-9fac-d9128cd7232f";

function sign(by: Buffer, at = NOW, bytes = body) {
  const mac = createHmac("sha256", by).update(`${id}.${at}.`).update(bytes).digest("base64");
  return { "webhook-id": id, "webhook-timestamp": String(at), "webhook-signature": `v1,${mac}` };
}

function receive(secrets: string[], signingTokens: string[]) {
  return createGitLabReceiver({ forge: "work", secrets, signingTokens, now: () => NOW * 1000 });
}

const event = { "x-gitlab-event": "Push Hook" };
const byToken = { ...event, "x-gitlab-token": "s3cret" };
const bySignature = { ...event, ...sign(key) };
const both = receive(["s3cret", "older"], [token, `whsec_${oldKey.toString("base64")}`]);
const signedOnly = receive([], [token]);
const tokenOnly = receive(["s3cret"], []);

describe("a GitLab delivery", () => {
  it.each([
    ["its token", both, byToken],
    ["the token before", both, { ...event, "x-gitlab-token": "older" }],
    ["its signature", both, bySignature],
    ["the signing token before", both, { ...event, ...sign(oldKey) }],
    ["both", both, { ...bySignature, ...byToken }],
    [
      "a list of signatures, one of them ours",
      both,
      { ...bySignature, "webhook-signature": `v1a,xx v1,AAAA ${bySignature["webhook-signature"]}` },
    ],
    ["a signature where only tokens are known", tokenOnly, { ...byToken, ...sign(Buffer.alloc(32, 9)) }],
    ["a token where only signing tokens are known", signedOnly, { ...bySignature, "x-gitlab-token": "unknown" }],
    ["a clock five minutes behind", both, { ...event, ...sign(key, NOW - 300) }],
    ["a clock five minutes ahead", both, { ...event, ...sign(key, NOW + 300) }],
  ])("is accepted with %s", async (_name, receiver, headers) => {
    expect(await receiver.verify(headers, body)).toMatchObject({ ok: true, event: "Push Hook" });
  });

  it.each([
    ["nothing", both, event],
    ["a wrong token", both, { ...event, "x-gitlab-token": "s3cre" }],
    ["an empty token", both, { ...event, "x-gitlab-token": "" }],
    ["a token sent twice", both, { ...event, "x-gitlab-token": ["s3cret", "s3cret"] }],
    ["a wrong signature and the right token", both, { ...byToken, ...sign(Buffer.alloc(32, 9)) }],
    ["an empty signature and the right token", both, { ...byToken, "webhook-signature": "" }],
    ["the right signature and a wrong token", both, { ...bySignature, "x-gitlab-token": "wrong" }],
    ["the right token where only signatures count", signedOnly, byToken],
    ["a signature of another body", both, { ...event, ...sign(key, NOW, Buffer.from("{}")) }],
    ["a signature of another id", both, { ...bySignature, "webhook-id": "other" }],
    ["a signature of another time", both, { ...bySignature, "webhook-timestamp": String(NOW - 1) }],
    ["a clock more than five minutes behind", both, { ...event, ...sign(key, NOW - 301) }],
    ["a clock more than five minutes ahead", both, { ...event, ...sign(key, NOW + 301) }],
    ["no timestamp", both, { ...bySignature, "webhook-timestamp": undefined }],
    ["a timestamp that is no number", both, { ...bySignature, "webhook-timestamp": "1e9" }],
    [
      "another signature version",
      both,
      { ...bySignature, "webhook-signature": bySignature["webhook-signature"].replace("v1", "v2") },
    ],
    ["nothing to check against", receive([], []), { ...byToken, ...sign(key) }],
  ])("is refused with %s", async (_name, receiver, headers) => {
    expect(await receiver.verify(headers, body)).toEqual({ ok: false, reason: expect.any(String) });
  });

  it("proven, but without its event, says so", async () => {
    const verdict = await both.verify({ ...byToken, "x-gitlab-event": undefined }, body);
    expect(verdict).toEqual({ ok: false, missing: "X-Gitlab-Event" });
  });

  it.each(["whsec_", "abc", "whsec_***", `${key.toString("base64")}`])(
    "cannot be checked with the signing token %s",
    (bad) => {
      expect(() => receive([], [bad])).toThrow(expect.objectContaining({ kind: "invalid" }));
    },
  );
});

describe("the delivery id", () => {
  const idOf = async (headers: Record<string, string>, bytes = body) => {
    const verdict = await tokenOnly.verify({ ...byToken, ...headers }, bytes);
    return verdict.ok ? verdict.delivery : null;
  };
  const uuid = { "x-gitlab-event-uuid": "uuid" };

  it("is webhook-id, then Idempotency-Key", async () => {
    expect(await idOf({ "webhook-id": "w", "idempotency-key": "k", ...uuid })).toBe("w");
    expect(await idOf({ "idempotency-key": "k", ...uuid })).toBe("k");
  });

  it("tells events of one UUID apart and knows a resent one", async () => {
    const first = await idOf(uuid);
    expect(first).toMatch(/^uuid-[0-9a-f]{32}$/);
    expect(await idOf(uuid)).toBe(first);
    expect(await idOf(uuid, Buffer.from("{}"))).not.toBe(first);
  });

  it("is the body's digest where GitLab sends none", async () => {
    expect(await idOf({})).toMatch(/^[0-9a-f]{32}$/);
  });
});
