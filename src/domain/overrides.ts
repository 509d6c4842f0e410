import { MACRO_LAYERS, type MacroLayer, type MacroOverride } from "./build.ts";
import { type Macros, macroProblem } from "./macros.ts";
import type { Patterns } from "./pattern.ts";

/** What one layer says. */
export interface LayerMacros {
  readonly layer: MacroLayer;
  readonly macros: Macros;
  /** The names the operator lets it set; null: all. */
  readonly allowed: Patterns | null;
}

export interface Effective {
  /** Sorted by name. */
  readonly macros: readonly MacroOverride[];
  /** What a layer may not say, one line each: such a build is refused, since without it it would be another one. */
  readonly problems: readonly string[];
}

/** The operator's own file: what rpm runs there is the operator's. A repo's file and a command are other people's. */
const TRUSTED: ReadonlySet<MacroLayer> = new Set(["repo", "rule"]);

const TITLES: Readonly<Record<MacroLayer, string>> = {
  repo: "`repos`",
  rule: "the rule",
  repo_file: "`.kojibridge.yaml`",
  command: "the command",
};

/** Of every macro the word of the strongest layer; within a layer the later one. A macro no layer may set is none. */
export function effectiveMacros(layers: readonly LayerMacros[]): Effective {
  const byName = new Map<string, MacroOverride>();
  const problems: string[] = [];
  for (const { layer, macros, allowed } of layers.toSorted((a, b) => strength(a.layer) - strength(b.layer))) {
    for (const [name, value] of Object.entries(macros)) {
      const problem = layerProblem(layer, name, value, allowed);
      if (problem === null) byName.set(name, { name, value, layer });
      else problems.push(problem);
    }
  }
  const macros = [...byName.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  return { macros, problems };
}

function strength(layer: MacroLayer): number {
  return MACRO_LAYERS.indexOf(layer);
}

function layerProblem(layer: MacroLayer, name: string, value: string | null, allowed: Patterns | null): string | null {
  const problem = macroProblem(name, value, TRUSTED.has(layer));
  if (problem !== null) return `${TITLES[layer]}: macro ${JSON.stringify(name).slice(1, -1).slice(0, 80)}: ${problem}`;
  if (allowed === null || allowed.matches(name)) return null;
  const list = allowed.patterns.join(" ") || "none";
  return `${TITLES[layer]} may not set %${name}; the operator of kojibridge allows there: ${list}`;
}
