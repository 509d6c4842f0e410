/** Macro overrides of one layer. Null takes away what a lower layer set. */
export type Macros = Readonly<Record<string, string | null>>;

/** Built into rpm up to 4.20: a definition of these is an error (`Macro %define is a built-in`), a call does something. */
const BUILTINS: ReadonlySet<string> = new Set(
  (
    "P S basename define dirname dnl dump echo error exists expand expr getconfdir getenv getncpus global gsub len load " +
    "lower lua macrobody quote rep reverse rpmversion shescape shrink span sub suffix trace u2p uncompress undefine upper " +
    "url2path verbose warn xdg"
  ).split(" "),
);

const MAX_NAME = 128;
const MAX_VALUE = 2000;

/**
 * What is wrong with this override, one line for people, or null. Held against rpm 4.18 (test/unit/macros.test.ts).
 * @param trusted the value may run code when rpm expands it: `%(shell)`, `%{lua:…}`. Otherwise it may hold text and
 *   `%{name}`, `%{?name}`, `%{!?name}`, of which no later expansion can make anything else.
 */
export function macroProblem(name: string, value: string | null, trusted = false): string | null {
  return nameProblem(name) ?? (value === null ? null : valueProblem(name, value, trusted));
}

/** Three letters and more: rpm before 4.17 takes no shorter name (doDefine of rpmio/macro.c). */
function nameProblem(name: string): string | null {
  if (!/^[A-Za-z_]\w{2,}$/.test(name) || name.length > MAX_NAME)
    return "the name of a macro has three or more letters, digits and _, and no digit first";
  return BUILTINS.has(name) ? `%${name} is built into rpm and cannot be overridden` : null;
}

function valueProblem(name: string, value: string, trusted: boolean): string | null {
  if (value === "") return "a macro cannot be empty; write %{nil}";
  if (value !== value.trim()) return "rpm drops blanks around a value; take them away";
  // rpm 4.18 ends a line of a spec also at a carriage return.
  if (/[\p{Cc}\u2028\u2029]/u.test(value) || !value.isWellFormed())
    return "a value is one line of text without control characters";
  if (value.length > MAX_VALUE) return `a value has at most ${MAX_VALUE} characters`;
  if (value.includes("\\")) return "rpm drops a backslash; write the value without";
  if (value.startsWith("{")) return "rpm drops braces around a value; begin it with something else";
  if (new RegExp(`%(?:\\{[!?]*)?${name}\\b`).test(value)) return `the value of %${name} refers to %${name} itself`;
  return trusted ? balanceProblem(value) : untrustedProblem(value);
}

/** An open one would swallow the lines that follow. rpm counts each kind for itself (copyNextLineFromOFI, build/parseSpec.c). */
function balanceProblem(value: string): string | null {
  const missing = ["{}", "()", "[]"].find((pair) => depthOf(value, pair) > 0)?.[1];
  return missing === undefined ? null : `a \`${missing}\` is missing`;
}

function depthOf(value: string, pair: string): number {
  let depth = 0;
  for (const [token] of value.matchAll(/%?./gu)) {
    if (token === `%${pair[0]}` || (token === pair[0] && depth > 0)) depth += 1;
    else if (token.endsWith(pair[1] ?? "") && depth > 0) depth -= 1;
  }
  return depth;
}

/** `%%(…)` and `%{?x:%}(…)` would become `%(…)` for whoever expands the value once more. */
function untrustedProblem(value: string): string | null {
  const rest = value.replaceAll(/%\{!?\??([A-Za-z_]\w*)\}/g, (whole, name: string) =>
    BUILTINS.has(name) ? whole : "",
  );
  return rest.includes("%") ? "besides text, only %{name}, %{?name} and %{!?name} may be in this value" : null;
}

/**
 * `with:` and `without:` as what rpmbuild's own options define, so that `%bcond`, `%bcond_with` and `%bcond_without`
 * see them; each takes away its opposite of a lower layer.
 */
export function toConditions(on: readonly string[], off: readonly string[]): Macros {
  return Object.fromEntries([
    ...on.flatMap((name) => condition("with", name, "without")),
    ...off.flatMap((name) => condition("without", name, "with")),
  ]);
}

function condition(word: string, name: string, opposite: string): [string, string | null][] {
  return [
    [`_${word}_${name}`, `--${word}-${name}`],
    [`_${opposite}_${name}`, null],
  ];
}

/** What is wrong with the build conditionals of one layer, or null. */
export function conditionsProblem(on: readonly string[], off: readonly string[]): string | null {
  const bad = [...on, ...off].find((name) => !/^\w{1,100}$/.test(name));
  if (bad !== undefined) return "the name of a build conditional has letters, digits and _";
  const both = on.find((name) => off.includes(name));
  return both === undefined ? null : `\`${both}\` is both in \`with\` and in \`without\``;
}

/** Lowest layer first. A null that is left takes away what no layer here knows: the tag's own. Sorted by name. */
export function mergeMacros(layers: readonly Macros[]): Macros {
  const merged = new Map(layers.flatMap((layer) => Object.entries(layer)));
  return Object.fromEntries([...merged].toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/** Those that set something. */
export function definitionsOf(macros: Macros): [name: string, value: string][] {
  return Object.entries(macros).flatMap(([name, value]) =>
    value === null ? [] : [[name, value] satisfies [string, string]],
  );
}
