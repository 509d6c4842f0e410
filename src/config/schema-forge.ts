import * as z from "zod";
import { network } from "./schema-server.ts";
import { urlProblem } from "./units.ts";
import { checked, mapping, name, oneOrMany, secret } from "./vocabulary.ts";

const token = secret.describe("Access token that may write commit statuses and comments.");

const app = mapping({
  id: z.int().positive().describe("The App's id."),
  private_key: secret.describe("The App's private key, the PEM file GitHub made."),
  installation: z.int().positive().optional().describe("Its installation; asked of GitHub for each owner otherwise."),
})
  .optional()
  .describe(
    "`{ id: NUMBER, private_key: SECRET }` of a GitHub App, in place of `token`: statuses are check runs then, with a page and buttons. Permissions: Checks, Pull requests and Issues: write; Contents: read. Events: Check run, Check suite.",
  );

const oauth = mapping({
  client_id: name.describe("The application's id."),
  client_secret: secret.describe("The application's secret."),
})
  .optional()
  .describe(
    "`{ client_id: TEXT, client_secret: SECRET }` of an OAuth application with the callback URL `PUBLIC_URL/sign-in/NAME/callback`: people sign in to the dashboard with this forge. Who may write to a repo there gets its buttons.",
  );

const allow = oneOrMany(network)
  .optional()
  .describe(
    "Networks this forge delivers from; others are refused before anything of theirs is read. GitHub's: `hooks` of https://api.github.com/meta.",
  )
  .meta({ examples: [["192.0.2.0/24"]] });

const githubApi = checked((text) =>
  /^https?:\/\/(www\.)?github\.com\/?$/.test(text) ? "write https://api.github.com" : urlProblem(text),
);

const webAddress = checked((text) => {
  const api = /\/api(?:\/v\d)?\/?$/.exec(text);
  return api ? `write the address people use, without ${api[0].replace(/\/$/, "")}` : urlProblem(text);
});

const github = mapping({
  type: z.literal("github"),
  api_url: githubApi
    .default("https://api.github.com")
    .describe("REST API; for GitHub Enterprise Server `https://HOST/api/v3`."),
  token: token
    .optional()
    .describe("Access token that may write commit statuses and comments. This or `app` is needed."),
  app,
  webhook_secret: oneOrMany(secret).describe("Key of `X-Hub-Signature-256`; a list while it is being changed."),
  oauth,
  allow,
});

const gitlab = mapping({
  type: z.literal("gitlab"),
  url: webAddress.describe("The GitLab instance.").meta({ examples: ["https://gitlab.com"] }),
  token,
  webhook_secret: oneOrMany(secret)
    .optional()
    .describe("What arrives as `X-Gitlab-Token`; a list while it is being changed. This or `signing_token` is needed."),
  signing_token: oneOrMany(secret)
    .optional()
    .describe("Signing token of the webhook, `whsec_` and base64; a list while it is being changed."),
  oauth,
  allow,
});

const forgejo = mapping({
  type: z.literal(["forgejo", "gitea"]).describe("To the bridge they are the same."),
  url: webAddress.describe("The Forgejo or Gitea instance.").meta({ examples: ["https://codeberg.org"] }),
  token,
  webhook_secret: oneOrMany(secret).describe("Key of `X-Forgejo-Signature`; a list while it is being changed."),
  oauth,
  allow,
});

export const forge = z.discriminatedUnion("type", [github, gitlab, forgejo]);
