import * as z from "zod";
import { FORK_POLICIES } from "../domain/rule.ts";
import { optionShape, overrideShape } from "./schema-macros.ts";
import { PACKAGE_PATH, packageProblem, SPEC_PATH, sourceProblem, specProblem, targetProblem } from "./templates.ts";
import { checked, mapping, name, oneOrMany, pattern, template } from "./vocabulary.ts";

export const forkPolicy = z.enum(FORK_POLICIES);

export const commentMode = z.enum(["always", "on_failure", "never"]);

export const arch = z
  .string()
  .regex(/^[a-z0-9_]{1,32}$/, { error: "write the name of an architecture, such as x86_64" });

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
      "Name of the commit status. Default `koji/{target}`, scratch `koji/{target}/scratch`; with `package`, `/{package}` behind it. Placeholders and `{target}`.",
    ),
  from: oneOrMany(template((text) => (text.trim() === "" ? "write the name of a branch" : null)))
    .optional()
    .describe(
      "Real builds of tags: branches, by name, that vouch for a commit whose tag is not protected. One of them has to be protected and to have the commit. Placeholders. Default: none, so the tag has to be protected.",
    )
    .meta({ examples: [["main", "release/{major}"]] }),
  unprotected: z
    .boolean()
    .default(false)
    .describe(
      "`true` makes real builds of branches and tags that are not protected on the forge: **whoever may push there decides what is built and tagged**. For forges that cannot protect anything.",
    ),
  optional: z
    .boolean()
    .default(false)
    .describe("Nothing has to wait for it: the summary status does not turn red when it fails."),
  ...overrideShape,
  ...optionShape,
});

/** What the operator says of repos, whatever rule builds them. */
export const repoEntry = mapping({
  match: oneOrMany(z.string())
    .describe("Which repositories, as a rule's `repos`.")
    .meta({ examples: [["github:rpms/foo"]] }),
  ...overrideShape,
});

/** What a packaging repo's own file may say. */
export const repoFile = mapping({
  allow: z.boolean().describe("Whether `.kojibridge.yaml` of the packaging repository is read."),
  targets: oneOrMany(pattern)
    .optional()
    .describe("Targets it may name besides the rule's own, which it may always choose from: patterns. Default: none.")
    .meta({ examples: [["f*-candidate"]] }),
  macros: oneOrMany(pattern)
    .optional()
    .describe("Macros it may set: patterns of names. Default: none.")
    .meta({ examples: [["dist", "ci_*"]] }),
  with: oneOrMany(pattern)
    .optional()
    .describe("Build conditionals it may switch on or off: patterns of names. Default: none.")
    .meta({ examples: [["tests"]] }),
  real_builds: z
    .boolean()
    .default(false)
    .describe("Whether it has a say in real builds too. It never makes a real build of a scratch build."),
});

export const rule = mapping({
  name: name.describe("What messages and logs call the rule; no two alike."),
  repos: oneOrMany(z.string())
    .describe("Which repositories: `FORGE:PATH`, PATH being a pattern, FORGE a name under `forges`.")
    .meta({ examples: [["github:rpms/*", "work:dist/**"]] }),
  on: oneOrMany(event).describe("Which events."),
  branches: oneOrMany(pattern)
    .optional()
    .describe("The pushed branch, or the branch a merge request wants to go to: patterns. Default: all.")
    .meta({ examples: [["f*", "main", "!f39"]] }),
  tags: oneOrMany(pattern)
    .optional()
    .describe("The pushed tag: patterns. Default: all.")
    .meta({ examples: [["v*"]] }),
  paths: oneOrMany(pattern)
    .optional()
    .describe("The changed paths of a push or merge request, one of which has to match: patterns. Default: all.")
    .meta({ examples: [["*.spec", "!docs/**"]] }),
  labels: oneOrMany(pattern)
    .optional()
    .describe("The labels of a merge request: one has to match, and none an exclusion. Default: whatever they are.")
    .meta({ examples: [["build", "!wip"]] }),
  authors: oneOrMany(pattern)
    .optional()
    .describe("The login of who pushed, or who opened or updated the merge request: patterns. Default: all.")
    .meta({ examples: [["!*-bot"]] }),
  titles: oneOrMany(pattern)
    .optional()
    .describe("The title of a merge request: patterns. Default: all.")
    .meta({ examples: [["!/^WIP\\b/"]] }),
  messages: oneOrMany(pattern)
    .optional()
    .describe("The message of a pushed or tagged commit: patterns. Default: all.")
    .meta({ examples: [["**[release]**"]] }),
  drafts: z
    .boolean()
    .default(false)
    .describe("Whether draft merge requests are built; if not, they are when they become ready."),
  package: mapping({
    path: checked(packageProblem, PACKAGE_PATH)
      .describe("The folder of a package, `{package}` being one step of it.")
      .meta({ examples: ["packages/{package}"] }),
    spec: checked(specProblem, SPEC_PATH)
      .optional()
      .describe("Where below that folder the spec is. Default `{package}.spec`.")
      .meta({ examples: ["SPECS/{package}.spec"] }),
  })
    .optional()
    .describe("For repositories of many packages: one build for each package below which something changed."),
  forks: forkPolicy
    .optional()
    .describe("What becomes of merge requests of forks; default: as the top-level `forks` says."),
  build: build.describe("What to build."),
  repo_file: repoFile
    .optional()
    .describe(
      "`{ allow: true, targets: […], macros: […], with: […], real_builds: false }`: what the repository's own file may say of these builds, instead of the top level's `repo_file`.",
    ),
  report_skipped: z
    .boolean()
    .default(false)
    .describe(
      "Of events that the rule is about but does not build, such as drafts, the summary status says that there is nothing to build.",
    ),
  comments: commentMode.optional().describe("When merge requests get the comment; default: as `reports` says."),
});
