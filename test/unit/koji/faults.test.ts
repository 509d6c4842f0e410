import { describe, expect, test } from "vitest";
import { faultLine, isFault, toError } from "../../../src/adapters/koji/faults.ts";

const trace = (message: string): string =>
  `Traceback (most recent call last):\n  File "/srv/app/koji/kojihub/kojixmlrpc.py", line 278, in _wrap_handler\n    response = handler(environ)\n               ^^^^^^^^^^^^^^^^\n${message}\n`;

test.each<[string, string, string]>([
  ["plain", "No such tagInfo: 'x'", "No such tagInfo: 'x'"],
  ["several lines", "first\n\n  second ", "first second"],
  ["KojiDebug (transcript kojidebug-fault)", trace("koji.GenericError: No such tagInfo: 'x'"), "No such tagInfo: 'x'"],
  [
    "KojiTraceback (transcript fault-hub-python-exception)",
    trace("Exception: test exception"),
    "Exception: test exception",
  ],
  [
    "a message of several lines (transcript listTasks-bad-state)",
    trace(
      `psycopg2.errors.SyntaxError: syntax error at or near "'OPEN'"\nLINE 5:  WHERE (state IN 'OPEN')\n                         ^\n`,
    ),
    `psycopg2.errors.SyntaxError: syntax error at or near "'OPEN'" LINE 5: WHERE (state IN 'OPEN') ^`,
  ],
  [
    "one trace after another",
    `${trace("KeyError: 'a'")}\nDuring handling of the above exception, another exception occurred:\n\n${trace("ValueError: b")}`,
    "ValueError: b",
  ],
  ["a trace without an end", "Traceback (most recent call last):\n  File", "Traceback (most recent call last): File"],
  ["a novel", "x".repeat(2000), `${"x".repeat(499)}…`],
  ["nothing", "", ""],
])("faultLine: %s", (_, message, line) => {
  expect(faultLine(message)).toBe(line);
});

describe("toError", () => {
  test.each([
    [1, "rejected", "PythonException"],
    [1000, "rejected", "GenericError"],
    [1001, "transient", "LockError"],
    [1002, "auth", "AuthError"],
    [1006, "throttled", "AuthLockError"],
    [1009, "ambiguous", "RetryError"],
    [1012, "rejected", "BuildrootError"],
    [1014, "transient", "ServerOffline"],
    [1019, "rejected", "ParameterError"],
    [4711, "rejected", "PythonException"],
  ])("%i is %s (%s)", (code, kind, name) => {
    const error = toError({ code, message: "text" }, "build");
    expect(error).toMatchObject({
      kind,
      code: `koji.fault.${code}`,
      message: expect.stringContaining(`build: text (Koji ${name} ${code}`),
    });
    expect(isFault(error, code)).toBe(true);
    expect(isFault(error, 999)).toBe(false);
  });

  test("only a locked user has a time to try again", () => {
    expect(toError({ code: 1006, message: "" }, "build").retryAt).toBeGreaterThan(Date.now());
    expect(toError({ code: 1014, message: "" }, "build").retryAt).toBeUndefined();
  });
});
