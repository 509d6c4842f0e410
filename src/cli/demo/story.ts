import { createForgejoReceiver } from "../../adapters/forge/forgejo/webhook.ts";
import { createGitHubReceiver } from "../../adapters/forge/github/webhook.ts";
import { createGitLabReceiver } from "../../adapters/forge/gitlab/webhook.ts";
import { KojibridgeError } from "../../domain/errors.ts";
import { type ForgeEvent, isIgnored, isPersonEvent } from "../../domain/event.ts";
import { type PayloadExample, payloadExamples } from "../../simulator/payloads/examples.ts";

/** One delivery of the demo and how it has to end. */
export interface Scene {
  readonly title: string;
  readonly example: PayloadExample;
  readonly event: ForgeEvent;
  readonly fails: boolean;
  /** Final state of each commit status, in the forge's own word. */
  readonly ends: Readonly<Record<string, string>>;
}

const CONTEXTS: Readonly<Record<PayloadExample["name"], readonly string[]>> = {
  push: ["koji/f42-candidate/scratch"],
  tag: ["koji/f42-candidate"],
  "merge-request": ["koji/c9s-candidate/scratch", "koji/f42-candidate/scratch"],
  fork: ["koji/c9s-candidate/scratch", "koji/f42-candidate/scratch"],
};

/** The one status that sums up the commit. */
export const SUMMARY = "koji";

const TITLES: Readonly<Record<PayloadExample["name"], string>> = {
  push: "push, scratch build",
  tag: "tag, real build",
  "merge-request": "merge request, scratch builds",
  fork: "merge request of a fork, scratch builds",
};

const PARSERS = {
  github: createGitHubReceiver({ forge: "github", secrets: [] }),
  gitlab: createGitLabReceiver({ forge: "gitlab", secrets: [], signingTokens: [] }),
  forgejo: createForgejoReceiver({ forge: "forgejo", secrets: [] }),
} as const;

/** The example payloads, as the real receivers read them. */
export const story: readonly Scene[] = payloadExamples.map((example) => {
  const { dialect, name, event: header, payload } = example;
  const event = PARSERS[dialect].parse(header, payload);
  if (isIgnored(event) || isPersonEvent(event)) throw new KojibridgeError("bug", `demo payload ${dialect}/${name}`);
  const fails = dialect === "gitlab" && name === "fork";
  return {
    title: `${dialect}: ${TITLES[name]}${fails ? " that fail on aarch64" : ""}`,
    example,
    event,
    fails,
    ends: Object.fromEntries([...CONTEXTS[name], SUMMARY].map((context) => [context, fails ? "failed" : "success"])),
  };
});
