import { createHmac } from "node:crypto";
import { describe, expect, it } from "vitest";
import { createGitHubReceiver } from "../../../src/adapters/forge/github/webhook.ts";

const body = Buffer.from('{"zen":"Non-blocking is better than blocking. ✓"}');
const receiver = createGitHubReceiver({ forge: "github", secrets: ["new-secret", "old-secret"] });

function sign(secret: string, bytes: Buffer): string {
  return `sha256=${createHmac("sha256", secret).update(bytes).digest("hex")}`;
}

const good = {
  "x-hub-signature-256": sign("new-secret", body),
  "x-github-delivery": "72d3162e-cc78-11e3-81ab-4c9367dc0958",
  "x-github-event": "ping",
};

describe("a GitHub delivery", () => {
  it.each(["new-secret", "old-secret"])("is accepted when signed with %s", async (secret) => {
    const verdict = await receiver.verify({ ...good, "x-hub-signature-256": sign(secret, body) }, body);
    expect(verdict).toEqual({ ok: true, delivery: "72d3162e-cc78-11e3-81ab-4c9367dc0958", event: "ping" });
  });

  it.each([
    ["no signature", { ...good, "x-hub-signature-256": undefined }, body],
    ["another secret", { ...good, "x-hub-signature-256": sign("guess", body) }, body],
    ["the empty secret", { ...good, "x-hub-signature-256": sign("", body) }, body],
    ["another algorithm", { ...good, "x-hub-signature-256": "sha1=0000" }, body],
    ["the digest without its prefix", { ...good, "x-hub-signature-256": sign("new-secret", body).slice(7) }, body],
    ["a signature sent twice", { ...good, "x-hub-signature-256": [good["x-hub-signature-256"], "sha256=0"] }, body],
    ["other bytes", good, Buffer.concat([body, Buffer.from(" ")])],
    ["an empty body", { ...good, "x-hub-signature-256": sign("new-secret", Buffer.alloc(0)) }, Buffer.alloc(0)],
    [
      "bytes that are not UTF-8",
      { ...good, "x-hub-signature-256": sign("new-secret", Buffer.from([0xff])) },
      Buffer.from([0xff]),
    ],
  ])("is refused with %s", async (_name, headers, bytes) => {
    const verdict = await receiver.verify(headers, bytes);
    expect(verdict).toEqual({ ok: false, reason: expect.any(String) });
    expect(JSON.stringify(verdict)).not.toContain('secret"');
  });

  it.each(["X-GitHub-Delivery", "X-GitHub-Event"])("signed, but without %s, says so", async (missing) => {
    expect(await receiver.verify({ ...good, [missing.toLowerCase()]: "" }, body)).toEqual({ ok: false, missing });
  });

  it("is refused when there is no secret at all", async () => {
    expect(await createGitHubReceiver({ forge: "github", secrets: [] }).verify(good, body)).toMatchObject({
      ok: false,
    });
  });
});
