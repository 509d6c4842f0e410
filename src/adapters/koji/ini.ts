import { KojibridgeError } from "../../domain/errors.ts";

export type Sections = Map<string, Map<string, string>>;

/**
 * Adds what an ini file says to `sections`, later words over earlier ones, as Python's ConfigParser reads it: `#` and `;` comments, `=` or
 * `:`, continued lines, names in lower case. `%(name)s` is left for `optionsOf`.
 * @throws KojibridgeError `invalid` with the line, for what ConfigParser would refuse too
 */
export function readIni(text: string, file: string, sections: Sections): void {
  let section: Map<string, string> | undefined;
  let name: string | undefined;
  for (const [i, line] of text.split(/\r?\n/).entries()) {
    if (/^\s*(?:[#;].*)?$/.test(line)) continue;
    const heading = /^\[([^\]]+)\]/.exec(line)?.[1];
    const [, key, value = ""] = /^([^\s=:][^=:]*?)\s*[=:]\s*(.*?)\s*$/.exec(line) ?? [];
    if (heading !== undefined) {
      section = sections.get(heading) ?? new Map();
      sections.set(heading, section);
      name = undefined;
    } else if (/^\s/.test(line) && section !== undefined && name !== undefined) {
      section.set(name, `${section.get(name) ?? ""}\n${line.trim()}`.trim());
    } else if (key !== undefined && section !== undefined) {
      name = key.toLowerCase();
      section.set(name, value);
    } else {
      throw new KojibridgeError("invalid", `${file}, line ${i + 1}: neither [section] nor name = value`, {
        code: "koji.profile",
      });
    }
  }
}

/** The options of a section with those of [DEFAULT], `%(name)s` filled in; null when there is no such section. */
export function optionsOf(sections: Sections, name: string): Map<string, string> | null {
  const section = sections.get(name);
  if (section === undefined) return null;
  const raw = new Map([...(sections.get("DEFAULT") ?? []), ...section]);
  return new Map([...raw].map(([key, value]) => [key, fill(value, raw, 0)]));
}

/** ConfigParser gives up after ten rounds. */
function fill(value: string, raw: ReadonlyMap<string, string>, round: number): string {
  return value.replace(/%(?:%|\(([^)]+)\)s)/g, (whole, name?: string) => {
    if (name === undefined) return "%";
    const other = raw.get(name.toLowerCase());
    return other === undefined || round === 10 ? whole : fill(other, raw, round + 1);
  });
}
