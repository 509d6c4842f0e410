import { z } from "zod";
import { sourceProblem, targetProblem } from "./templates.ts";
import { glob, mapping, name, oneOrMany, template } from "./vocabulary.ts";

export const commentMode = z.enum(["always", "on_failure", "never"]);

const arch = z.string().regex(/^[a-z0-9_]{1,32}$/, { error: "write the name of an architecture, such as x86_64" });

const event = z.enum(["push", "tag", "merge_request"], {
  error: ({ input }) => (input === "pull_request" ? "write merge_request" : undefined),
});

const build = mapping({
  hub: name.describe("Where to build: a name under `hubs`."),
  target: oneOrMany(template(targetProblem))
    .describe("Build target, or a list: one build and one status each. Placeholders.")
    .meta({ examples: ["{branch}-candidate"] }),
  scratch: z
    .boolean()
    .default(true)
    .describe("`false` makes real builds, tagged into the target's destination. Merge requests never get those."),
  arches: z
    .array(arch)
    .min(1)
    .optional()
    .describe("Build only for these, scratch builds only; all of the target's if not said.")
    .meta({ examples: [["x86_64", "aarch64"]] }),
  source: template(sourceProblem)
    .optional()
    .describe(
      "What Koji clones. Default: the clone URL of the repo that holds the commit, at that commit. Placeholders.",
    )
    .meta({ examples: ["git+https://src.example.org/{repo}.git#{sha}"] }),
  context: template((text) => (text.trim() === "" ? "write the name of a commit status" : null))
    .optional()
    .describe(
      "Name of the commit status. Default `koji/{target}`, scratch `koji/{target}/scratch`. Placeholders and `{target}`.",
    ),
});

export const rule = mapping({
  name: name.describe("What messages and logs call the rule; no two alike."),
  repos: oneOrMany(z.string())
    .describe("Which repositories: `FORGE:PATH`, PATH being a glob, FORGE a name under `forges`.")
    .meta({ examples: [["github:rpms/*", "work:dist/**"]] }),
  on: oneOrMany(event).describe("Which events."),
  branches: oneOrMany(glob)
    .optional()
    .describe("The pushed branch, or the branch a merge request wants to go to: globs. Default: all.")
    .meta({ examples: [["f*", "main", "!f39"]] }),
  tags: oneOrMany(glob)
    .optional()
    .describe("The pushed tag: globs. Default: all.")
    .meta({ examples: [["v*"]] }),
  drafts: z
    .boolean()
    .default(false)
    .describe("Whether draft merge requests are built; if not, they are when they become ready."),
  build: build.describe("What to build."),
  comments: commentMode.optional().describe("When merge requests get the comment; default: as `reports` says."),
});
