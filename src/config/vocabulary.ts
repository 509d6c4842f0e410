import * as z from "zod";
import { KojibridgeError } from "../domain/errors.ts";
import { compilePattern, isExclusion } from "../domain/pattern.ts";
import { templateNames } from "../domain/placeholders.ts";
import { didYouMean } from "../domain/suggest.ts";
import { parseDuration, urlProblem } from "./units.ts";

/**
 * A mapping whose keys are a promise: any other key is a problem, one line for each. `instead` is what to write where
 * there is no mapping at all.
 */
export function mapping<Shape extends z.ZodRawShape>(shape: Shape, instead?: string) {
  const known = Object.keys(shape);
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === "unrecognized_keys" ? issue.keys.map((key) => unknownKey(key, known)).join("\n") : instead,
  });
}

function unknownKey(key: string, known: readonly string[]): string {
  return `unknown key${didYouMean(key, known) || `; expected ${known.join(", ")}`}`;
}

/** `x` or `[x, y]`. */
export function oneOrMany<Item extends z.ZodType>(item: Item) {
  return z.union([item, z.array(item).min(1)]);
}

/** Text; `problemOf` says what is wrong with it, or null. `instead` is what to write where there is no text at all. */
export function checked(problemOf: (text: string) => string | null, instead?: string) {
  const error = (issue: { input?: unknown }) => (issue.input === undefined ? undefined : instead);
  return z.string({ error }).superRefine((text, context) => {
    const message = problemOf(text);
    if (message !== null) context.addIssue({ code: "custom", message });
  });
}

export const name = z.string().regex(/^[^\p{C}]*\S[^\p{C}]*$/u, { error: "write one line of text" });

export const url = checked(urlProblem);

export const file = z.string().regex(/\S/, { error: "write the path of a file" });

const DURATION = "write a duration, such as 500ms, 5s, 2m, 1h or 1d";

export const duration = checked((text) => (parseDuration(text) === null ? DURATION : null), DURATION);

/** Text with `{placeholders}`; which of them there are is checked with the rule as a whole. */
export function template(problemOf: (text: string) => string | null) {
  return checked((text) => {
    if (templateNames(text) === null) return "a `{` or `}` has no partner";
    return problemOf(text);
  });
}

export const pattern = checked((text) => patternProblem(isExclusion(text) ? text.slice(1) : text));

export function patternProblem(text: string): string | null {
  try {
    compilePattern(text);
    return null;
  } catch (error) {
    if (error instanceof KojibridgeError) return error.message;
    throw error;
  }
}

export const ENV_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

export const secret = mapping(
  {
    env: z
      .string()
      .regex(ENV_NAME, { error: "write the name of an environment variable, such as KOJI_PASSWORD" })
      .optional()
      .describe("Name of the environment variable that holds the secret."),
    file: file.optional().describe("Path of the file that holds the secret; line ends after it are dropped."),
  },
  "secrets are never inline; write { env: NAME } or { file: path }",
)
  .refine((value) => (value.env === undefined) !== (value.file === undefined), {
    error: "write { env: NAME } or { file: path }, one of the two",
  })
  .meta({ id: "Secret", minProperties: 1, maxProperties: 1 });
