import type { Annotation } from "./types.ts";

/**
 * The annotations that name a file of the repository, with its path there. A log knows paths below the unpacked sources
 * only, so the longest common ending decides, and two candidates are none.
 */
export function inRepo(annotations: readonly Annotation[], files: readonly string[]): Annotation[] {
  return annotations.flatMap((annotation) => {
    const path = files.includes(annotation.path) ? annotation.path : onlyEnding(annotation.path, files);
    return path === null ? [] : [{ ...annotation, path }];
  });
}

function onlyEnding(path: string, files: readonly string[]): string | null {
  const found = files.filter((file) => file.endsWith(`/${path}`) || path.endsWith(`/${file}`));
  return found.length === 1 ? (found[0] ?? null) : null;
}
