import { expect, it } from "vitest";
import { createRegistry } from "../../src/adapters/metrics/registry.ts";

it("writes the text format, with what is in a label escaped", () => {
  const registry = createRegistry();
  registry.add("kojibridge_deliveries_total", { forge: 'a"\\\n', outcome: "built" }, 2);
  registry.observe("kojibridge_delivery_ack_seconds", { forge: "a" }, 0.02);
  registry.observe("kojibridge_delivery_ack_seconds", { forge: "a" }, 99);
  const lines = registry.text().split("\n");
  expect(lines).toContain('kojibridge_deliveries_total{forge="a\\"\\\\\\n",outcome="built"} 2');
  expect(lines).toContain("# TYPE kojibridge_delivery_ack_seconds histogram");
  expect(lines.filter((line) => line.startsWith("kojibridge_delivery_ack_seconds"))).toEqual([
    ...["0.005", "0.01"].map((le) => `kojibridge_delivery_ack_seconds_bucket{forge="a",le="${le}"} 0`),
    ...["0.025", "0.05", "0.1", "0.25", "0.5", "1", "2.5", "5", "10"].map(
      (le) => `kojibridge_delivery_ack_seconds_bucket{forge="a",le="${le}"} 1`,
    ),
    'kojibridge_delivery_ack_seconds_bucket{forge="a",le="+Inf"} 2',
    'kojibridge_delivery_ack_seconds_sum{forge="a"} 99.02',
    'kojibridge_delivery_ack_seconds_count{forge="a"} 2',
  ]);
});

it("stays small however many targets branches make up", () => {
  const registry = createRegistry();
  for (let i = 0; i < 5_000; i++)
    registry.add("kojibridge_builds_finished_total", { hub: "koji", target: `t${i}`, state: "failed" });
  const lines = registry.text().trim().split("\n");
  expect(lines.length).toBe(2 + 1_001);
  expect(lines.at(-1)).toBe('kojibridge_builds_finished_total{hub="other",target="other",state="other"} 4000');
});
