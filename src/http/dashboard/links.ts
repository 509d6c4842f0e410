/** Where everything is. `base` is the path below which a proxy shows the bridge; empty at the top. */
export interface Links {
  readonly base: string;
  builds(filter?: Readonly<Record<string, string | null | undefined>>): string;
  build(id: string): string;
  log(build: string, task: number): string;
  deliveries(filter?: Readonly<Record<string, string | null | undefined>>): string;
  delivery(id: string): string;
  repo(forge: string, path: string, filter?: Readonly<Record<string, string | null | undefined>>): string;
  badge(forge: string, path: string): string;
  at(path: string): string;
}

export function createLinks(publicUrl: string | null): Links {
  const base = publicUrl === null ? "" : new URL(publicUrl).pathname.replace(/\/+$/, "");
  const at = (path: string) => `${base}${path}`;
  const segments = (path: string) => path.split("/").map(encodeURIComponent).join("/");
  return {
    base,
    at,
    builds: (filter = {}) => at(`/${query(filter)}`),
    build: (id) => at(`/builds/${encodeURIComponent(id)}`),
    log: (build, task) => at(`/builds/${encodeURIComponent(build)}/logs/${task}`),
    deliveries: (filter = {}) => at(`/deliveries${query(filter)}`),
    delivery: (id) => at(`/deliveries/${encodeURIComponent(id)}`),
    repo: (forge, path, filter = {}) => at(`/repos/${encodeURIComponent(forge)}/${segments(path)}${query(filter)}`),
    badge: (forge, path) => at(`/badge/${encodeURIComponent(forge)}/${segments(path)}.svg`),
  };
}

function query(filter: Readonly<Record<string, string | null | undefined>>): string {
  const given = Object.entries(filter).flatMap(([key, value]): [string, string][] => (value ? [[key, value]] : []));
  return given.length === 0 ? "" : `?${new URLSearchParams(given)}`;
}
