import { describe, expect, it } from "vitest";
import type { Build, TaskView } from "../../src/domain/build.ts";
import { MARKER, toComment } from "../../src/domain/comment.ts";
import { defaultComment } from "../../src/domain/comment-template.ts";
import { formatDuration } from "../../src/domain/duration.ts";
import type { Task, TaskState } from "../../src/domain/koji.ts";
import { escapeMarkdown, link } from "../../src/domain/markdown.ts";
import { toStatus } from "../../src/domain/report.ts";
import { EN } from "../../src/domain/words/words.ts";
import { aBuild } from "../contract/store.contract.ts";

const WEB = "https://koji.example.org/koji/";

function child(id: number, label: string, state: TaskState, seconds: number | null = null): Task {
  const method = label === "srpm" ? "buildSRPMFromSCM" : "buildArch";
  const [startedAt, finishedAt] = seconds === null ? [null, null] : [0, seconds * 1000];
  return { id, parent: 7, method, state, label, arch: "noarch", createdAt: 0, startedAt, finishedAt };
}

function task(state: TaskState, children: Task[] = [], seconds: number | null = null): TaskView {
  return {
    id: 7,
    state,
    startedAt: seconds === null ? null : 0,
    finishedAt: seconds === null ? null : seconds * 1000,
    children,
  };
}

const arches = [child(10, "x86_64", "CLOSED", 190), child(9, "aarch64", "OPEN")];
const parked = { reason: "hub unavailable", since: 0 };

describe("status", () => {
  it.each<[string, Partial<Build>, string, string]>([
    ["accepted", {}, "pending", "accepted"],
    ["submitting", { phase: "submitting" }, "pending", "accepted"],
    ["hub down", { parked }, "pending", "waiting: hub unavailable"],
    ["no builder yet", { phase: "running", task: task("FREE") }, "running", "waiting for a builder"],
    ["no child yet", { phase: "running", task: task("OPEN") }, "running", "building"],
    ["srpm", { phase: "running", task: task("OPEN", [child(8, "srpm", "OPEN")]) }, "running", "making the SRPM"],
    ["arches", { phase: "running", task: task("OPEN", arches) }, "running", "aarch64 building, x86_64 ok 3m"],
    [
      "lost sight",
      { phase: "running", task: task("OPEN", arches), parked },
      "running",
      "hub unavailable; aarch64 building, x86_64 ok 3m",
    ],
    [
      "built",
      { phase: "succeeded", task: task("CLOSED", arches, 400) },
      "success",
      "built aarch64 building, x86_64 ok 3m in 6m",
    ],
    [
      "failed",
      { phase: "failed", reason: "see build.log", task: task("FAILED", [child(9, "x86_64", "FAILED", 5)]) },
      "failure",
      "x86_64 failed 5s: see build.log",
    ],
    ["refused", { phase: "failed", reason: "no such channel" }, "failure", "no such channel"],
    [
      "canceled",
      { phase: "canceled", reason: "canceled on the hub", task: task("CANCELED") },
      "canceled",
      "canceled on the hub",
    ],
    ["superseded", { phase: "superseded", reason: null }, "canceled", "superseded"],
    [
      "built before its cancel arrived",
      { phase: "succeeded", task: task("CLOSED", [], 60), ending: { phase: "superseded", reason: "x", again: false } },
      "success",
      "built in 1m",
    ],
    [
      "canceling",
      {
        phase: "running",
        task: task("OPEN"),
        ending: { phase: "superseded", reason: "superseded by a", again: false },
      },
      "running",
      "canceling: superseded by a",
    ],
    ["expired", { phase: "expired", reason: "task gone" }, "error", "task gone"],
  ])("%s", (_, change, state, description) => {
    expect(toStatus(aBuild(change), "koji/f42", WEB)).toMatchObject({ context: "koji/f42", state, description });
  });

  it("links to the task once there is one", () => {
    expect(toStatus(aBuild(), "c", WEB).targetUrl).toBeNull();
    const running = aBuild({ phase: "running", task: task("OPEN") });
    expect(toStatus(running, "c", WEB).targetUrl).toBe("https://koji.example.org/koji/taskinfo?taskID=7");
    expect(toStatus(running, "c", null).targetUrl).toBeNull();
  });
});

describe("duration", () => {
  it.each([
    [-5, "0s"],
    [59_400, "59s"],
    [60_000, "1m"],
    [3_599_000, "59m"],
    [3_600_000, "1h"],
    [3_900_000, "1h 5m"],
  ])("%i ms reads %s", (ms, text) => expect(formatDuration(ms)).toBe(text));
});

describe("comment", () => {
  const links = () => ({ webUrl: WEB, topUrl: null, command: "koji" });
  const tell = (builds: readonly Build[], exists: boolean) =>
    toComment(builds, exists, defaultComment(), { words: EN, links });
  const built = aBuild({ phase: "succeeded", task: task("CLOSED", arches, 400) });

  it("is a table of target × arch", () => {
    const failed = aBuild({
      id: "b2",
      phase: "failed",
      reason: "it | broke\n@team",
      request: { ...built.request, target: "c9s_x", scratch: false },
    });
    expect(tell([built, failed], false)).toMatchInlineSnapshot(`
      "<!-- kojibridge -->
      ### Koji builds of aaaaaaaaaaaa

      | target | state | arches | task |
      |---|---|---|---|
      | f42 (scratch) | ✅ built in 6m | [aarch64 building](https://koji.example.org/koji/taskinfo?taskID=9)<br>[x86\\_64 ok 3m](https://koji.example.org/koji/taskinfo?taskID=10) ([log](https://koji.example.org/koji/getfile?taskID=10&volume=DEFAULT&name=build.log)) | [7](https://koji.example.org/koji/taskinfo?taskID=7) |
      | c9s\\_x | ❌ it \\| broke @​team |  |  |

      <details><summary>How to get the packages</summary>

      \`\`\`
      koji download-task 7
      \`\`\`

      </details>"
    `);
  });

  it("shows the newest commit and folds the earlier ones away", () => {
    const old = aBuild({ id: "b0", sha: "b".repeat(40) });
    const text = tell([old, built], false);
    expect(text).toContain("aaaaaaaaaaaa");
    expect(text).not.toMatch(/^\|.*bbbbbbbb/m);
    expect(text).toMatch(/<summary>Earlier commits \(1\)<\/summary>\n\n- bbbbbbbbbbbb: f42 🕓 accepted\n/u);
  });

  it.each([
    ["always", "queued", false, true],
    ["never", "failed", true, false],
    ["on_failure", "running", false, false],
    ["on_failure", "succeeded", false, false],
    ["on_failure", "failed", false, true],
    ["on_failure", "expired", false, true],
    ["on_failure", "succeeded", true, true],
  ] as const)("comments: %s, %s, one exists: %s", (comments, phase, exists, told) => {
    const build = aBuild({ phase, request: { ...built.request, comments } });
    expect(tell([build], exists) !== null).toBe(told);
  });

  it("starts with the marker it is found by", () => expect(tell([built], false)?.startsWith(MARKER)).toBe(true));
  it("says nothing of no builds", () => expect(tell([], false)).toBeNull());
});

describe("text from outside", () => {
  it.each([
    ["a|b", "a\\|b"],
    ["<img src=x>", "&lt;img src=x&gt;"],
    ["@team", "@\u200bteam"],
    ["line\nbreak", "line break"],
    ["[x](http://e)", "\\[x\\](http:\u200b//e)"],
    ["`code` *b* _i_", "\\`code\\` \\*b\\* \\_i\\_"],
    ["&lt;", "&amp;lt;"],
    ["fix #12 GH-7", "fix \\#\u200b12 GH-\u200b7"],
    ["www.example.org %3 !4 a\u202eb", "www.\u200bexample.org \\%\u200b3 \\!\u200b4 ab"],
  ])("%j is shown as it is", (text, escaped) => expect(escapeMarkdown(text)).toBe(escaped));

  it("cannot end a link", () => expect(link("7", "https://h/x?a=(b) c")).toBe("[7](https://h/x?a=%28b%29%20c)"));
});
