export type Path = readonly (string | number)[];

/** Something wrong at one place of the configuration, before its line is known. */
export interface Finding {
  readonly path: Path;
  /** The key itself is wrong, not its value. */
  readonly atKey?: boolean;
  /** What is wrong and what to write instead; never a secret. */
  readonly message: string;
}

export interface Problem {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** From 1. */
  readonly column: number;
  /** `rules[0].build.target`; empty for the file as a whole. */
  readonly path: string;
  readonly message: string;
}

export function formatPath(path: Path): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === "number") return `${text}[${part}]`;
    const key = /^[\w-]+$/.test(part) ? part : JSON.stringify(part.slice(0, 80));
    return text === "" ? key : `${text}.${key}`;
  }, "");
}

/** `file:line:column: path: message`, as compilers write it. */
export function formatProblem({ file, line, column, path, message }: Problem): string {
  return `${file}:${line}:${column}: ${path === "" ? "" : `${path}: `}${message}`;
}
