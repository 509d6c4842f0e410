import { z } from "zod";
import { MACRO_STRATEGIES } from "../domain/build.ts";
import { macroProblem } from "../domain/macros.ts";

const macros = z.record(z.string(), z.string().nullable()).superRefine((all, context) => {
  for (const [name, value] of Object.entries(all)) {
    // What may run code on a builder is the operator's to say; a repo's own file is held to less when it is read.
    const message = macroProblem(name, value, true);
    if (message !== null) context.addIssue({ code: "custom", path: [name], message });
  }
});

const conditional = z
  .string()
  .regex(/^\w{1,100}$/, { error: "write the name of a build conditional: letters, digits and `_`" });

/** The keys that override macros, wherever they may be said. */
export const overrideShape = {
  macros: macros
    .optional()
    .describe("RPM macros by name, as text; `null` takes away one that is set elsewhere. See docs/macros.md.")
    .meta({ examples: [{ dist: ".an8", debug_package: "%{nil}" }] }),
  with: z
    .array(conditional)
    .min(1)
    .optional()
    .describe("Build conditionals to switch on, as `rpmbuild --with`.")
    .meta({ examples: [["tests"]] }),
  without: z
    .array(conditional)
    .min(1)
    .optional()
    .describe("Build conditionals to switch off, as `rpmbuild --without`.")
    .meta({ examples: [["docs"]] }),
  macro_strategy: z
    .enum(MACRO_STRATEGIES)
    .optional()
    .describe(
      "How macros get into the build: `side_tag`, `tag` or `srpm` (the CI step alone). Default `auto`: the first the hub allows.",
    ),
};

/** The keys of `build()` itself. */
export const optionShape = {
  wait_repo: z.boolean().optional().describe("Wait for a repository as new as the build tag's last change."),
  wait_builds: z
    .array(
      z
        .string()
        .regex(/^[^\s/-][^\s/]*-[^\s/-]+-[^\s/-]+$/, { error: "write the name of a build: NAME-VERSION-RELEASE" }),
    )
    .min(1)
    .optional()
    .describe("Builds that have to be in the repository first, as NAME-VERSION-RELEASE.")
    .meta({ examples: [["gcc-15.1.1-2.fc43"]] }),
  priority: z
    .int()
    .min(-100)
    .max(1000)
    .optional()
    .describe("Added to Koji's usual priority: higher comes later. Below 0 needs the permission `admin`."),
  channel: z
    .string()
    .regex(/^[\w.-]{1,128}$/, { error: "write the name of a channel" })
    .optional()
    .describe("The builders' channel; the hub's policy may refuse it.")
    .meta({ examples: ["secure-boot"] }),
  fail_fast: z.boolean().optional().describe("End with the first architecture that fails."),
  skip_tag: z.boolean().optional().describe("Real builds: do not tag the result."),
  draft: z.boolean().optional().describe("Real builds: make a draft, to be promoted later (Koji 1.34 and newer)."),
  repo_id: z.int().positive().optional().describe("Build in this repository of the build tag; may need a permission."),
  on_existing: z
    .enum(["adopt", "tag"])
    .optional()
    .describe(
      "Real builds whose package is built already, from the same commit: `adopt` that build, or also `tag` it into the destination. Default `adopt`.",
    ),
};
