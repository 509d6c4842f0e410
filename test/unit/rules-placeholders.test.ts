import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  defaultSource,
  fill,
  fillContext,
  fillSource,
  fillTarget,
  placeholderValues,
  quote,
  templateNames,
  unfilledBy,
} from "../../src/domain/placeholders.ts";
import { mergeRequest, push, tag } from "./rules-events.ts";

describe("placeholderValues", () => {
  test("of a push", () => {
    expect(placeholderValues(push({ branch: "f42" }))).toEqual({
      sha: "0123456789abcdef0123456789abcdef01234567",
      short_sha: "0123456",
      repo: "rpms/bash",
      repo_name: "bash",
      owner: "rpms",
      branch: "f42",
    });
  });

  test("of a tag", () => {
    const values = placeholderValues(tag({ tag: "v1" }));
    expect(values).toMatchObject({ tag: "v1" });
    expect(values).not.toHaveProperty("branch");
  });

  test("of a fork's merge request: the repo it wants to go to", () => {
    const source = { path: "eve/bash", cloneUrl: "https://github.com/eve/bash.git", webUrl: "", id: 2 };
    const values = placeholderValues(mergeRequest({ fork: true, source, branch: "main", sourceBranch: "patch-1" }));
    expect(values).toMatchObject({ mr: "7", branch: "main", repo: "rpms/bash", owner: "rpms" });
  });

  test.each([
    ["group/sub/name", "group/sub", "name"],
    ["alone", "", "alone"],
  ])("of the path %s", (path, owner, repo_name) => {
    expect(placeholderValues(push({ path }))).toMatchObject({ repo: path, owner, repo_name });
  });
});

describe("templates", () => {
  test.each<[template: string, names: string[] | null]>([
    ["x", []],
    ["{branch}-{tag}", ["branch", "tag"]],
    ["{}", [""]],
    ["{branch", null],
    ["branch}", null],
    ["{{branch}}", null],
  ])("names in %s", (template, names) => {
    expect(templateNames(template)).toEqual(names);
  });

  test.each([
    ["branch", ["push", "merge_request"], null],
    ["branch", ["push", "tag"], "tag"],
    ["tag", ["tag"], null],
    ["tag", ["merge_request"], "merge_request"],
    ["mr", ["push"], "push"],
    ["mr", ["merge_request"], null],
    ["sha", ["push", "tag", "merge_request"], null],
  ] as const)("{%s} on %j lacks a value on %s", (name, on, kind) => {
    expect(unfilledBy(name, on)).toBe(kind);
  });

  test("a value is never read as a template", () => {
    expect(fill("{branch}!{sha}", { branch: "{sha}", sha: "abc" })).toEqual({ text: "{sha}!abc" });
  });

  test.each(["{nothing}", "{constructor}", "{__proto__}"])("%s has no value", (template) => {
    expect(fill(template, {})).toEqual({ refused: `${template} has no value here` });
  });
});

describe("fillTarget", () => {
  test.each([
    ["{branch}-candidate", "f42", "f42-candidate"],
    ["{branch}", "a/b_c.d+e-f", "a/b_c.d+e-f"],
  ])("%s of %s", (template, branch, text) => {
    expect(fillTarget(template, { branch })).toEqual({ text });
  });

  test.each(["a b", "a\nb", "a\u0000b", "中文", "a;b", "a'b", "a$(b)", "", "x".repeat(257), "a@b", "a:b", "a%20b"])(
    "refuses the branch %j",
    (branch) => {
      expect(fillTarget("{branch}", { branch })).toHaveProperty("refused");
    },
  );
});

describe("fillContext", () => {
  test.each([
    ["koji/{target}", { target: "f42" }, "koji/f42"],
    ["{branch} 构建", { branch: "a b" }, "a b 构建"],
  ])("%s", (template, values, text) => {
    expect(fillContext(template, values)).toEqual({ text });
  });

  test.each(["a\nb", "a\u202eb", "\u0000", " ", "", "x".repeat(256)])("refuses %j", (branch) => {
    expect(fillContext("{branch}", { branch })).toHaveProperty("refused");
  });
});

describe("fillSource", () => {
  const template = "git+https://src.example.org/{repo}.git#{branch}";
  test.each([
    ["rpms/bash", "main", "git+https://src.example.org/rpms/bash.git#main"],
    ["rpms/libstdc++", "v1.0+git@x", "git+https://src.example.org/rpms/libstdc++.git#v1.0+git@x"],
    ["a?b", "x#y", "git+https://src.example.org/a%3Fb.git#x%23y"],
    ["a b", "x;y", "git+https://src.example.org/a%20b.git#x%3By"],
    ["a%2Fb", "x", "git+https://src.example.org/a%252Fb.git#x"],
    ["中", "x\ny", "git+https://src.example.org/%E4%B8%AD.git#x%0Ay"],
    ["\ud800", "x", "git+https://src.example.org/%EF%BF%BD.git#x"],
  ])("of %j at %j", (repo, branch, text) => {
    expect(fillSource(template, { repo, branch })).toEqual({ text });
  });

  test.each([
    ["../../etc", "main"],
    ["a/../b", "main"],
    ["a/./b", "main"],
    ["a", ".."],
    ["a", "x/../y"],
  ])("refuses %s at %s", (repo, branch) => {
    expect(fillSource(template, { repo, branch })).toHaveProperty("refused");
  });

  test("no value adds a host, a query, a revision or a parameter", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.string({ unit: "binary" }), (repo, branch) => {
        const filled = fillSource(`${template}`, { repo, branch });
        if ("refused" in filled) return;
        expect(filled.text).toMatch(/^git\+https:\/\/src\.example\.org\/[^?#;\s]*\.git#[^?#;\s]*$/);
      }),
    );
  });
});

describe("defaultSource", () => {
  test.each([
    ["https://github.com/a/b.git", "git+https://github.com/a/b.git#abc"],
    ["http://localhost:3000/a/b.git", "git+http://localhost:3000/a/b.git#abc"],
    ["https://gitlab.example.org/g/s/n.git", "git+https://gitlab.example.org/g/s/n.git#abc"],
    ["https://user:pass@host.example.org/a.git", "git+https://host.example.org/a.git#abc"],
    ["https://token@host.example.org/a.git", "git+https://host.example.org/a.git#abc"],
    ["https://a@b@host.example.org/a.git", "git+https://host.example.org/a.git#abc"],
    ["git@github.com:a/b.git", null],
    ["ssh://git@github.com/a/b.git", null],
    ["file:///etc/passwd", null],
    ["https://host.example.org/a.git?x=1", null],
    ["https://host.example.org/a.git#x", null],
    ["https://host.example.org/a;b", null],
    ["https://host.example.org/", null],
    ["https://host.example.org", null],
    ["https:///a.git", null],
    ["https://ho st/a", null],
    ["", null],
  ])("%s", (cloneUrl, source) => {
    expect(defaultSource(cloneUrl, "abc")).toBe(source);
  });
});

describe("quote", () => {
  test.each([
    ["main", "`main`"],
    ["a\nb\u202ec", "`a�b�c`"],
    ["x".repeat(100), `\`${"x".repeat(79)}…\``],
  ])("%j", (text, quoted) => {
    expect(quote(text)).toBe(quoted);
  });
});
