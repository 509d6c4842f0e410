import { checkRepoEntry, checkRule, type Known, kindsOf } from "./crosscheck-rule.ts";
import { type Loose, looseItems, looseMap, looseMaps } from "./loose.ts";
import type { Finding, Path } from "./problem.ts";
import { NAME } from "./schema.ts";

/** Conditions between keys, on a value that may be wrong elsewhere: one mistake must not hide another. */
export function crosscheck(root: unknown): Finding[] {
  const { hubs, forges, rules, repos } = looseMap(root);
  const known: Known = { hubs: someNames(hubs), forges: someNames(forges) };
  return [
    ...nameFindings("hubs", hubs),
    ...nameFindings("forges", forges),
    ...looseMaps(hubs).flatMap(([name, hub]) => checkHub(hub, ["hubs", name])),
    ...looseMaps(forges).flatMap(([name, forge]) => checkForge(forge, ["forges", name])),
    ...looseItems(rules).flatMap((rule, i) => checkRule(looseMap(rule), ["rules", i], known)),
    ...looseItems(repos).flatMap((entry, i) => checkRepoEntry(looseMap(entry), ["repos", i], known)),
    ...checkPairs(looseItems(rules).map(looseMap)),
  ];
}

function someNames(value: unknown): Loose | null {
  const names = looseMap(value);
  return Object.keys(names).length > 0 ? names : null;
}

function nameFindings(key: string, value: unknown): Finding[] {
  const names = Object.keys(looseMap(value));
  const empty = typeof value === "object" && value !== null && !Array.isArray(value) && names.length === 0;
  const findings = names.flatMap((name) =>
    NAME.test(name) ? [] : [{ path: [key, name], atKey: true, message: "write a name of letters, digits and `._-`" }],
  );
  return empty ? [{ path: [key], message: "name at least one" }] : findings;
}

function checkHub(hub: Loose, path: Path): Finding[] {
  const findings: Finding[] = [];
  if (hub.url === undefined && hub.profile === undefined) {
    const message = "missing; the hub's XML-RPC address, or a `profile` that knows it";
    findings.push({ path: [...path, "url"], message });
  }
  const { method, principal, keytab, ccache } = looseMap(hub.auth);
  if (method !== "gssapi") return findings;
  const auth = [...path, "auth"];
  if ((keytab === undefined) === (ccache === undefined)) {
    findings.push({ path: auth, message: "say `keytab` or `ccache`, one of the two" });
  }
  if (keytab !== undefined && principal === undefined) {
    findings.push({ path: [...auth, "principal"], message: "missing; the principal whose key is in the keytab" });
  }
  return findings;
}

function checkForge(forge: Loose, path: Path): Finding[] {
  if (forge.type === "github") {
    if ((forge.token === undefined) !== (forge.app === undefined)) return [];
    const missing = "missing; this or `app`, the bridge has to show itself with something";
    return [
      { path: [...path, "token"], message: forge.app === undefined ? missing : "say `token` or `app`, one of the two" },
    ];
  }
  const closed = forge.webhook_secret !== undefined || forge.signing_token !== undefined;
  if (forge.type !== "gitlab" || closed) return [];
  const message = "missing; this or `signing_token`, else anybody could start builds";
  return [{ path: [...path, "webhook_secret"], message }];
}

function checkPairs(rules: readonly Loose[]): Finding[] {
  return rules.flatMap((rule, i) => {
    const findings: Finding[] = [];
    const earlier = rules.slice(0, i);
    const twin = earlier.findIndex(({ name }) => typeof name === "string" && name === rule.name);
    if (twin >= 0) findings.push({ path: ["rules", i, "name"], message: `rules[${twin}] has this name already` });
    const rival = earlier.findIndex((other) => rivals(other, rule) && sameEvents(other, rule));
    const message = `reports as rules[${rival}] does, on the same events; give it a \`context\``;
    if (rival >= 0) findings.push({ path: ["rules", i, "build"], message });
    return findings;
  });
}

/** Certainly so: patterns that are written differently may still meet, which `plan` finds per event. */
function sameEvents(a: Loose, b: Loose): boolean {
  const shared = kindsOf(a).filter((kind) => kindsOf(b).includes(kind));
  const same = (key: string) => listOf(a[key]) === listOf(b[key]);
  const always = ["repos", "authors", "paths", "labels", "titles", "messages"].every(same);
  return always && shared.some((kind) => same(kind === "tag" ? "tags" : "branches"));
}

/** Builds that certainly differ, under one context. */
function rivals(a: Loose, b: Loose): boolean {
  const [one, other] = [looseMap(a.build), looseMap(b.build)];
  if (one.context !== other.context || JSON.stringify(a.package) !== JSON.stringify(b.package)) return false;
  if (one.context === undefined && isScratch(one) !== isScratch(other)) return false;
  const differ =
    one.hub !== other.hub || isScratch(one) !== isScratch(other) || listOf(one.arches) !== listOf(other.arches);
  const targets = [one.target].flat();
  const shared = [other.target].flat().some((target) => targets.includes(target));
  const fixed = typeof one.context === "string" && !one.context.includes("{target}");
  if (!fixed) return shared && differ;
  return differ || (!shared && !/\{/.test(listOf(one.target) + listOf(other.target)));
}

function isScratch(build: Loose): boolean {
  return build.scratch !== false;
}

/** A list as a set, comparable. */
function listOf(value: unknown): string {
  return JSON.stringify([...new Set([value].flat())].map(String).sort());
}
