/** What rpm takes in a name, and no hidden folder. Source: rpm's build/parsePreamble.c, ALLOWED_CHARS_NAME */
const PACKAGE = /^[A-Za-z0-9_+][A-Za-z0-9._+-]{0,255}$/;

export const PACKAGE_PLACE = "{package}";

export function isPackageName(name: string): boolean {
  return PACKAGE.test(name);
}

/** The packages that have a changed file, sorted. `layout` is as `packages/{package}`; `.github` and the like are none. */
export function changedPackages(layout: string, paths: readonly string[]): string[] {
  const [before = "", after = ""] = layout.split(PACKAGE_PLACE);
  const names = paths.flatMap((path) => {
    if (!path.startsWith(before)) return [];
    const slash = path.indexOf("/", before.length);
    return slash >= 0 && path.startsWith(`${after}/`, slash) ? [path.slice(before.length, slash)] : [];
  });
  return [...new Set(names)].filter((name) => name !== "" && !name.startsWith(".")).sort();
}

/** Where in the repo the spec of that package is. */
export function specPath(layout: string, spec: string, name: string): string {
  return `${packagePath(layout, name)}/${packagePath(spec, name)}`;
}

/** Where in the repo that package is. */
export function packagePath(layout: string, name: string): string {
  return layout.replace(PACKAGE_PLACE, () => name);
}
