import { createHash, timingSafeEqual } from "node:crypto";
import type { ForgeReceiver, Headers, Verdict } from "../../../ports/forge.ts";
import { header } from "../headers.ts";
import { toEvent } from "./convert.ts";
import { createSigningCheck } from "./signing.ts";

export interface GitLabReceiverOptions {
  /** The forge's name in our configuration. */
  readonly forge: string;
  /** Secret tokens, sent as they are in `X-Gitlab-Token`; several while one is being rotated. */
  readonly secrets: readonly string[];
  /** Signing tokens, `whsec_…`; several while one is being rotated. */
  readonly signingTokens: readonly string[];
  /** The time in epoch milliseconds. */
  readonly now?: () => number;
}

/**
 * GitLab sends `X-Gitlab-Token` when the webhook has a secret token and a signature when it has a signing token; a webhook
 * may have either or both. So: every proof that is presented and that we hold a key for must be right, and there must be at
 * least one. A wrong signature is therefore not saved by a right token. Whoever wants nothing but signatures configures
 * signing tokens and no secrets: then a request without a signature is refused whatever else it carries.
 *
 * Source: https://docs.gitlab.com/user/project/integrations/webhooks/
 * @throws KojibridgeError `invalid` when a signing token is not `whsec_` and base64
 */
export function createGitLabReceiver(options: GitLabReceiverOptions): ForgeReceiver {
  const { forge, secrets, signingTokens, now = Date.now } = options;
  const checkSignature = createSigningCheck(signingTokens, now);
  const digests = secrets.map(sha256);

  function checkToken(headers: Headers): string | null {
    const token = header(headers, "x-gitlab-token");
    if (token === null) return "no X-Gitlab-Token";
    const digest = sha256(token);
    const fits = digests.map((known) => timingSafeEqual(known, digest));
    return fits.includes(true) ? null : "X-Gitlab-Token is none of the secrets";
  }

  /** Null when the request is proven. */
  function refusal(headers: Headers, body: Buffer): string | null {
    const signed = signingTokens.length > 0 && headers["webhook-signature"] !== undefined;
    const tokened = secrets.length > 0 && headers["x-gitlab-token"] !== undefined;
    if (!signed && !tokened) return "neither a signature nor a token we hold a key for";
    return (signed ? checkSignature(headers, body) : null) ?? (tokened ? checkToken(headers) : null);
  }

  return {
    async verify(headers: Headers, body: Buffer): Promise<Verdict> {
      const reason = refusal(headers, body);
      if (reason !== null) return { ok: false, reason };
      const event = header(headers, "x-gitlab-event");
      if (event === null) return { ok: false, missing: "X-Gitlab-Event" };
      return { ok: true, delivery: toDelivery(headers, body), event };
    },
    parse: (event, payload) => toEvent(forge, event, payload),
  };
}

/**
 * `webhook-id` equals `Idempotency-Key` and stays the same over retries. Before 17.4 there is only the event UUID, which
 * webhooks caused by one another share, so the body's digest tells them apart; the oldest versions have the digest alone.
 */
function toDelivery(headers: Headers, body: Buffer): string {
  const key = header(headers, "webhook-id") ?? header(headers, "idempotency-key");
  if (key !== null) return key;
  const digest = sha256(body).toString("hex").slice(0, 32);
  const event = header(headers, "x-gitlab-event-uuid");
  return event === null ? digest : `${event}-${digest}`;
}

/** Digests have one length, so comparing them takes one time. */
function sha256(data: string | Buffer): Buffer {
  return createHash("sha256").update(data).digest();
}
