import { createHmac, timingSafeEqual } from "node:crypto";
import type { ForgeReceiver, Headers, Verdict } from "../../../ports/forge.ts";
import { header } from "../headers.ts";
import { toEvent } from "./convert.ts";

export interface ForgejoReceiverOptions {
  /** The forge's name in our configuration. */
  readonly forge: string;
  /** Webhook secrets; several while one is being rotated. */
  readonly secrets: readonly string[];
}

/**
 * Forgejo writes each header under its own name and under Gitea's, Gitea under its own only; the signature also as GitHub
 * writes it. They all say the same, so the first that is there has to be right: a wrong one is not saved by another.
 *
 * Source: `AddDefaultHeaders` in services/webhook/shared/payloader.go of Forgejo,
 * https://forgejo.org/docs/latest/user/webhooks/, https://docs.gitea.com/usage/webhooks
 */
const SIGNATURES = ["x-forgejo-signature", "x-gitea-signature", "x-hub-signature-256"];
const DELIVERIES = ["x-forgejo-delivery", "x-gitea-delivery"];
/** The type is finer (`pull_request_sync`); some events have nothing else. */
const EVENTS = ["x-forgejo-event", "x-gitea-event", "x-forgejo-event-type", "x-gitea-event-type"];

export function createForgejoReceiver({ forge, secrets }: ForgejoReceiverOptions): ForgeReceiver {
  /** Every secret is tried even after one fits, so that the time taken tells nothing. */
  function isSigned(body: Buffer, signature: string): boolean {
    const [hex] = /(?<=^(?:sha256=)?)[0-9a-f]{64}$/.exec(signature) ?? [];
    const given = Buffer.from(hex ?? "0".repeat(64), "hex");
    const macs = secrets.map((secret) => createHmac("sha256", secret).update(body).digest());
    return macs.map((mac) => timingSafeEqual(mac, given)).includes(true) && hex !== undefined;
  }

  return {
    async verify(headers: Headers, body: Buffer): Promise<Verdict> {
      const name = SIGNATURES.find((each) => headers[each] !== undefined);
      // Without a secret the header is there and empty, or no more than `sha256=`.
      const signature = name === undefined ? null : header(headers, name);
      if (signature === null) return refused("no X-Forgejo-Signature: set a secret in the webhook's settings");
      if (!isSigned(body, signature)) return refused(`${name} fits none of the secrets`);
      const delivery = first(headers, DELIVERIES);
      const event = first(headers, EVENTS);
      if (delivery === null) return { ok: false, missing: "X-Forgejo-Delivery" };
      if (event === null) return { ok: false, missing: "X-Forgejo-Event" };
      return { ok: true, delivery, event };
    },
    parse: (event, payload) => toEvent(forge, event, payload),
  };
}

function first(headers: Headers, names: readonly string[]): string | null {
  return names.map((name) => header(headers, name)).find((value) => value !== null) ?? null;
}

function refused(reason: string): Verdict {
  return { ok: false, reason };
}
