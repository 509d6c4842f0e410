import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv } from "ajv";
import type { Logged } from "../../src/simulator/forge/server.ts";
import type { Dialect } from "../../src/simulator/forge/state.ts";

interface Operation {
  operationId: string;
  parameters: { name: string; in: "path" | "query"; required: boolean; schema: object }[];
  requestBody?: { required: boolean; schema: { properties: Record<string, object>; required?: string[] } };
  answer: { status: number | number[]; schema?: object };
}

/** What of a request (and of a 2xx answer) is not as its forge describes it; empty when all is. */
export type Check = (logged: Logged) => { readonly operation: string | null; readonly problems: readonly string[] };

/** A path parameter is one segment, whatever is in it; but for these, which Forgejo takes as they are (`/*` in routers/api/v1/api.go). */
function toPattern(template: string): RegExp {
  const several = template.replaceAll(/\{(filepath|branch|tag)\}/g, "(?<$1>.+)");
  return new RegExp(`^${several.replaceAll(/\{(\w+)\}/g, "(?<$1>[^/]+)")}$`);
}

export function readOpenApi(forge: Dialect): Check {
  const file = join(import.meta.dirname, "../fixtures", forge, "openapi.json");
  const { paths }: { paths: Record<string, Record<string, Operation>> } = JSON.parse(readFileSync(file, "utf8"));
  const strict = new Ajv({ strict: false, allErrors: true, validateFormats: false });
  // Everything in a URL is text.
  const coercing = new Ajv({ strict: false, coerceTypes: true, validateFormats: false });

  function problemsOf(
    { parameters, requestBody, answer }: Operation,
    logged: Logged,
    inPath: Record<string, string>,
  ): string[] {
    const problems: string[] = [];
    const given = { path: inPath, query: logged.query };
    for (const { name, in: where, required, schema } of parameters) {
      const value = given[where][name];
      if (value === undefined && required) problems.push(`${name} is missing`);
      if (value !== undefined && !coercing.validate(schema, decodeURIComponent(value)))
        problems.push(`${name}: ${coercing.errorsText()}`);
    }
    const known = new Set(parameters.filter((p) => p.in === "query").map((p) => p.name));
    problems.push(
      ...Object.keys(logged.query).flatMap((name) => (known.has(name) ? [] : [`${name} is no query parameter`])),
    );
    const body = logged.body as object;
    const fields = Object.keys(requestBody?.schema.properties ?? {});
    problems.push(
      ...Object.keys(body).flatMap((name) => (fields.includes(name) ? [] : [`${name} is no field of the body`])),
    );
    if (requestBody && !strict.validate(requestBody.schema, body)) problems.push(`body: ${strict.errorsText()}`);
    const { status, body: said } = logged.answer;
    if (status < 300 && ![answer.status].flat().includes(status))
      problems.push(`answered ${status}, not ${answer.status}`);
    if (status < 300 && answer.schema && !strict.validate(answer.schema, said))
      problems.push(`answer: ${strict.errorsText()}`);
    return problems;
  }

  return (logged) => {
    for (const [template, methods] of Object.entries(paths)) {
      const match = toPattern(template).exec(logged.path);
      const operation = methods[logged.method.toLowerCase()];
      if (match === null || operation === undefined) continue;
      return { operation: operation.operationId, problems: problemsOf(operation, logged, match.groups ?? {}) };
    }
    return { operation: null, problems: [`${logged.method} ${logged.path} is not described`] };
  };
}
