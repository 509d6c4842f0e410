import { createHmac } from "node:crypto";

/** Headers of a GitHub delivery, signed as GitHub signs. */
export function signGitHub(secret: string, event: string, delivery: string, body: string): Record<string, string> {
  return {
    "content-type": "application/json",
    "x-github-event": event,
    "x-github-delivery": delivery,
    "x-hub-signature-256": `sha256=${createHmac("sha256", secret).update(body).digest("hex")}`,
  };
}
