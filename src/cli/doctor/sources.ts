import type { Config, ForgeConfig } from "../../config/config.ts";
import { packagePath } from "../../domain/packages.ts";
import { defaultSource, fillSource } from "../../domain/placeholders.ts";
import type { Rule } from "../../domain/rules.ts";

const SHA = "0".repeat(40);

/**
 * What a builder would clone for a rule, one for each of its `repos`; wildcards stand for `example`. Nobody knows an example
 * of a regular expression: those are left out.
 */
export function exampleSources({ repos, build, package: layout }: Rule, forges: Config["forges"]): string[] {
  return repos.patterns.flatMap((pattern) => {
    const [, name = "", glob = ""] = /^([^!:]+):(?!\/)(.+)$/s.exec(pattern) ?? [];
    const forge = forges[name];
    if (forge === undefined) return [];
    const source =
      build.source === null ? ownSource(forge, toExample(glob), layout) : given(build.source, toExample(glob));
    return source === null ? [] : [source];
  });
}

function ownSource(forge: ForgeConfig, repo: string, layout: string | null): string | null {
  return defaultSource(`${webAddress(forge)}/${repo}.git`, SHA, layout && packagePath(layout, "example"));
}

function webAddress(forge: ForgeConfig): string {
  if (forge.type !== "github") return forge.url;
  return forge.apiUrl === "https://api.github.com" ? "https://github.com" : forge.apiUrl.replace(/\/api\/v3$/, "");
}

function given(template: string, repo: string): string | null {
  const slash = repo.lastIndexOf("/");
  const about = { repo, repo_name: repo.slice(slash + 1), owner: repo.slice(0, Math.max(slash, 0)) };
  const filled = fillSource(template, {
    ...about,
    sha: SHA,
    short_sha: SHA.slice(0, 7),
    branch: "example",
    tag: "example",
    mr: "1",
    package: "example",
  });
  return "text" in filled ? filled.text : null;
}

/** A path the glob matches, such as people might have. */
function toExample(glob: string): string {
  const first = glob.replaceAll(/\{([^{},]*),[^{}]*\}/g, "$1");
  if (first !== glob) return toExample(first);
  const path = glob.replaceAll(/\*+/g, "example").replaceAll("?", "x");
  return path.includes("/") ? path : `${path}/example`;
}

const TYPES: readonly (readonly [type: string, scheme: RegExp])[] = [
  ["GIT+SSH", /^git\+ssh:/],
  ["GIT", /^git[:+]/],
  ["SVN+SSH", /^svn\+ssh:/],
  ["SVN", /^svn[:+]/],
  ["CVS+SSH", /^cvs\+ssh:/],
  ["CVS", /^cvs:/],
];

/** The data of the policy `build_from_scm`, as a builder sends it (koji/daemon.py, `SCM` and `assert_allowed_by_policy`). */
export function toPolicyData(url: string, user: number | null, scratch: boolean): Record<string, unknown> | null {
  const parts = /^([a-z+]+:\/\/)(?:([^@/]*)@)?([^/?#]+)(\/[^?#]*)(?:\?([^#]*))?#(.*)$/.exec(url);
  if (parts === null) return null;
  const [, scheme = "", login = null, host, repository, module = "", revision] = parts;
  return {
    scm_url: url,
    scm_scheme: scheme,
    scm_user: login,
    scm_host: host,
    scm_repository: repository,
    scm_module: module,
    scm_revision: revision,
    scm_type: TYPES.find(([, pattern]) => pattern.test(scheme))?.[0] ?? "GIT",
    channel: "default",
    scratch,
    ...(user === null ? {} : { user_id: user }),
  };
}
