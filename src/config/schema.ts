import * as z from "zod";
import { USUAL_ROLES } from "../domain/commands.ts";
import { LANGUAGES } from "../domain/words/words.ts";
import { database } from "./schema-database.ts";
import { forge } from "./schema-forge.ts";
import { hub } from "./schema-hub.ts";
import { queue } from "./schema-queue.ts";
import { retention } from "./schema-retention.ts";
import { commentMode, forkPolicy, repoEntry, repoFile, rule } from "./schema-rule.ts";
import { server } from "./schema-server.ts";
import { mapping, name } from "./vocabulary.ts";

/** Names become part of `/webhooks/{forge}` and of `FORGE:PATH`. */
export const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/;

const named = { propertyNames: { pattern: NAME.source } };

const role = z.enum(["read", "write", "admin"]);

const commands = mapping({
  build: role.default(USUAL_ROLES.build).describe("`/koji build`."),
  retry: role.default(USUAL_ROLES.retry).describe("`/koji retry`."),
  cancel: role.default(USUAL_ROLES.cancel).describe("`/koji cancel`."),
  approve: role
    .default(USUAL_ROLES.approve)
    .describe("`/koji approve`, and whose merge requests from forks need none."),
  status: role.default(USUAL_ROLES.status).describe("`/koji status`."),
  help: role.default(USUAL_ROLES.help).describe("`/koji help`."),
});

const reports = mapping({
  comments: commentMode.default("always").describe("When merge requests get the comment; a rule may say its own."),
  summary: z
    .union([name, z.literal(false)])
    .default("koji")
    .describe(
      "Name of the one status that sums up a commit, to be made a required check. `false`: none, but for mistakes.",
    ),
  language: z.enum(LANGUAGES).default("en").describe("Language of statuses and comments."),
  templates: name
    .optional()
    .describe(
      "A folder with your own `merge-request.md`, the comment; start from a copy of templates/comments. See docs/comments.md.",
    )
    .meta({ examples: ["./comments"] }),
});

/** Version 1. These keys are a promise: add, never rename. */
export const schema = mapping({
  server: server.prefault({}).describe("The HTTP side."),
  database: database
    .default("sqlite:./kojibridge.db")
    .describe("Where the records are kept: `sqlite:PATH`, relative to this file, or `postgres://USER@HOST:PORT/NAME`."),
  queue: queue
    .default("local")
    .describe("What wakes builds: `local`, or for more than one process `redis://HOST:PORT`, a Redis or Valkey."),
  retention: retention
    .prefault({})
    .describe("How long records are kept. What is unfinished or still owed to a forge stays, however old."),
  hubs: z.record(z.string(), hub).describe("Koji hubs, by a name of your choice.").meta(named),
  forges: z
    .record(z.string(), forge)
    .describe("Git forges, by a name of your choice; deliveries go to `/webhooks/NAME`.")
    .meta(named),
  reports: reports.prefault({}).describe("What people get to read."),
  repos: z
    .array(repoEntry)
    .min(1)
    .optional()
    .describe("Macros of single repositories, whatever rule builds them; a rule's own win, and later entries."),
  forks: forkPolicy
    .default("approve")
    .describe(
      "Merge requests of forks: `approve` waits for `/koji approve` by somebody with write access, unless such a person opened it; `scratch` builds them at once; `never` does not.",
    ),
  commands: commands
    .prefault({})
    .describe("Who may write which `/koji` command: people with at least this access to the repo."),
  repo_file: repoFile
    .optional()
    .describe("What the packaging repositories' own `.kojibridge.yaml` may say; without it, it is not read."),
  rules: z.array(rule).min(1).describe("Which events build what. Every matching rule yields its builds."),
});

export type ConfigInput = z.output<typeof schema>;

/** The same schema for editors, JSON Schema 2020-12. */
export function configJsonSchema(): Record<string, unknown> {
  const { $schema, ...rest } = z.toJSONSchema(schema, { io: "input" });
  return { $schema, title: "kojibridge configuration, version 1", ...rest };
}
