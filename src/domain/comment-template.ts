import { COMMENT_SAMPLE } from "./comment-view.ts";
import { KojibridgeError } from "./errors.ts";
import { type ParsedTemplate, parseTemplate, type Template } from "./template.ts";

/** The comment as templates/comments/merge-request.md has it; here as well, so that bundles need no file beside them. */
export const DEFAULT_COMMENT = `{{! The comment of a merge request. What may be named here is in docs/comments.md. }}
### {{title}}
{{#approval}}

{{word.approval}}

{{approval}}
{{/approval}}

|{{#has_packages}} {{word.package}} |{{/has_packages}} {{word.target}} | {{word.state}} | {{word.arches}} | {{word.task}} |
|{{#has_packages}}---|{{/has_packages}}---|---|---|---|
{{#builds}}
|{{#has_packages}} {{package}} |{{/has_packages}} {{target}}{{#scratch}} ({{word.scratch}}){{/scratch}} | {{icon}} {{state}}{{#nvr}}<br>{{nvr}}{{/nvr}} | {{arches}} | {{task}} |
{{/builds}}
{{#more}}

{{more}}
{{/more}}
{{#failures}}

**{{where}}**{{#section}} {{section}}{{/section}}: {{cause}}
{{#infra}}

{{word.infra_note}}
{{/infra}}
{{#hint}}

_{{hint}}_
{{/hint}}
{{#lines}}

<details><summary>{{log}}</summary>

{{lines}}

</details>
{{/lines}}
{{#logs}}

{{word.whole_log}}: {{logs}}
{{/logs}}
{{/failures}}
{{#retries}}

{{tried}}: {{tasks}}
{{/retries}}
{{#download}}

<details><summary>{{word.download}}</summary>

{{download}}

</details>
{{/download}}
{{#macros}}

<details><summary>{{word.macros}}</summary>

{{targets}}{{#through}}, {{through}}{{/through}}:

{{#items}}
- {{name}} = {{value}} ({{by}})
{{/items}}

</details>
{{/macros}}
{{#has_earlier}}

<details><summary>{{earlier_title}}</summary>

{{#earlier}}
- {{sha}}: {{builds}}
{{/earlier}}

</details>
{{/has_earlier}}
`;

/** A template of the comment, of an operator or ours. */
export function parseComment(text: string): ParsedTemplate {
  return parseTemplate(text, COMMENT_SAMPLE);
}

export function defaultComment(): Template {
  const parsed = parseComment(DEFAULT_COMMENT);
  if (!parsed.ok) throw new KojibridgeError("bug", "the default template of the comment does not parse");
  return parsed.template;
}
