import { createHmac } from "node:crypto";
import { describe, expect, it } from "vitest";
import { createForgejoReceiver } from "../../../src/adapters/forge/forgejo/webhook.ts";

const body = Buffer.from('{"ref":"refs/heads/f42 ✓"}');
const receiver = createForgejoReceiver({ forge: "forgejo", secrets: ["new-secret", "old-secret"] });

function sign(secret: string, bytes: Buffer = body): string {
  return createHmac("sha256", secret).update(bytes).digest("hex");
}

const id = "f6266f16-1bf3-46a5-9ea4-602e06ead473";
const forgejo = {
  "x-forgejo-delivery": id,
  "x-forgejo-event": "push",
  "x-forgejo-event-type": "push",
  "x-forgejo-signature": sign("new-secret"),
};
const gitea = {
  "x-gitea-delivery": id,
  "x-gitea-event": "push",
  "x-gitea-event-type": "push",
  "x-gitea-signature": sign("new-secret"),
};
const asGitHub = { "x-hub-signature-256": `sha256=${sign("new-secret")}`, "x-github-event": "push" };
const unsigned = { ...forgejo, "x-forgejo-signature": undefined };

describe("a Forgejo delivery", () => {
  it.each([
    ["Forgejo", { ...forgejo, ...gitea, ...asGitHub }],
    ["Gitea", { ...gitea, ...asGitHub }],
    ["Gitea before it had GitHub's signature", gitea],
    ["a proxy that lets only GitHub's signature through", { ...unsigned, ...asGitHub }],
    ["somebody with the secret before", { ...forgejo, "x-forgejo-signature": sign("old-secret") }],
  ])("of %s is accepted", async (_name, headers) => {
    expect(await receiver.verify(headers, body)).toEqual({ ok: true, delivery: id, event: "push" });
  });

  it.each([
    ["no signature", unsigned, body],
    ["an empty signature, as without a secret", { ...forgejo, "x-forgejo-signature": "" }, body],
    ["GitHub's signature of no secret", { ...unsigned, "x-hub-signature-256": "sha256=" }, body],
    ["another secret", { ...forgejo, "x-forgejo-signature": sign("guess") }, body],
    ["the empty secret", { ...forgejo, "x-forgejo-signature": sign("") }, body],
    ["the signature of another algorithm", { ...forgejo, "x-forgejo-signature": "0".repeat(40) }, body],
    ["half a signature", { ...forgejo, "x-forgejo-signature": sign("new-secret").slice(0, 32) }, body],
    ["text after the signature", { ...forgejo, "x-forgejo-signature": `${sign("new-secret")}00` }, body],
    ["what is no hex after the signature", { ...forgejo, "x-forgejo-signature": `${sign("new-secret")}zz` }, body],
    ["a signature sent twice", { ...forgejo, "x-forgejo-signature": [sign("new-secret"), "0"] }, body],
    [
      "a wrong signature and a right one of Gitea",
      { ...gitea, ...forgejo, "x-forgejo-signature": sign("guess") },
      body,
    ],
    ["an empty signature and a right one of Gitea", { ...gitea, ...forgejo, "x-forgejo-signature": "" }, body],
    ["other bytes", forgejo, Buffer.concat([body, Buffer.from(" ")])],
  ])("is refused with %s", async (_name, headers, bytes) => {
    const verdict = await receiver.verify(headers, bytes);
    expect(verdict).toEqual({ ok: false, reason: expect.any(String) });
    expect(JSON.stringify(verdict)).not.toContain('secret"');
  });

  it.each([
    ["X-Forgejo-Delivery", { ...forgejo, "x-forgejo-delivery": "" }],
    ["X-Forgejo-Event", { ...forgejo, "x-forgejo-event": "", "x-forgejo-event-type": "" }],
  ])("signed, but without %s, says so", async (missing, headers) => {
    expect(await receiver.verify(headers, body)).toEqual({ ok: false, missing });
  });

  it("is told by its type where it has no other name", async () => {
    const headers = { ...forgejo, "x-forgejo-event": "", "x-forgejo-event-type": "package" };
    expect(await receiver.verify(headers, body)).toMatchObject({ ok: true, event: "package" });
    expect(receiver.parse("package", {})).toEqual({ ignored: "nothing is built on a package event" });
  });

  it("is refused when there is no secret at all", async () => {
    const open = createForgejoReceiver({ forge: "forgejo", secrets: [] });
    expect(await open.verify(forgejo, body)).toMatchObject({ ok: false });
  });
});
