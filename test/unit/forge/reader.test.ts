import { describe, expect, it } from "vitest";
import { toEvent } from "../../../src/adapters/forge/github/convert.ts";
import { readObject } from "../../../src/adapters/forge/reader.ts";

const sha = "a".repeat(40);

describe("a field that is not as agreed is named", () => {
  it.each([
    [() => readObject([]), "payload: expected an object, got a list"],
    [
      () =>
        readObject({ a: { b: 5 } })
          .at("a")
          .at("b"),
      "a.b: expected an object, got number",
    ],
    [
      () =>
        readObject({ a: [{ id: 1 }, { id: "1" }] })
          .list("a")
          .map((item) => item.id("id")),
      'a[1].id: expected a positive integer, got "1"',
    ],
    [() => readObject({ a: {} }).list("a"), "a: expected a list, got object"],
    [() => readObject({ a: ["x", 1] }).texts("a"), "a: expected a list of strings, got a list"],
    [() => readObject({}).text("toString"), "toString: expected a string that is not empty, got nothing"],
    [() => readObject({ id: 0 }).id("id"), "id: expected a positive integer, got number"],
    [() => readObject({ size: -1 }).count("size"), "size: expected a whole number, got number"],
    [() => readObject({ at: "soon" }).time("at"), 'at: expected a time, got "soon"'],
    [() => readObject({ at: "2026-13-45T00:00:00Z" }).time("at"), 'at: expected a time, got "2026-13-45T00:00:00Z"'],
    [() => readObject({ flag: "true" }).flag("flag"), 'flag: expected true or false, got "true"'],
    [() => readObject({ sha: "A".repeat(40) }).sha("sha"), `sha: expected a 40-hex commit id, got "${"A".repeat(40)}"`],
    [() => readObject({ sha: "0".repeat(40) }).commit("sha"), 'sha: expected a 40-hex commit id, got "zeros"'],
    [
      () => readObject({ text: "x".repeat(99) }).id("text"),
      `text: expected a positive integer, got "${"x".repeat(60)}…"`,
    ],
    [
      () =>
        toEvent("github", "pull_request", {
          action: "opened",
          sender: { login: "jane" },
          pull_request: { base: {}, head: {} },
        }),
      "pull_request.base.repo: expected an object, got nothing",
    ],
  ])("%#", (read, message) => {
    expect(read).toThrow(expect.objectContaining({ kind: "invalid", message }));
  });

  it.each([
    ["https://host/a/b.git", true],
    ["http://host:8080/a/b.git", true],
    ["https://user:secret@host/a.git", false],
    ["git://host/a.git", false],
    ["https://host/a.git#x", false],
    ["https://host/a b", false],
    ["https://host", false],
  ])("%s is a clone URL: %s", (url, is) => {
    const read = () => readObject({ url }).url("url");
    if (is) expect(read()).toBe(url);
    else expect(read).toThrow(expect.objectContaining({ kind: "invalid" }));
  });

  it("and one that may be missing is not", () => {
    const read = readObject({ none: null, sha });
    expect([
      read.maybe("none"),
      read.list("x"),
      read.texts("none"),
      read.textOr("x", "y"),
      read.flag("x"),
      read.idOrNull("none"),
      read.sha("sha"),
    ]).toEqual([null, [], null, "y", false, null, sha]);
  });
});
