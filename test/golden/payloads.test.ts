import { describe, expect, it } from "vitest";
import { convert, demo, golden } from "./payloads.ts";

describe("a payload becomes the expected event", () => {
  it.each(golden)("$forge $name", ({ forge, event, payload, expected }) => {
    expect(expected).not.toBeNull();
    expect(convert[forge](forge, event, payload)).toEqual(expected);
  });
});

describe("a payload of the demo tells its story", () => {
  it.each(demo)("$forge $name", ({ forge, event, payload, name }) => {
    const kinds = { push: "push", tag: "tag", "merge-request": "merge_request", fork: "merge_request" };
    const parsed = convert[forge](forge, event, payload);
    const story = name.slice("demo ".length) as keyof typeof kinds;
    expect(parsed).toMatchObject({ kind: kinds[story], sha: expect.stringMatching(/^[0-9a-f]{40}$/) });
    if (story === "fork") expect(parsed).toMatchObject({ fork: true, action: "opened", draft: false });
    if (story === "merge-request") expect(parsed).toMatchObject({ fork: false, action: "opened", draft: false });
    expect(JSON.stringify(parsed)).not.toContain('"cloneUrl":"http:');
  });

  it("builds four different commits per forge, or the same one on purpose", () => {
    const shas = demo
      .map(({ forge, event, payload }) => convert[forge](forge, event, payload))
      .map((e) => "sha" in e && e.sha);
    expect(new Set(shas).size).toBe(11);
  });
});
