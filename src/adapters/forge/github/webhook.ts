import { Webhooks } from "@octokit/webhooks";
import type { ForgeReceiver, Headers, Verdict } from "../../../ports/forge.ts";
import { header } from "../headers.ts";
import { toEvent } from "./convert.ts";

export interface GitHubReceiverOptions {
  /** The forge's name in our configuration. */
  readonly forge: string;
  /** Webhook secrets; several while one is being rotated. */
  readonly secrets: readonly string[];
}

/** Source: https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries */
export function createGitHubReceiver({ forge, secrets }: GitHubReceiverOptions): ForgeReceiver {
  const keys = secrets.map((secret) => new Webhooks({ secret }));

  /** Every key is tried even after one fits, so that the time taken tells nothing. */
  async function isSigned(body: Buffer, signature: string): Promise<boolean> {
    const text = body.toString("utf8");
    const fits = await Promise.all(keys.map((key) => key.verify(text, signature)));
    return fits.includes(true);
  }

  return {
    async verify(headers: Headers, body: Buffer): Promise<Verdict> {
      const signature = header(headers, "x-hub-signature-256");
      if (signature === null) return refused("no X-Hub-Signature-256: set a secret in the webhook's settings");
      if (body.length === 0) return refused("the body is empty");
      if (!(await isSigned(body, signature))) return refused("X-Hub-Signature-256 fits none of the secrets");
      const delivery = header(headers, "x-github-delivery");
      const event = header(headers, "x-github-event");
      if (delivery === null) return { ok: false, missing: "X-GitHub-Delivery" };
      if (event === null) return { ok: false, missing: "X-GitHub-Event" };
      return { ok: true, delivery, event };
    },
    parse: (event, payload) => toEvent(forge, event, payload),
  };
}

function refused(reason: string): Verdict {
  return { ok: false, reason };
}
