import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { type Loose, looseItems, looseMap } from "../../src/config/loose.ts";
import { renderReference } from "../../src/config/reference.ts";
import { parseRepoFile, repoFileJsonSchema } from "../../src/config/repo-file.ts";
import { configJsonSchema } from "../../src/config/schema.ts";

const pathOf = (file: string) => fileURLToPath(new URL(`../../${file}`, import.meta.url));

describe("what is generated from the schema", () => {
  test("docs/config.md is up to date", async () => {
    await expect(renderReference()).toMatchFileSnapshot(pathOf("docs/config.md"));
  });

  test("templates/kojibridge.schema.json is up to date", async () => {
    const text = `${JSON.stringify(configJsonSchema(), null, 2)}\n`;
    await expect(text).toMatchFileSnapshot(pathOf("templates/kojibridge.schema.json"));
  });

  test("templates/repo-file.schema.json is up to date", async () => {
    const text = `${JSON.stringify(repoFileJsonSchema(), null, 2)}\n`;
    await expect(text).toMatchFileSnapshot(pathOf("templates/repo-file.schema.json"));
  });

  test("every key says what it means", () => {
    const schema = configJsonSchema();
    const keys = [...keysOf(schema, ""), ...keysOf(looseMap(looseMap(schema.$defs).Secret), "Secret")];
    expect(keys.map(({ path }) => path)).toContain(".rules.build.target");
    expect(keys.filter(({ described }) => !described)).toEqual([]);
  });
});

function keysOf(schema: Loose, path: string): { path: string; described: boolean }[] {
  const own = Object.entries(looseMap(schema.properties)).flatMap(([key, value]) => {
    const { description, const: constant } = looseMap(value);
    const described = typeof description === "string" || constant !== undefined;
    return [{ path: `${path}.${key}`, described }, ...keysOf(looseMap(value), `${path}.${key}`)];
  });
  const { additionalProperties, items, oneOf, anyOf } = schema;
  const inner = [additionalProperties, items, ...looseItems(oneOf), ...looseItems(anyOf)].filter(Boolean);
  return [...own, ...inner.flatMap((part) => keysOf(looseMap(part), path))];
}

describe("the schema for editors", () => {
  const validate = new Ajv2020({ allErrors: true }).compile(configJsonSchema());
  const example = readFileSync(pathOf("templates/kojibridge.yaml"), "utf8");

  test.each(["kojibridge.yaml", "kojibridge-minimal.yaml"])("takes templates/%s", (name) => {
    const value = parse(readFileSync(pathOf(`templates/${name}`), "utf8"));
    expect(validate(value), JSON.stringify(validate.errors)).toBe(true);
  });

  test.each([
    ["an unknown key", "queue: local", "quueue: local"],
    ["an unknown key of a rule", "    branches: main", "    branch: main"],
    ["an unknown event", "on: push", "on: psh"],
    ["an inline secret", "token: { env: GITHUB_TOKEN }", "token: ghp_x"],
    ["a secret from two places", "{ env: GITHUB_TOKEN }", "{ env: GITHUB_TOKEN, file: x }"],
    ["a forge without a webhook secret", "webhook_secret: { env: GITHUB_WEBHOOK_SECRET }", ""],
    ["a name that is no part of a URL", "  lab:", '  "l/b":'],
    ["a rule without events", "    on: push", ""],
  ])("refuses %s", (_, from, to) => {
    expect(example).toContain(from);
    expect(validate(parse(example.replace(from, to)))).toBe(false);
  });
});

describe("the schema of a packaging repo's own file", () => {
  const validate = new Ajv2020({ allErrors: true }).compile(repoFileJsonSchema());
  const example = readFileSync(pathOf("templates/repo.kojibridge.yaml"), "utf8");

  test("takes the template, as the service does", () => {
    expect(validate(parse(example)), JSON.stringify(validate.errors)).toBe(true);
    expect(parseRepoFile(example)).toMatchObject({ ok: true });
  });

  test("refuses what the service refuses", () => {
    const wrong = example.replace("arches:", "arch:");
    expect(validate(parse(wrong))).toBe(false);
    expect(parseRepoFile(wrong)).toMatchObject({ ok: false });
  });
});
