import type { Rule } from "../rule.ts";

const log = "build";

/** Build tools with words of their own. */
export const LANGUAGE_RULES: readonly Rule[] = [
  {
    class: "go",
    log,
    needs: ".go:",
    pattern: /^(?:vet: )?(?<file>[^\s:]+\.go):(?<line>\d+):(?<column>\d+): (?<what>\S.*)/,
  },
  { class: "go", log, needs: "cannot find package", pattern: /^(?:\S+: )?cannot find package (?<what>.+)/ },
  {
    class: "go",
    log,
    needs: "no required module provides",
    pattern: /^\S{0,300}: ?no required module provides package /,
  },
  {
    class: "go",
    log,
    needs: "go: ",
    pattern:
      /^go: (?:error|inconsistent|updates to|cannot|cannot find|module|go\.mod|\S+@\S+:|downloading .*: )(?<what>.*)/,
  },
  { class: "go", log, needs: "go.mod requires go", pattern: /^go: .*go\.mod requires go >= / },
  { class: "go", log, needs: "is not in std", pattern: /^\S{0,300} package \S+ is not in std/ },
  {
    class: "go",
    log,
    needs: "build constraints exclude all",
    pattern: /^package \S+: build constraints exclude all Go files/,
  },
  { class: "go", log, needs: ".go:", pattern: /^# \S+\.go:/, rank: 2 },

  {
    class: "rust",
    log,
    needs: "error",
    pattern: /^error\[E\d{4}\]: (?<what>.+)/,
    below: /^ *--> (?<file>[^\s:]+):(?<line>\d+):(?<column>\d+)/,
    cause: "{file}:{line}: {text}",
  },
  {
    class: "rust",
    log,
    needs: "error: ",
    pattern:
      /^error: (?!could not compile|aborting due|process didn't exit|test failed|Bad exit|line \d|build failed|subprocess-exited|metadata-)(?<what>\S.*)/,
    below: /^ *--> (?<file>[^\s:]+\.rs):(?<line>\d+):(?<column>\d+)/,
    cause: "{file}:{line}: {text}",
    strict: true,
  },
  { class: "rust", log, needs: "no matching package named", pattern: /^error: no matching package named (?<what>.+)/ },
  {
    class: "rust",
    log,
    needs: "failed to select a version",
    pattern: /^error: failed to select a version for (?<what>.+)/,
  },
  {
    class: "rust",
    log,
    needs: "failed to run custom build command",
    pattern: /^error: failed to run custom build command for (?<what>.+)/,
    rank: 2,
  },
  { class: "rust", log, needs: "--locked", pattern: /^error: the lock file .*--locked/ },
  { class: "rust", log, needs: "requires rustc", pattern: /^error: .*requires rustc \d/ },
  { class: "rust", log, needs: "could not compile", pattern: /^error: could not compile `/, rank: 2 },

  {
    class: "python",
    log,
    needs: "rror",
    pattern:
      /^(?:[\w.]+\.)?(?:ModuleNotFoundError|ImportError|SyntaxError|IndentationError|TabError|AttributeError|NameError|TypeError|ValueError|KeyError|FileNotFoundError|RuntimeError|AssertionError|OSError|LookupError|(?:\w+\.)*Distutils\w*Error|BackendUnavailable|InvalidVersion|InvalidConfigError|InvalidRequirement|ConfigurationError|UnicodeDecodeError|VersionConflict|DistributionNotFound|CompileError): (?<what>.+)/,
    above: /^ +File "(?!\/usr\/|<)(?<file>[^"]+)", line (?<line>\d+)/,
  },
  { class: "python", log, needs: "pyproject", pattern: /^ERROR: .*pyproject/, rank: 2 },
  {
    class: "python",
    log,
    needs: "No matching distribution",
    pattern: /^ERROR: No matching distribution found for (?<what>.+)/,
  },
  {
    class: "python",
    log,
    needs: "not satisfied",
    pattern: /^(?:ERROR: )?Requirement not satisfied: (?<what>.+)/,
    rank: 2,
  },
  { class: "python", log, needs: "conflicting dependencies", pattern: /^ERROR: .*conflicting dependencies/ },
  { class: "python", log, needs: "error: invalid command", pattern: /^error: invalid command '/ },
  {
    class: "python",
    log,
    needs: "subprocess-exited-with-error",
    pattern: /^ *(?:error|×|ERROR): .*subprocess-exited-with-error/,
    rank: 2,
  },
  { class: "python", log, needs: "Failed building wheel", pattern: /^ *ERROR: Failed building wheel for /, rank: 2 },
  {
    class: "python",
    log,
    needs: ".pyx:",
    pattern: /^(?<file>[^\s:]+\.pyx):(?<line>\d+):(?<column>\d+): (?<what>\S.*)/,
  },
  { class: "python", log, needs: "Cython", pattern: /^Cython\.Compiler\.Errors\.CompileError: (?<what>.+)/ },

  {
    class: "node",
    log,
    needs: "npm ",
    pattern:
      /^npm (?:ERR!|error) (?!A complete log|\s*\/|errno|path|command|syscall|network |$)(?:code )?(?<what>\S.*)/,
    rank: 2,
  },
  {
    class: "node",
    log,
    needs: "Cannot find module",
    pattern: /^(?:Error|\S+ \[Error\]|\[!\] \S*): Cannot find module (?<what>.+)/,
  },
  { class: "node", log, needs: "ERR_MODULE_NOT_FOUND", pattern: /^Error \[ERR_MODULE_NOT_FOUND\]: (?<what>.+)/ },
  {
    class: "node",
    log,
    needs: "error TS",
    pattern: /^(?<file>[^\s:(]+)(?:\(|:)(?<line>\d+)[,:](?<column>\d+)\)?(?::| -) error TS\d+: (?<what>.+)/,
  },
  { class: "node", log, needs: "Module not found", pattern: /^ERROR in .*|^Module not found: Error: (?<what>.+)/ },
  {
    class: "node",
    log,
    needs: "ERR_OSSL_EVP_UNSUPPORTED",
    pattern: /^ *(?:code: '|Error: .*)ERR_OSSL_EVP_UNSUPPORTED/,
  },
  { class: "node", log, needs: "gyp ERR! ", pattern: /^gyp ERR! (?:stack|build error) ?(?<what>.+)/ },
  { class: "node", log, needs: "error Couldn't find", pattern: /^error Couldn't find (?<what>.+)/ },

  {
    class: "java",
    log,
    needs: "[ERROR] ",
    pattern: /^\[ERROR\] (?<file>[^\s:]+\.(?:java|kt|groovy)):\[(?<line>\d+),(?<column>\d+)\] (?<what>.+)/,
  },
  { class: "java", log, needs: "[ERROR] Failed to", pattern: /^\[ERROR\] Failed to execute goal (?<what>.+)/, rank: 2 },
  {
    class: "java",
    log,
    needs: "[ERROR] ",
    pattern: /^\[ERROR\] .*(?:Non-resolvable|could not be resolved|Plugin \S+ or one of its dependencies)/,
  },
  {
    class: "java",
    log,
    needs: "BUILD FAILED",
    pattern: /^BUILD FAILED$/,
    below: /^(?<what>\S+\.xml:\d+: .+)/,
    cause: "{what}",
    rank: 2,
  },

  { class: "perl", log, needs: "@INC", pattern: /^Can't locate (?<what>\S+) in @INC/ },
  {
    class: "perl",
    log,
    needs: " line ",
    pattern: /^(?:syntax error|Global symbol) .* at (?<file>\S+) line (?<line>\d+)/,
  },
  { class: "perl", log, needs: "Warning: prerequisite", pattern: /^Warning: prerequisite \S+ \S+ not found/, rank: 2 },
  {
    class: "ruby",
    log,
    needs: "Could not find",
    pattern:
      /^(?:\S+: )?Could not find '?(?<what>[^\s']+)'? .*(?:among \d+ total gem|in any of the sources|in locally installed gems)/,
  },
  { class: "ruby", log, needs: "LoadError", pattern: /^.{0,400}: cannot load such file -- \S+ \(LoadError\)/ },
  { class: "ruby", log, needs: "ERROR:  ", pattern: /^ERROR: {2}(?<what>.+)/, rank: 2 },
  { class: "ruby", log, needs: "mkmf", pattern: /^mkmf\.rb can't find header files for ruby/ },
];
