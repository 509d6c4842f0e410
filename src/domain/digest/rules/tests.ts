import type { Rule } from "../rule.ts";

const log = "build";

/** The first failed test by its name. In %check these go before whatever the tests print. */
export const TEST_RULES: readonly Rule[] = [
  // automake, and what imitates it
  { class: "tests", log, needs: "FAIL: ", pattern: /^(?:FAIL|XPASS): (?<what>[^\s:].*)/, in: ["%check"] },
  {
    class: "tests",
    log,
    needs: "ERROR: ",
    pattern: /^ERROR: (?<what>\S+(?: - (?:exited|missing|too)\b.*| \(\S+\))?$)/,
    in: ["%check"],
    rank: 2,
  },
  // python unittest: `FAIL: test_x (tests.test_y.Class)`, `ERROR: test_x (tests…)`
  { class: "tests", log, needs: "ERROR: test", pattern: /^ERROR: (?<what>test\w* \([\w.]+\).*)/ },
  // pytest's short summary, then its progress lines
  { class: "tests", log, needs: ".py::", pattern: /^(?:FAILED|ERROR) (?<what>[^\s:]+\.py::\S.*)/ },
  {
    class: "tests",
    log,
    needs: "ERROR collecting",
    pattern: /^_+ ERROR collecting (?<file>\S+) _+$/,
    below: /^E +(?<what>\S.*)/,
    cause: "{file}: {what}",
  },
  { class: "tests", log, needs: ".py", pattern: /^ERROR (?<what>\S+\.py(?: - .*)?)$/ },
  { class: "tests", log, needs: " FAILED", pattern: /^(?<what>[^\s:]+\.py::\S+) FAILED/, rank: 2 },
  { class: "tests", log, needs: "tests/", pattern: /^E {3,}(?<what>\S.*)/, rank: 2, in: ["%check"] },
  // ctest
  {
    class: "tests",
    log,
    needs: "***",
    pattern: /^ *\d+\/\d+ +Test +#\d+: (?<what>\S+) \.*(?<how>\*\*\*.*)/,
    cause: "test {what} failed: {text}",
  },
  {
    class: "tests",
    log,
    needs: "The following tests FAILED",
    pattern: /^The following tests FAILED:/,
    below: /^\s+\d+ - (?<what>\S+)/,
    cause: "test {what} failed",
    rank: 2,
  },
  // meson: ` 3/10 suite / name  FAIL  0.02s  exit status 1`
  ...["FAIL ", "ERROR ", "TIMEOUT "].map(
    (needs): Rule => ({
      class: "tests",
      log,
      needs,
      pattern: /^ *\d+\/\d+ +(?<what>\S.{0,200}?) {2,}(?:FAIL|ERROR|TIMEOUT) +\d/,
    }),
  ),
  // cargo test, libtest
  { class: "tests", log, needs: " ... FAILED", pattern: /^test (?<what>\S.*) \.\.\. FAILED/ },
  { class: "tests", log, needs: "test failed, to rerun", pattern: /^error: test failed, to rerun/, rank: 2 },
  // go test
  {
    class: "tests",
    log,
    needs: "--- FAIL: ",
    pattern: /^ *--- FAIL: (?<what>\S+)/,
    below: /^ +(?<where>\S+_test\.go:\d+: .+)/,
    cause: "{text} {where}",
  },
  { class: "tests", log, needs: "FAIL\t", pattern: /^FAIL\t(?<what>\S+)/, rank: 2 },
  { class: "tests", log, needs: "panic: test timed out", pattern: /^panic: test timed out after / },
  // TAP: prove, bats, node
  {
    class: "tests",
    log,
    needs: "not ok ",
    pattern: /^ *not ok \d+(?! .*# (?:TODO|SKIP))(?: - ?| )?(?<what>.*)/,
    in: ["%check"],
  },
  { class: "tests", log, needs: "#   Failed test", pattern: /^# +Failed test (?<what>.+)/ },
  { class: "tests", log, needs: "Failed ", pattern: /^ *(?:Failed )?Tests?: .*Failed: [1-9]/, rank: 2 },
  { class: "tests", log, needs: "Dubious", pattern: /^(?<what>\S+\.t) \.+ *$|^Dubious, test returned/, rank: 2 },
  { class: "tests", log, needs: "Failed ", pattern: /^(?<what>\S+\.t) \.+ Failed \d+\/\d+ subtests/ },
  // googletest, boost, catch
  { class: "tests", log, needs: "[  FAILED  ]", pattern: /^\[ {2}FAILED {2}\] (?<what>[^\s,]+)/ },
  {
    class: "tests",
    log,
    needs: 'error: in "',
    pattern: /^(?<file>[^\s:(]+)[:(](?<line>\d+)\)?: (?:fatal )?error: in "(?<what>.+)/,
  },
  // surefire, rspec, minitest, mocha, jest
  { class: "tests", log, needs: "[ERROR] ", pattern: /^\[ERROR\] {2,}(?<what>\w\S*[.:]\S+.*)/ },
  { class: "tests", log, needs: "rspec ", pattern: /^rspec (?<file>\.?[^\s:]+):(?<line>\d+) # (?<what>.+)/ },
  { class: "tests", log, needs: " › ", pattern: /^ *● (?<what>\S.* › .+)/ },
  {
    class: "tests",
    log,
    needs: " failing",
    pattern: /^ +\d+ failing$/,
    below: /^ +1\) (?<what>.+)/,
    cause: "test failed: {what}",
  },
  // suites that only count
  { class: "tests", log, needs: "failed", pattern: /^(?:=+ )?\d+ failed\b/i, in: ["%check"], rank: 2 },
  { class: "tests", log, needs: "FAILED (", pattern: /^FAILED \((?:failures|errors)=\d/, rank: 2 },
  { class: "tests", log, needs: "tests failed", pattern: /^\d+% tests passed, [1-9]\d* tests? failed/, rank: 2 },
];
