import type { Config } from "../../config/config.ts";
import { parseConfig } from "../../config/load.ts";
import { formatProblem } from "../../config/problem.ts";
import { KojibridgeError } from "../../domain/errors.ts";

/** Secrets of the demo's own worlds; nothing else ever sees them. */
export const DEMO_ENV = {
  KOJI_PASSWORD: "kojibridge-test-password",
  GITHUB_TOKEN: "demo-github-token",
  GITHUB_WEBHOOK_SECRET: "demo-github-webhook-secret",
  GITLAB_TOKEN: "demo-gitlab-token",
  FORGEJO_TOKEN: "demo-forgejo-token",
  FORGEJO_WEBHOOK_SECRET: "demo-forgejo-webhook-secret",
  GITLAB_SIGNING: `whsec_${Buffer.from("demo-gitlab-signing-key").toString("base64")}`,
} as const;

export interface Addresses {
  readonly hub: string;
  readonly web: string;
  readonly github: string;
  readonly gitlab: string;
  readonly forgejo: string;
}

/** What an operator would write, with the addresses of the worlds. */
export function demoYaml(at: Addresses, listen: string): string {
  return `server: { listen: ${listen} }
database: sqlite:./kojibridge.db
hubs:
  demo:
    url: ${at.hub}
    web_url: ${at.web}
    auth: { method: password, username: kojibridge, password: { env: KOJI_PASSWORD } }
    poll_interval: 500ms
forges:
  github: { type: github, api_url: ${at.github}, token: { env: GITHUB_TOKEN }, webhook_secret: { env: GITHUB_WEBHOOK_SECRET } }
  gitlab: { type: gitlab, url: ${at.gitlab}, token: { env: GITLAB_TOKEN }, signing_token: { env: GITLAB_SIGNING } }
  forgejo: { type: forgejo, url: ${at.forgejo}, token: { env: FORGEJO_TOKEN }, webhook_secret: { env: FORGEJO_WEBHOOK_SECRET } }
forks: scratch
rules:
  - name: branch
    repos: ["github:**", "gitlab:**", "forgejo:**"]
    on: push
    branches: [main, master]
    build: { hub: demo, target: f42-candidate, scratch: true }
  - name: merge-request
    repos: ["github:**", "gitlab:**", "forgejo:**"]
    on: merge_request
    build: { hub: demo, target: [f42-candidate, c9s-candidate], scratch: true }
  - name: release
    repos: ["github:**", "gitlab:**", "forgejo:**"]
    on: tag
    build: { hub: demo, target: f42-candidate, scratch: false }
`;
}

/** `file` is where the configuration would be: the database lies beside it. */
export function demoConfig(yaml: string, file: string): Config {
  const loaded = parseConfig(yaml, file, { env: DEMO_ENV });
  if (loaded.ok) return loaded.config;
  throw new KojibridgeError("bug", loaded.problems.map(formatProblem).join("\n"));
}
