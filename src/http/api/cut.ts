import { isSchema, propertiesOf, type Schema } from "./openapi.ts";

/**
 * The value with nothing in it that its schema does not name: what the records get tomorrow is not told to strangers by
 * accident.
 */
export function cutTo(schema: Schema, value: unknown): unknown {
  const { items, additionalProperties } = schema;
  if (Array.isArray(value)) return isSchema(items) ? value.map((item) => cutTo(items, item)) : value;
  if (typeof value !== "object" || value === null || schema.properties === undefined) return value;
  const named = propertiesOf(schema);
  const kept = Object.entries(value).flatMap(([key, part]): [string, unknown][] => {
    const own = named[key];
    if (own !== undefined) return [[key, cutTo(own, part)]];
    return additionalProperties === false ? [] : [[key, part]];
  });
  return Object.fromEntries(kept);
}
