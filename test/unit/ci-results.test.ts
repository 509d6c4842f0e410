import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { readCredentials } from "../../src/ci/credentials.ts";
import { type Earlier, judgeEarlier } from "../../src/ci/mark.ts";
import { toDotenv } from "../../src/ci/outputs.ts";
import { createPrinter } from "../../src/ci/printer.ts";
import { withMacros } from "../../src/ci/spec.ts";
import type { TaskState } from "../../src/domain/koji.ts";

const directory = mkdtempSync(join(tmpdir(), "kojibridge-ci-"));
afterAll(() => rmSync(directory, { recursive: true }));

describe("what an earlier job left on the hub", () => {
  const ours = { pipeline: "1", job: "2" };
  const asker = { run: ours, byHand: false, force: false };

  function earlier(
    id: number,
    state: TaskState,
    attempt = 1,
    run: Earlier["mark"]["run"] = { pipeline: "1", job: "1" },
  ): Earlier {
    const times = { createdAt: null, startedAt: null, finishedAt: null };
    return {
      task: { id, state, parent: null, method: "build", label: null, arch: "noarch", ...times },
      mark: { build: "b", attempt, run },
    };
  }

  const other = { pipeline: "9", job: "1" };
  test.each<[name: string, tasks: Earlier[], asks: object, verdict: number | { attempt: number }]>([
    ["nothing", [], {}, { attempt: 1 }],
    ["one that runs", [earlier(7, "OPEN")], {}, 7],
    ["one that went well", [earlier(7, "CLOSED")], {}, 7],
    ["one that went well, by hand", [earlier(7, "CLOSED")], { byHand: true }, 7],
    ["one that went well, --force", [earlier(7, "CLOSED")], { force: true }, { attempt: 2 }],
    ["a failed one of the same run's earlier attempt", [earlier(7, "FAILED")], {}, { attempt: 2 }],
    ["a canceled one of the same run's earlier attempt", [earlier(7, "CANCELED", 3)], {}, { attempt: 4 }],
    ["a failed one of this very job", [earlier(7, "FAILED", 1, ours)], {}, 7],
    ["a failed one of another pipeline", [earlier(7, "FAILED", 1, other)], {}, 7],
    ["a failed one of another pipeline, by hand", [earlier(7, "FAILED", 1, other)], { byHand: true }, { attempt: 2 }],
    ["a failed one of the service", [earlier(7, "FAILED", 1, null)], {}, { attempt: 2 }],
    ["a failed one and a later one that runs", [earlier(7, "FAILED"), earlier(9, "FREE", 2)], {}, 9],
    ["two of one attempt that run: the older", [earlier(9, "OPEN"), earlier(7, "ASSIGNED")], {}, 7],
    [
      "two failed ones of another pipeline: the later",
      [earlier(7, "FAILED", 1, other), earlier(9, "FAILED", 2, other)],
      {},
      9,
    ],
  ])("%s", (_, tasks, asks, wanted) => {
    const verdict = judgeEarlier(tasks, new Set(), { ...asker, ...asks });
    expect("adopt" in verdict ? verdict.adopt.task.id : verdict).toEqual(wanted);
  });

  test("what this process had in its hands is not adopted again", () => {
    expect(judgeEarlier([earlier(7, "FAILED", 1, ours)], new Set([7]), asker)).toEqual({ attempt: 2 });
  });
});

describe("the job's log", () => {
  function printed(kind: "github" | "gitlab" | "local", secrets: string[] = [], live = false) {
    const lines: string[] = [];
    const printer = createPrinter({ kind, secrets, live, write: (text) => void lines.push(text), now: () => 5_000 });
    return { printer, text: () => lines.join("") };
  }

  test("secrets are masked, and the runner of GitHub is told of them", () => {
    const { printer, text } = printed("github", ["hunter22", "two\nlines"]);
    printer.line("password hunter22");
    printer.foreign("curl https://u:hunter22@h/ two");
    printer.annotate({ level: "error", title: "hunter22", message: "hunter22", file: null, line: null });
    const [first, second, ...rest] = text().split("\n");
    expect([first, second]).toEqual(["::add-mask::hunter22", "::add-mask::lines"]);
    expect(rest.join("\n")).not.toMatch(/hunter22/);
    expect(printed("gitlab", ["hunter22"]).text()).toBe("");
  });

  test.each([
    "::set-env name=PATH::x",
    "  ::add-path::/x",
    "x ##[add-path]/x",
    "\x1b[31m::error::x",
    "a\r::stop-commands::x",
    "a\n::warning::x",
  ])("%j is no command of the runner", (words) => {
    const { printer, text } = printed("github");
    printer.line(words);
    printer.foreign(words);
    for (const line of text().split("\n")) {
      expect(line.trimStart()).not.toMatch(/^::/);
      expect(line).not.toContain("##[");
      expect(line).not.toMatch(/\p{Cc}/u);
    }
  });

  test("groups", () => {
    const github = printed("github");
    github.printer.group("100% of it");
    github.printer.endGroup();
    expect(github.text()).toBe("::group::100%25 of it\n::endgroup::\n");
    const gitlab = printed("gitlab");
    gitlab.printer.group("log");
    gitlab.printer.endGroup();
    expect(gitlab.text()).toBe(
      "\x1b[0Ksection_start:5:koji_1[collapsed=true]\r\x1b[0Klog\n\x1b[0Ksection_end:5:koji_1\r\x1b[0K\n",
    );
  });

  test("annotations name file and line, whatever is in them", () => {
    const { printer, text } = printed("github");
    printer.annotate({ level: "error", title: "a,b: c", message: "two\nlines", file: "src/a.c", line: 7 });
    expect(text()).toBe("::error file=src/a.c,line=7,title=a%2Cb%3A c::two%0Alines\n");
  });

  test("a terminal is drawn over", () => {
    const { printer, text } = printed("local", [], true);
    printer.redraw(["a", "b"]);
    printer.redraw(["c"]);
    expect(text()).toBe("a\nb\n\x1b[2A\x1b[0Jc\n");
  });
});

describe("credentials", () => {
  const file = join(directory, "client.pem");
  writeFileSync(file, "-----BEGIN");
  const base64 = Buffer.from("key material").toString("base64");

  test("…_BASE64 becomes a file of our own, removed at the end", () => {
    const { auth, ca, secrets, remove } = readCredentials({
      KOJI_PRINCIPAL: "ci@EXAMPLE.ORG",
      KOJI_KEYTAB_BASE64: `${base64}\n`,
      KOJI_CA_BASE64: base64,
    });
    if (auth?.method !== "gssapi" || ca === null) throw new Error(JSON.stringify(auth));
    expect(readFileSync(auth.keytab, "utf8")).toBe("key material");
    expect(statSync(auth.keytab).mode & 0o777).toBe(0o600);
    expect(secrets).toContain(`${base64}\n`);
    remove();
    expect(() => statSync(auth.keytab)).toThrow("ENOENT");
    expect(() => statSync(ca)).toThrow("ENOENT");
  });

  test.each<[env: Record<string, string>, method: string | null]>([
    [{}, null],
    [{ KOJI_USERNAME: "", KOJI_PASSWORD: "" }, null],
    [{ KOJI_USERNAME: "ci", KOJI_PASSWORD: "secret" }, "password"],
    [{ KOJI_CERT: file }, "ssl"],
    [{ KOJI_CERT_BASE64: base64 }, "ssl"],
    [{ KOJI_PRINCIPAL: "ci", KOJI_KEYTAB: file }, "gssapi"],
  ])("%j", (env, method) => {
    const { auth, remove } = readCredentials(env);
    expect(auth?.method ?? null).toBe(method);
    remove();
  });

  test.each<[env: Record<string, string>, words: string]>([
    [{ KOJI_USERNAME: "ci" }, "KOJI_PASSWORD is not set"],
    [{ KOJI_PASSWORD: "x" }, "KOJI_USERNAME is not set"],
    [{ KOJI_KEYTAB: file }, "KOJI_PRINCIPAL is not set"],
    [{ KOJI_PRINCIPAL: "ci" }, "KOJI_KEYTAB is not set"],
    [{ KOJI_CERT: "/nowhere" }, "KOJI_CERT is not the path"],
    [{ KOJI_CERT: "-----BEGIN CERTIFICATE-----" }, "belongs into KOJI_CERT_BASE64"],
    [{ KOJI_CERT_BASE64: "!!" }, "KOJI_CERT_BASE64 is not base64"],
    [{ KOJI_CERT: file, KOJI_USERNAME: "a", KOJI_PASSWORD: "b" }, "more than one kind"],
  ])("%j: %s", (env, words) => {
    expect(() => readCredentials(env)).toThrow(words);
  });
});

test("macros go to the top of the spec, whose bytes stay", () => {
  const spec = Buffer.from([0xef, 0xbb, 0xbf, ...Buffer.from("Name: h\xe9llo\n", "latin1")]);
  const made = withMacros(spec, { dist: ".an8", gone: null });
  expect(made.toString("latin1")).toBe(
    "# Macro overrides of this build, put here by kojibridge\n%global dist .an8\n\nName: h\xe9llo\n",
  );
  expect(withMacros(spec, {})).toBe(spec);
});

test("GitLab takes no dotenv report above 5 KiB", () => {
  const outputs = { "task-id": "1", "task-url": "u", nvr: "n", state: "succeeded", rpms: "x".repeat(6000) } as const;
  expect(toDotenv(outputs)).toBe("KOJI_TASK_ID=1\nKOJI_TASK_URL=u\nKOJI_NVR=n\nKOJI_STATE=succeeded\nKOJI_RPMS=\n");
});
