/**
 * How the inputs of action.yml become flags of `kojibridge build`: `text` once, `list` once per line, `flag` when it is true, `unless`
 * when it is false.
 */
export const INPUTS: Readonly<
  Record<string, { readonly kind: "text" | "list" | "flag" | "unless"; readonly flag: string }>
> = {
  config: { kind: "text", flag: "--config" },
  "hub-url": { kind: "text", flag: "--hub-url" },
  "web-url": { kind: "text", flag: "--web-url" },
  "top-url": { kind: "text", flag: "--top-url" },
  profile: { kind: "text", flag: "--profile" },
  target: { kind: "list", flag: "--target" },
  arch: { kind: "list", flag: "--arch" },
  macros: { kind: "list", flag: "--macro" },
  with: { kind: "list", flag: "--with" },
  without: { kind: "list", flag: "--without" },
  source: { kind: "text", flag: "--source" },
  srpm: { kind: "text", flag: "--srpm" },
  spec: { kind: "text", flag: "--spec" },
  "sources-command": { kind: "text", flag: "--sources-command" },
  wait: { kind: "unless", flag: "--no-wait" },
  timeout: { kind: "text", flag: "--timeout" },
  patience: { kind: "text", flag: "--patience" },
  "poll-interval": { kind: "text", flag: "--poll-interval" },
  download: { kind: "text", flag: "--download" },
  report: { kind: "list", flag: "--report" },
  json: { kind: "text", flag: "--json" },
  follow: { kind: "flag", flag: "--follow" },
  force: { kind: "flag", flag: "--force" },
  cancel: { kind: "unless", flag: "--no-cancel" },
};

/** `scratch` is three things: said, denied, or left to the rules. */
const SCRATCH: Readonly<Record<string, readonly string[]>> = { true: ["--scratch"], false: ["--no-scratch"], "": [] };

/**
 * The flags a runner's `INPUT_…` variables stand for.
 * @throws Error naming the input that is neither true nor false
 */
export function toArguments(env: Readonly<Record<string, string | undefined>>): string[] {
  const read = (name: string) => (env[`INPUT_${name.toUpperCase()}`] ?? "").trim();
  const scratch = SCRATCH[read("scratch").toLowerCase()];
  if (scratch === undefined) throw notBoolean("scratch");
  const rest = Object.entries(INPUTS).flatMap(([name, { kind, flag }]) => {
    const value = read(name);
    if (value === "") return [];
    if (kind === "text") return [`${flag}=${value}`];
    if (kind === "list") return linesOf(value).map((line) => `${flag}=${line}`);
    return toBoolean(name, value) === (kind === "flag") ? [flag] : [];
  });
  return [...scratch, ...rest];
}

function linesOf(text: string): string[] {
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
}

/** As YAML 1.2's core schema, which is what Actions documents for boolean inputs. */
function toBoolean(name: string, value: string): boolean {
  if (/^(?:true|True|TRUE)$/.test(value)) return true;
  if (/^(?:false|False|FALSE)$/.test(value)) return false;
  throw notBoolean(name);
}

function notBoolean(name: string): Error {
  return new Error(`input \`${name}\`: write true or false`);
}
