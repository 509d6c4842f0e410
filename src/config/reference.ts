import { type Loose, looseItems, looseMap } from "./loose.ts";
import { PROSE } from "./reference-prose.ts";
import { configJsonSchema } from "./schema.ts";

/** docs/config.md: every key, from the same schema the loader and the editors use. */
export function renderReference(): string {
  const root: Loose = configJsonSchema();
  const definitions = looseMap(root.$defs);
  const secret = looseMap(definitions.Secret);
  return [PROSE.intro, ...sections("", root), ...mappingSection("Secrets", secret, PROSE.secrets), PROSE.rules].join(
    "\n",
  );
}

/** One section for a mapping, then one for each mapping inside it. */
function sections(path: string, schema: Loose): string[] {
  const properties = Object.entries(looseMap(schema.properties));
  const title = path === "" ? "Top level" : `\`${path}\``;
  const inner = properties.flatMap(([key, value]) => nested(path === "" ? key : `${path}.${key}`, looseMap(value)));
  return [...mappingSection(title, schema, text(schema.description)), ...inner];
}

function nested(path: string, schema: Loose): string[] {
  const variants = looseItems(schema.oneOf).map(looseMap);
  if (variants.length > 0) return variants.flatMap((variant) => variantSection(path, variant));
  const either = looseItems(schema.anyOf).map(looseMap);
  if (either.length > 0) return either.flatMap((one) => nested(path, one));
  if (schema.properties !== undefined) return sections(path, schema);
  if (typeof schema.additionalProperties === "object")
    return nested(`${path}.NAME`, looseMap(schema.additionalProperties));
  return schema.items === undefined ? [] : nested(`${path}[]`, looseMap(schema.items));
}

/** Variants are told apart by their first key, which has one value or a few. */
function variantSection(path: string, variant: Loose): string[] {
  const [first, ...others] = Object.entries(looseMap(variant.properties));
  const { const: only, enum: few } = looseMap(first?.[1]);
  const words = (few === undefined ? [only] : looseItems(few)).map((word) => `\`${first?.[0]}: ${word}\``);
  return mappingSection(
    `\`${path}\` with ${words.join(" or ")}`,
    { ...variant, properties: Object.fromEntries(others) },
    "",
  );
}

function mappingSection(title: string, schema: Loose, intro: string): string[] {
  const required = looseItems(schema.required);
  const rows = Object.entries(looseMap(schema.properties)).map(([key, property]) =>
    row(key, looseMap(property), required.includes(key)),
  );
  const table =
    rows.length > 0
      ? ["| key | value | default | meaning |", "|---|---|---|---|", ...rows, ""]
      : ["No other keys.", ""];
  return [`## ${title}`, "", ...(intro === "" ? [] : [intro, ""]), ...table];
}

function row(key: string, schema: Loose, required: boolean): string {
  const fallback = typeof schema.default === "object" ? "" : code(schema.default);
  const example = looseItems(schema.examples)[0];
  const meaning = [text(schema.description), ...(example === undefined ? [] : [`Example: ${code(example)}.`])].join(
    " ",
  );
  return `| \`${key}\` | ${kind(schema)} | ${required ? "required" : fallback} | ${meaning.replaceAll("|", "\\|")} |`;
}

function kind(schema: Loose): string {
  const either = looseItems(schema.anyOf).map(looseMap);
  if (either.length > 0) return either.map(kind).join(" or ");
  if (schema.$ref !== undefined) return "[secret](#secrets)";
  if (Array.isArray(schema.enum)) return schema.enum.map(code).join(", ");
  if (schema.type === "array") return `list of ${kind(looseMap(schema.items))}`;
  if (schema.type === "boolean") return "`true`, `false`";
  if (schema.type === "integer") return "number";
  return schema.type === "string" ? "text" : "mapping";
}

function code(value: unknown): string {
  if (value === undefined) return "";
  return `\`${typeof value === "string" ? value : JSON.stringify(value)}\``;
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
