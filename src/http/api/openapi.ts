export type Schema = Readonly<Record<string, unknown>>;

/** What a route says of itself, in its `config`: Fastify's own compilers of schemas are 4 MiB we do without. */
export interface Told {
  readonly summary: string;
  /** Only with the token. */
  readonly token?: boolean;
  readonly query?: Schema;
  readonly body?: Schema;
  /** By HTTP status. */
  readonly answers: Readonly<Record<string, Schema>>;
}

export interface Documented {
  readonly method: string;
  /** As Fastify has it. */
  readonly url: string;
  readonly told: Told;
}

/** A route's options: Fastify keeps what it tells of itself, and its answers are cut to it. */
export function told(config: Told): { config: Told } {
  return { config };
}

export function isTold(config: object | undefined): config is Told {
  return config !== undefined && "answers" in config;
}

const ANSWERS: Readonly<Record<string, string>> = {
  200: "As asked.",
  201: "Taken.",
  400: "The request is not understood.",
  401: "The token is missing or wrong.",
  404: "There is no such thing.",
  409: "Its state does not allow it.",
};

/** The OpenAPI 3.1 description of routes, from nothing but their own schemas. */
export function toOpenApi(routes: readonly Documented[], version: string) {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const { method, url, told } of routes) {
    const path = url.replace("/*", "/{id}").replaceAll(/:(\w+)/g, "{$1}");
    paths[path] = { ...paths[path], [method.toLowerCase()]: toOperation(path, told) };
  }
  return {
    openapi: "3.1.0",
    info: { title: "kojibridge", version, description: "What was built, why, and why not." },
    paths,
    components: { securitySchemes: { token: { type: "http", scheme: "bearer", description: "`server.api_token`" } } },
  };
}

function toOperation(path: string, { summary, token, query, body, answers }: Told) {
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) =>
    toParameter(name ?? "", "path", { type: "string" }),
  );
  const inQuery = Object.entries(propertiesOf(query ?? {})).map(([name, schema]) => toParameter(name, "query", schema));
  return {
    summary,
    ...(token === true ? { security: [{ token: [] }] } : {}),
    parameters: [...inPath, ...inQuery],
    ...(body === undefined ? {} : { requestBody: { required: true, content: json(body) } }),
    responses: Object.fromEntries(
      Object.entries(answers).map(([status, answer]) => [status, toResponse(status, answer)]),
    ),
  };
}

function toParameter(name: string, where: "path" | "query", { description, ...schema }: Schema) {
  return { name, in: where, required: where === "path", ...(description === undefined ? {} : { description }), schema };
}

function toResponse(status: string, schema: Schema) {
  return { description: ANSWERS[status] ?? "", content: json(schema) };
}

function json(schema: Schema) {
  return { "application/json": { schema } };
}

export function propertiesOf({ properties }: Schema): Readonly<Record<string, Schema>> {
  return isSchema(properties) ? Object.fromEntries(Object.entries(properties).filter(isNamed)) : {};
}

function isNamed(entry: [string, unknown]): entry is [string, Schema] {
  return isSchema(entry[1]);
}

export function isSchema(value: unknown): value is Schema {
  return typeof value === "object" && value !== null;
}
