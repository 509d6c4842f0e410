import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { type Definition, METRICS } from "../../src/adapters/metrics/definitions.ts";

const read = (file: string) => readFileSync(fileURLToPath(new URL(`../../${file}`, import.meta.url)), "utf8");

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly labels: { readonly severity: string };
  readonly annotations: { readonly summary: string };
}

const rules: Rule[] = parse(read("templates/monitoring/alerts.yaml")).groups[0].rules;
const dashboard: { panels: { title: string; targets: { expr: string; legendFormat: string }[] }[] } = JSON.parse(
  read("templates/monitoring/grafana.json"),
);
const targets = dashboard.panels.flatMap((panel) => panel.targets);

/** Metrics a query names, without what a histogram adds to them. */
function namesIn(expr: string): string[] {
  const names = [...expr.matchAll(/\b(?:kojibridge|process)_\w+/g)].map(([name]) => name);
  return names.map((name) => (Object.hasOwn(METRICS, name) ? name : name.replace(/_(?:bucket|sum|count)$/, "")));
}

function labelsIn(expr: string): string[] {
  const grouped = [...expr.matchAll(/\bby \(([^)]*)\)/g)].flatMap(([, list = ""]) => list.split(/,\s*/));
  const matched = [...expr.matchAll(/(\w+)(?:=~?|!~|!=)"/g)].map(([, label = ""]) => label);
  return [...grouped, ...matched];
}

function labelsOf(expr: string): string[] {
  const all: Readonly<Record<string, Definition>> = METRICS;
  return ["le", "job", "instance", ...namesIn(expr).flatMap((name) => all[name]?.labels ?? [])];
}

describe("alerts and dashboard", () => {
  const queries = [...rules.map((rule) => rule.expr), ...targets.map(({ expr }) => expr)];

  it.each(queries)("%s: metrics and labels there are", (expr) => {
    for (const name of namesIn(expr)) expect(Object.keys(METRICS)).toContain(name);
    expect(labelsOf(expr)).toEqual(expect.arrayContaining(labelsIn(expr)));
    for (const open of ["()", "{}", "[]"])
      expect(expr.split(open.charAt(0)).length, expr).toBe(expr.split(open.charAt(1)).length);
  });

  it("a histogram is read by its buckets, and nothing else is", () => {
    for (const expr of queries)
      for (const [, name = ""] of expr.matchAll(/\b(kojibridge_\w+)_bucket\b/g))
        expect((METRICS as Record<string, Definition>)[name]?.type).toBe("histogram");
  });

  it("what a text shows is a label that the query leaves", () => {
    const texts = [
      ...rules.map(({ expr, annotations }) => [expr, annotations.summary, /\$labels\.(\w+)/g] as const),
      ...targets.map(({ expr, legendFormat }) => [expr, legendFormat, /\{\{(\w+)\}\}/g] as const),
    ];
    for (const [expr, text, shown] of texts)
      for (const [, label = ""] of text.matchAll(shown))
        expect([...labelsIn(expr), "instance"], `${text} of ${expr}`).toContain(label);
  });

  it("every metric of ours is on the dashboard", () => {
    const shown = new Set(targets.flatMap(({ expr }) => namesIn(expr)));
    const missing = Object.keys(METRICS).filter((name) => name.startsWith("kojibridge_") && !shown.has(name));
    expect(missing).toEqual(["kojibridge_build_info"]);
  });

  it("every alert has a severity, a summary and its section in docs/operate.md, and every section its alert", () => {
    const sections = [...read("docs/operate.md").matchAll(/^### (Kojibridge\w+)$/gm)].map(([, name]) => name);
    expect(sections).toEqual(rules.map(({ alert }) => alert));
    for (const { labels, annotations } of rules) {
      expect(["critical", "warning"]).toContain(labels.severity);
      expect(annotations.summary).toMatch(/\.$/);
    }
  });
});
