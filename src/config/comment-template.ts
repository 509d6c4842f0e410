import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseComment } from "../domain/comment-template.ts";
import type { Template } from "../domain/template.ts";
import { looseMap } from "./loose.ts";
import type { Finding, Problem } from "./problem.ts";
import { errorCode } from "./secret.ts";

export const COMMENT_FILE = "merge-request.md";
const PATH = ["reports", "templates"];

export interface OwnTemplate {
  /** Null: the default. */
  readonly template: Template | null;
  /** In the template itself. */
  readonly problems: readonly Problem[];
  readonly findings: readonly Finding[];
}

/** The operator's own wording, of a configuration that may be wrong elsewhere. */
export function readCommentTemplate(root: unknown, directory: string): OwnTemplate {
  const folder = looseMap(looseMap(root).reports).templates;
  if (typeof folder !== "string" || folder.trim() === "") return { template: null, problems: [], findings: [] };
  const file = join(resolve(directory, folder), COMMENT_FILE);
  const text = readText(file);
  if (typeof text !== "string") return { template: null, problems: [], findings: [{ path: PATH, ...text }] };
  const parsed = parseComment(text);
  if (parsed.ok) return { template: parsed.template, problems: [], findings: [] };
  const problems = parsed.problems.map(({ line, message }) => ({ file, line, column: 1, path: "", message }));
  return { template: null, problems, findings: [] };
}

function readText(file: string): string | { readonly message: string } {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    return { message: `file ${file} cannot be read (${errorCode(error)}); copy it from templates/comments` };
  }
}
