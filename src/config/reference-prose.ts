/** What the reference says beside its tables. */
export const PROSE = {
  intro: `# Configuration

One YAML file. \`kojibridge check --config FILE\` reports every problem in it at once; \`kojibridge plan\` says what it would
build for an event, and why. [templates/kojibridge.yaml](../templates/kojibridge.yaml) shows all of it, and
[templates/kojibridge-minimal.yaml](../templates/kojibridge-minimal.yaml) the least that works. Editors complete and check
it with [templates/kojibridge.schema.json](../templates/kojibridge.schema.json).

The keys are a promise: later versions add some and rename none. An unknown key is an error, never ignored. Paths are
relative to the file. Durations read \`500ms\`, \`5s\`, \`2m\`, \`1h\`, \`1d\`; sizes \`512KB\`, \`25MB\`, a KB being 1024 bytes.

<!-- Generated from src/config/schema*.ts: change those, then run \`npm test -- config-reference --update\`. -->
`,
  secrets:
    "Never inline: `{ env: NAME }` or `{ file: path }`, one of the two. A secret that is missing or empty is an error at start.",
  rules: `## Globs

\`*\` stands for any run of characters without \`/\`, \`**\` for any run at all, \`?\` for one character that is not \`/\`,
\`{a,b}\` for either; everything else for itself, upper and lower case being different. A list matches if one of its globs
does and none of its exclusions (\`"!f39"\`) does, whatever their order; a list of only exclusions takes all the rest.
\`repos\` always has to say what is meant. \`github:**\` is every repository of that forge.

YAML wants quotes around text that starts with \`*\` or \`!\`, and around versions such as \`"1.10"\`.

## Placeholders

In \`target\`, \`source\` and \`context\`:

| placeholder | value | events |
|---|---|---|
| \`{branch}\` | the pushed branch, or the one the merge request wants to go to | push, merge_request |
| \`{tag}\` | the pushed tag | tag |
| \`{mr}\` | the merge request's number | merge_request |
| \`{sha}\` | the commit | all |
| \`{short_sha}\` | its first seven digits | all |
| \`{repo}\` | the path of the repository the event belongs to, \`owner/name\`; not the fork's | all |
| \`{repo_name}\` | the last part of that path | all |
| \`{owner}\` | all before it | all |
| \`{target}\` | the build target; in \`context\` only | all |

Values are put in as they are; in \`source\` they are percent-encoded where a URL needs it. A build whose target could not
be the name of a Koji target is refused, with the reason, and the rule's other builds go on.

## How rules are applied

- Every matching rule yields its builds. The same commit on the same hub and target, scratch or not, with the same
  arches and source, is built once, however many rules and events ask for it.
- Two different builds that would report under the same status context are a configuration error. What can be seen in the
  file is reported by \`check\`; what depends on the event stops that event, with a reason that names both rules.
- Merge requests only get scratch builds, whatever the rules say.
- A draft is built when it becomes ready, unless the rule says \`drafts: true\`.
- \`[skip koji]\`, \`[skip ci]\` or \`[ci skip]\` in the commit message, or in the title or description of a merge request,
  means that nothing is built.
`,
};
