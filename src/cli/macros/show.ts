import { type KojiClient, toMacros } from "../../adapters/koji/index.ts";
import type { Rule } from "../../domain/rules.ts";

interface Shown {
  readonly name: string;
  readonly value: string;
  /** The tag that sets it, or the rule that overrides it. */
  readonly from: string;
}

export interface Effective {
  readonly target: string;
  readonly tag: string;
  /** Of the build tag and what it inherits; below that come builder and distribution, which no hub knows. */
  readonly macros: readonly Shown[];
  /** What rules of the configuration override there. */
  readonly rules: readonly Shown[];
}

export async function effective(
  koji: KojiClient,
  target: string,
  tag: string,
  rules: readonly Rule[],
): Promise<Effective> {
  const config = await koji.getBuildConfig(tag);
  const macros = Object.entries(toMacros(config.extra)).map(([name, value]) => {
    const parent = config.inherited[`rpm.macro.${name}`];
    return { name, value, from: parent === undefined ? tag : `inherited from ${parent}` };
  });
  const overridden = rules.flatMap(({ name: rule, build }) =>
    build.targets.includes(target)
      ? Object.entries(build.macros).map(([name, value]) => ({
          name,
          value: value ?? "taken away",
          from: `rule ${rule}`,
        }))
      : [],
  );
  return { target, tag, macros: macros.sort(byName), rules: overridden };
}

function byName(a: Shown, b: Shown): number {
  return a.name < b.name ? -1 : 1;
}

export function formatEffective({ target, tag, macros, rules }: Effective): string {
  const lines = [`target ${target}, build tag ${tag}`, ...table(macros)];
  if (macros.length === 0) lines.push("  sets no macros: those of the builder and the distribution count");
  if (rules.length > 0) lines.push("overridden by the configuration", ...table(rules));
  return `${lines.join("\n")}\n`;
}

function table(shown: readonly Shown[]): string[] {
  const width = (key: "name" | "value") => Math.max(0, ...shown.map((one) => one[key].length));
  const [names, values] = [width("name"), width("value")];
  return shown.map(({ name, value, from }) => `  %${name.padEnd(names)}  ${value.padEnd(values)}  ${from}`);
}
