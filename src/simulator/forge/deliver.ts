import { randomUUID } from "node:crypto";
import { signForgejo, signGitHub, signGitLab } from "./sign.ts";
import type { Dialect } from "./state.ts";

export interface Delivery {
  readonly dialect: Dialect;
  /** What the event header says: `push`, `Tag Push Hook`. */
  readonly event: string;
  readonly payload: unknown;
  /** The webhook's secret, or GitLab's secret token. */
  readonly secret?: string;
  /** GitLab's signing token, `whsec_…`. */
  readonly signingToken?: string;
  /** A new one each time unless given: the same id is the same delivery again. */
  readonly id?: string;
  /** Epoch milliseconds, for the signature's timestamp. */
  readonly now?: number;
}

/** A delivery as its forge sends it: the bytes, and the headers that go with exactly these bytes. */
export function toRequest(delivery: Delivery): { readonly headers: Record<string, string>; readonly body: string } {
  const body = JSON.stringify(delivery.payload);
  const headers = HEADERS[delivery.dialect](delivery, body);
  return { headers: { "content-type": "application/json", ...headers }, body };
}

/** Sends it to a webhook URL. Never throws for a status: the answer is what the forge would keep in its log. */
export async function deliver(
  url: string,
  delivery: Delivery,
): Promise<{ readonly status: number; readonly body: string }> {
  const response = await fetch(url, { method: "POST", ...toRequest(delivery), signal: AbortSignal.timeout(10_000) });
  return { status: response.status, body: await response.text() };
}

function gitHubHeaders({ event, secret, id = randomUUID() }: Delivery, body: string): Record<string, string> {
  return {
    "user-agent": "GitHub-Hookshot/simulator",
    "x-github-event": event,
    "x-github-delivery": id,
    ...(secret === undefined ? {} : { "x-hub-signature-256": signGitHub(secret, body) }),
  };
}

function gitLabHeaders(
  { event, secret, signingToken, id = randomUUID(), now = Date.now() }: Delivery,
  body: string,
): Record<string, string> {
  const timestamp = Math.floor(now / 1000);
  return {
    "user-agent": "GitLab/18.11.0",
    "x-gitlab-event": event,
    "x-gitlab-event-uuid": randomUUID(),
    "x-gitlab-webhook-uuid": randomUUID(),
    "idempotency-key": id,
    ...(secret === undefined ? {} : { "x-gitlab-token": secret }),
    ...(signingToken === undefined
      ? {}
      : {
          "webhook-id": id,
          "webhook-timestamp": String(timestamp),
          "webhook-signature": signGitLab(signingToken, id, timestamp, body),
        }),
  };
}

/** Forgejo sends everything under its own name, Gitea's, Gogs' and GitHub's; without a secret the signatures are empty. */
function forgejoHeaders({ event, secret, id = randomUUID() }: Delivery, body: string): Record<string, string> {
  const signature = secret === undefined ? "" : signForgejo(secret, body);
  const own = ["forgejo", "gitea", "gogs"].flatMap((name) => [
    [`x-${name}-delivery`, id],
    [`x-${name}-event`, event],
    [`x-${name}-event-type`, event],
    [`x-${name}-signature`, signature],
  ]);
  return {
    "user-agent": "Go-http-client/1.1",
    ...Object.fromEntries(own),
    "x-hub-signature-256": `sha256=${signature}`,
    "x-github-delivery": id,
    "x-github-event": event,
    "x-github-event-type": event,
  };
}

const HEADERS: Readonly<Record<Dialect, (delivery: Delivery, body: string) => Record<string, string>>> = {
  github: gitHubHeaders,
  gitlab: gitLabHeaders,
  forgejo: forgejoHeaders,
};
