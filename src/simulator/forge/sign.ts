import { createHmac } from "node:crypto";

/** `X-Hub-Signature-256` as GitHub computes it: https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries */
export function signGitHub(secret: string, body: string | Buffer): string {
  return `sha256=${createHmac("sha256", secret).update(body).digest("hex")}`;
}

/** `X-Forgejo-Signature` and `X-Gitea-Signature`: `AddDefaultHeaders` in Forgejo's services/webhook/shared/payloader.go */
export function signForgejo(secret: string, body: string | Buffer): string {
  return createHmac("sha256", secret).update(body).digest("hex");
}

/** `webhook-signature` as Standard Webhooks computes it; `timestamp` in epoch seconds. */
export function signGitLab(signingToken: string, id: string, timestamp: number, body: string | Buffer): string {
  const key = Buffer.from(signingToken.replace(/^whsec_/, ""), "base64");
  return `v1,${createHmac("sha256", key).update(`${id}.${timestamp}.`).update(body).digest("base64")}`;
}
