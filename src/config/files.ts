import { join, resolve } from "node:path";
import { COMMENT_FILE } from "./comment-template.ts";
import { looseItems, looseMap } from "./loose.ts";

/** Keys whose value is the path of a file that is read when the configuration is. Keytabs are read at each login. */
const FILES = new Set(["file", "ca", "cert"]);

/** Everything a configuration is made of: its own file, and those it points at. */
export function filesOf(root: unknown, file: string, directory: string): string[] {
  const { templates } = looseMap(looseMap(root).reports);
  const comment = typeof templates === "string" ? [join(templates, COMMENT_FILE)] : [];
  return [...new Set([file, ...[...mentioned(root), ...comment].map((path) => resolve(directory, path))])];
}

function mentioned(value: unknown): string[] {
  if (Array.isArray(value)) return looseItems(value).flatMap(mentioned);
  return Object.entries(looseMap(value)).flatMap(([key, inner]) =>
    FILES.has(key) && typeof inner === "string" ? [inner] : mentioned(inner),
  );
}
