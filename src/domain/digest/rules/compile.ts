import type { Rule } from "../rule.ts";

const log = "build";
/** `src/a.c:12:5:`, and `a.c:12:` of older compilers and of javac. */
const AT = "^(?:\\[javac\\] +)?(?<file>[^\\s:()'\"][^:()'\"]{0,300}):(?<line>\\d+):(?:(?<column>\\d+):)?";

/** gcc, clang, gfortran, binutils, lld, mold; CMake, Meson, autoconf, qmake. */
export const COMPILE_RULES: readonly Rule[] = [
  {
    class: "compiler",
    log,
    needs: "error: [GHC-",
    pattern: /^(?<file>[^\s:]+\.hs):(?<line>\d+):(?<column>\d+): error: \[GHC-\d+\]/,
    below: /^ +(?:• )?(?<what>\S.*)/,
    cause: "{text} {what}",
  },
  {
    class: "configure",
    log,
    needs: "error: ",
    pattern: /^(?<file>configure\.(?:ac|in)):(?<line>\d+): error: (?<what>.+)/,
  },
  {
    class: "compiler",
    log,
    needs: "error: ",
    pattern: new RegExp(`${AT} (?:fatal )?error: (?<what>.+)`),
  },
  { class: "compiler", log, needs: ": Error: ", pattern: new RegExp(`${AT} Error: (?<what>.+)`) },
  {
    class: "compiler",
    log,
    needs: "Error: ",
    pattern: /^(?:Fatal )?Error: (?<what>.*(?: at \(1\)|Cannot open module file).*)/,
    above: /^(?<file>[^\s:]+):(?<line>\d+):(?<column>\d+):$/,
    cause: "{file}:{line}:{column}: {text}",
  },
  {
    class: "compiler",
    log,
    needs: "internal compiler error",
    pattern: /^\S.{0,300}internal compiler error: (?<what>.+)/,
  },
  {
    class: "compiler",
    log,
    needs: "rror: ",
    pattern:
      /^(?:\S*\/)?(?:[\w-]*-)?(?:gcc|g\+\+|cc|c\+\+|cc1|cc1plus|gfortran|f951|clang|clang\+\+)(?:-\d+)?: (?:fatal )?error: (?!linker command failed|ld returned|Killed|cannot execute)(?<what>.+)/,
  },
  {
    class: "compiler",
    log,
    needs: "as errors",
    pattern: /^cc1(?:plus)?: (?:all|some) warnings being treated as errors/,
    rank: 2,
  },
  { class: "compiler", log, needs: "as: unrecognized", pattern: /^(?:\S*\/)?as: unrecognized option/ },

  {
    class: "linker",
    log,
    needs: "error: linking with",
    pattern: /^error: linking with /,
    below: /^ +(?:= note: )?(?<what>\S*ld(?:\.\w+)?: .+)/,
    cause: "{what}",
  },
  {
    class: "compiler",
    log,
    needs: "Error: ",
    pattern: /^Error: (?<what>.+)/,
    above: /^File "(?<file>[^"]+)", lines? (?<line>\d+)/,
    cause: "{file}:{line}: {text}",
    rank: 2,
  },
  { class: "linker", log, needs: "undefined reference to", pattern: /^\S.{0,600}undefined reference to (?<what>.+)/ },
  { class: "linker", log, needs: "multiple definition of", pattern: /^\S.{0,600}multiple definition of (?<what>.+)/ },
  {
    class: "linker",
    log,
    needs: "cannot find ",
    pattern: /^(?:\S*\/)?(?:[\w-]*-)?ld(?:\.\w+)?: cannot find (?<what>.+)/,
  },
  { class: "linker", log, needs: "recompile with -f", pattern: /^\S.{0,600}; recompile with -f/ },
  { class: "linker", log, needs: "DSO missing", pattern: /^\S.{0,600}error adding symbols: DSO missing/ },
  {
    class: "linker",
    log,
    needs: "error: ",
    pattern: /^(?:\S*\/)?(?:(?:ld\.)?lld|ld64\.lld|mold|wasm-ld): error: (?<what>.+)/,
  },
  {
    class: "linker",
    log,
    needs: "final link failed",
    pattern: /^(?:\S*\/)?ld(?:\.\w+)?: final link failed: /,
    rank: 2,
  },
  { class: "linker", log, needs: "lto-wrapper: fatal", pattern: /^lto-wrapper: fatal error: /, rank: 2 },
  { class: "linker", log, needs: "ld returned", pattern: /^collect2: (?:fatal )?error: ld returned/, rank: 2 },
  {
    class: "linker",
    log,
    needs: "linker command failed",
    pattern: /^clang(?:\+\+)?(?:-\d+)?: error: linker command failed/,
    rank: 2,
  },

  {
    class: "configure",
    log,
    needs: "CMake Error",
    pattern: /^CMake Error at (?<file>[^\s:]+):(?<line>\d+) \((?<call>[^)]*)\)/,
    below: /^ +(?<what>\S.*)/,
    cause: "{file}:{line}: {call}: {what}",
  },
  {
    class: "configure",
    log,
    needs: "CMake Error",
    pattern: /^CMake Error(?! at)(?:: (?<what>\S.*)|[^:]*:?$)/,
    below: /^ +(?<more>\S.*)/,
  },
  { class: "configure", log, needs: "The source directory", pattern: /^CMake Error: The source directory / },
  {
    class: "configure",
    log,
    needs: "ERROR: ",
    pattern: /^(?<file>[^\s:]*meson\.build):(?<line>\d+):(?<column>\d+): ERROR: (?<what>.+)/,
  },
  {
    class: "configure",
    log,
    needs: "ERROR: ",
    pattern: /^ERROR: (?:Neither source directory|Program|Dependency|Unknown options?|Value )/,
  },
  { class: "configure", log, needs: "configure: error: ", pattern: /^configure: error: (?<what>.+)/ },
  {
    class: "configure",
    log,
    needs: "syntax error near unexpected token",
    pattern: /^\S*configure: line \d+: syntax error near unexpected token /,
  },
  { class: "configure", log, needs: "Project ERROR", pattern: /^Project ERROR: (?<what>.+)/ },
  {
    class: "configure",
    log,
    needs: "was not found in the pkg-config",
    pattern: /^Package \S+ was not found in the pkg-config search path/,
    rank: 2,
  },
  { class: "configure", log, needs: "No package '", pattern: /^No package '[^']+' found/, rank: 2 },
];
