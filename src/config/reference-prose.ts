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
  rules: `## Patterns

A pattern is a glob, or a regular expression between slashes. A list matches if one of its patterns does and none of its
exclusions (\`"!f39"\`) does, whatever their order; a list of only exclusions takes all the rest. \`labels\` are judged
together: one has to match, and no exclusion any of them. \`paths\` are judged one by one: a rule matches if one changed
path does. \`repos\` always has to say what is meant. \`github:**\` is every repository of that forge.

YAML wants quotes around text that starts with \`*\` or \`!\`, and around versions such as \`"1.10"\`.

### Globs

\`*\` stands for any run of characters without \`/\`, \`**\` for any run at all, \`?\` for one character that is not \`/\`,
\`{a,b}\` for either; everything else for itself, upper and lower case being different. A glob matches the
whole text: in \`paths\`, \`*.spec\` is a spec at the top and \`**.spec\` one anywhere; in \`messages\`, write \`**[release]**\`.

### Regular expressions

\`"/^f\\\\d+$/"\` in double quotes, \`'/^f\\d+$/'\` in single ones; in \`repos\` about the path alone, \`'github:/^rpms\\//'\`. They
are JavaScript's, with its flag \`u\` and no other, and match anywhere unless anchored with \`^\` and \`$\`. Matching takes time
in proportion to the text, whatever the expression; what would need more is refused: look-around, back-references, and
a quantifier behind what may be empty.

Named groups become placeholders: with \`branches: '/^(?<dist>f\\d+)$/'\`, \`target: "{dist}-candidate"\`. Their names are
lower case, and none of the placeholders' below. Of several patterns that match, the first one gives the values. A
placeholder has to be in every pattern of its list, else what it means without one would be a guess. \`paths\` name nothing.
A group in \`labels\`, \`titles\` or \`messages\` lets those who write them choose what it stands for.

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
| \`{package}\` | the package; in rules with \`package\` | push, merge_request |

Values are put in as they are; in \`source\` they are percent-encoded where a URL needs it. A build whose target could not
be the name of a Koji target is refused, with the reason, and the rule's other builds go on.

## How rules are applied

- Every matching rule yields its builds. The same commit on the same hub and target, scratch or not, with the same
  arches and source, is built once, however many rules and events ask for it.
- Two different builds that would report under the same status context are a configuration error. What can be seen in the
  file is reported by \`check\`; what depends on the event stops that event, with a reason that names both rules.
- Conditions that do not concern an event are not asked: a tag has no branch, no labels and no changed paths.
- \`messages\` and \`titles\` are read to their 4096th character; any other text longer than that matches nothing.
- Pushes list their changed paths unless they have too many commits, create a branch or rewrite one (GitHub lists 2048
  commits, GitLab 20, Forgejo 15 unless told otherwise). Merge requests never list them: then the forge is asked. Where
  it does not list them all either, or there are more than 3000, a rule with \`paths\`
  matches if it makes scratch builds, since one too many is better than one lost, and does not match if it makes real ones;
  \`plan\` and the delivery's trace say so. A rule with \`package\` does not match, since only the paths say which packages
  there are.
- With \`package\`, \`paths\` choose first: only packages with a path that matches are built. Koji gets
  \`git+https://host/path.git?packages/foo#sha\`. A package whose folder was removed counts as changed, and its build fails.
- Labels count as they are when the merge request is opened or updated, or gets a label.
- Merge requests only get scratch builds, whatever the rules say. Real builds are made only of commits that the forge itself
  shows on a protected branch or tag; see [rules.md](rules.md#real-builds-never-by-accident).
- A draft is built when it becomes ready, unless the rule says \`drafts: true\`.
- \`[skip koji]\`, \`[skip ci]\` or \`[ci skip]\` in the commit message, or in the title or description of a merge request,
  means that nothing is built.
`,
};
