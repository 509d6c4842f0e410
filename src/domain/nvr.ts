/** What a spec says of the package it makes. */
export interface Nvr {
  readonly name: string;
  readonly version: string;
  readonly release: string;
}

export function formatNvr({ name, version, release }: Nvr): string {
  return `${name}-${version}-${release}`;
}

type Tag = keyof Nvr;
/** A body that is expanded where it is used; null: it is set somewhere, nobody knows to what. */
type Macros = Map<string, string | null>;

/** What ends the preamble: nothing after it changes the three. */
const SECTION =
  /^%(?:package|description|prep|generate_buildrequires|conf|build|install|check|clean|files|changelog|pre|post|sourcelist|patchlist)\b/;
const DEPTH = 10;

/**
 * Name, version and release of a spec file, if they are certain: whatever this small reader does not understand makes
 * them unknown, since a wrong NVR would refuse a right build.
 * @param given macros that are set for the build; those of the builder's distribution are unknown here
 */
export function readNvr(spec: string, given: Readonly<Record<string, string>>): Nvr | null {
  const macros: Macros = new Map(Object.entries(given));
  const found = new Map<Tag, string | null>();
  let depth = 0;
  for (const line of spec.split(/\r\n?|\n/)) {
    if (SECTION.test(line)) break;
    if (/^\s*%if/.test(line)) depth += 1;
    else if (/^\s*%endif\b/.test(line)) depth -= 1;
    else if (/^\s*%(?:include|load|dnl)\b/.test(line)) {
      if (!/^\s*%dnl\b/.test(line)) return null;
    } else readLine(line, depth > 0, macros, found);
  }
  const [name, version, release] = [found.get("name"), found.get("version"), found.get("release")];
  if (!isPlain(name) || !isPlain(version) || !isPlain(release)) return null;
  return version.includes("-") || release.includes("-") ? null : { name, version, release };
}

function isPlain(text: string | null | undefined): text is string {
  return typeof text === "string" && /^[A-Za-z0-9][A-Za-z0-9._+~^-]*$/.test(text);
}

function readLine(line: string, conditional: boolean, macros: Macros, found: Map<Tag, string | null>): void {
  const tag = /^\s*(name|version|release)\s*:\s*(.*?)\s*$/i.exec(line);
  if (tag !== null) {
    const key = toTag(tag[1] ?? "");
    const value = conditional || found.has(key) ? null : expand(tag[2] ?? "", macros, DEPTH);
    found.set(key, value);
    macros.set(key, value);
    return;
  }
  const plain = /^%(global|define)\s+(\w+)\s+(.*?)\s*$/.exec(line);
  const names = [...line.matchAll(/%\{?[!?]*(?:global|define|undefine)\s+(\w+)/g)].map((match) => match[1] ?? "");
  if (plain === null || names.length > 1) for (const name of names) macros.set(name, null);
  else macros.set(plain[2] ?? "", conditional ? null : toBody(plain[1] === "global", plain[3] ?? "", macros));
}

function toTag(word: string): Tag {
  const lower = word.toLowerCase();
  return lower === "name" || lower === "version" ? lower : "release";
}

/** One that goes on in the next line is not read. */
function toBody(atOnce: boolean, body: string, macros: Macros): string | null {
  if (body.endsWith("\\") || /^[{(]/.test(body)) return null;
  return atOnce ? expand(body, macros, DEPTH) : body;
}

/** Null as soon as anything in it is unknown. */
function expand(text: string, macros: Macros, depth: number): string | null {
  if (depth === 0) return null;
  let result = "";
  for (const [part] of text.matchAll(/%%|%\{[^{}]*\}|%\w+|%.?|[^%]+/gs)) {
    const value = part.startsWith("%") ? expandOne(part, macros, depth) : part;
    if (value === null) return null;
    result += value;
  }
  return result;
}

function expandOne(part: string, macros: Macros, depth: number): string | null {
  if (part === "%%") return "%";
  const name = /^%(?:\{\??(\w+)\}|\??(\w+))$/.exec(part)?.slice(1).find(Boolean);
  if (name === undefined) return null;
  // Also of `%{?name}`: what is not set here may be set by the distribution.
  if (name === "nil") return "";
  const body = macros.get(name.toLowerCase() === name ? name : lowerTag(name));
  return body === undefined || body === null ? null : expand(body, macros, depth - 1);
}

/** `%{NAME}`, as rpm also has the tags. */
function lowerTag(name: string): string {
  return ["NAME", "VERSION", "RELEASE"].includes(name) ? name.toLowerCase() : name;
}
