import type { Dialect } from "../forge/state.ts";
import forgejoForkPullRequest from "./forgejo/fork-pull-request.json" with { type: "json" };
import forgejoPullRequest from "./forgejo/pull-request.json" with { type: "json" };
import forgejoPush from "./forgejo/push.json" with { type: "json" };
import forgejoTag from "./forgejo/tag.json" with { type: "json" };
import githubForkPullRequest from "./github/fork-pull-request.json" with { type: "json" };
import githubPullRequest from "./github/pull-request.json" with { type: "json" };
import githubPush from "./github/push.json" with { type: "json" };
import githubTag from "./github/tag.json" with { type: "json" };
import gitlabForkMergeRequest from "./gitlab/fork-merge-request.json" with { type: "json" };
import gitlabMergeRequest from "./gitlab/merge-request.json" with { type: "json" };
import gitlabPush from "./gitlab/push.json" with { type: "json" };
import gitlabTag from "./gitlab/tag.json" with { type: "json" };

export interface PayloadExample {
  readonly dialect: Dialect;
  readonly name: "push" | "tag" | "merge-request" | "fork";
  /** What the forge's event header says. */
  readonly event: string;
  readonly payload: object;
}

/**
 * The forges' own examples, changed only where a story needs it: the tags are annotated, the fork's merge requests come from
 * a fork, and GitLab's examples are all of one project. Sources: `@octokit/webhooks-examples` 7.6.1 (MIT) and
 * https://docs.gitlab.com/user/project/integrations/webhook_events/. Forgejo has but one example of its own: its four are written
 * after the structs in modules/structs/hook.go, as services/webhook/notifier.go fills them (Forgejo 9).
 */
export const payloadExamples: readonly PayloadExample[] = [
  { dialect: "github", name: "push", event: "push", payload: githubPush },
  { dialect: "github", name: "tag", event: "push", payload: githubTag },
  { dialect: "github", name: "merge-request", event: "pull_request", payload: githubPullRequest },
  { dialect: "github", name: "fork", event: "pull_request", payload: githubForkPullRequest },
  { dialect: "gitlab", name: "push", event: "Push Hook", payload: gitlabPush },
  { dialect: "gitlab", name: "tag", event: "Tag Push Hook", payload: gitlabTag },
  { dialect: "gitlab", name: "merge-request", event: "Merge Request Hook", payload: gitlabMergeRequest },
  { dialect: "gitlab", name: "fork", event: "Merge Request Hook", payload: gitlabForkMergeRequest },
  { dialect: "forgejo", name: "push", event: "push", payload: forgejoPush },
  { dialect: "forgejo", name: "tag", event: "push", payload: forgejoTag },
  { dialect: "forgejo", name: "merge-request", event: "pull_request", payload: forgejoPullRequest },
  { dialect: "forgejo", name: "fork", event: "pull_request", payload: forgejoForkPullRequest },
];
