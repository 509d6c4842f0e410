import type { Ask } from "../../app/by-hand.ts";
import { KojibridgeError } from "../../domain/errors.ts";
import { ask as schema } from "./schemas.ts";

/** @throws `invalid` naming the field */
export function parseAsk(body: unknown): Ask {
  if (typeof body !== "object" || body === null || Array.isArray(body))
    throw new KojibridgeError("invalid", "send a JSON object, as `application/json`");
  const fields = new Map<string, unknown>(Object.entries(body));
  const known = Object.keys(schema.properties as object);
  for (const name of fields.keys())
    if (!known.includes(name))
      throw new KojibridgeError("invalid", `${name} is no field; there are ${known.join(", ")}`);
  const text = (name: string) => textOf(name, fields.get(name));
  const [branch, tag, sha] = [text("branch"), text("tag"), text("sha")];
  if (branch !== null && tag !== null) throw new KojibridgeError("invalid", "say `branch` or `tag`, not both");
  if (branch === null && tag === null && sha === null)
    throw new KojibridgeError("invalid", "say what to build: `branch`, `tag` or `sha`");
  if (sha !== null && !/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(sha))
    throw new KojibridgeError("invalid", "sha is not a whole commit id");
  const scratch = fields.get("scratch") ?? null;
  if (scratch !== null && typeof scratch !== "boolean")
    throw new KojibridgeError("invalid", "scratch is true or false");
  const ref =
    branch !== null
      ? ({ kind: "branch", name: branch } as const)
      : tag === null
        ? null
        : ({ kind: "tag", name: tag } as const);
  const where = { forge: needed("forge", text("forge")), repo: needed("repo", text("repo")), ref, sha };
  return { ...where, rule: text("rule"), hub: text("hub"), target: text("target"), scratch };
}

function textOf(name: string, value: unknown): string | null {
  if (value === undefined || value === null) return null;
  if (typeof value === "string" && value.trim() !== "") return value;
  throw new KojibridgeError("invalid", `${name} is not a text`);
}

function needed(name: string, value: string | null): string {
  if (value === null) throw new KojibridgeError("invalid", `${name} is missing`);
  return value;
}
