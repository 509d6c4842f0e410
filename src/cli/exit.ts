/** What the command's exit code means; `--help` and docs/commands.md say the same. */
export const EXIT = {
  ok: 0,
  /** It ran, and what it was asked to do did not succeed. */
  failed: 1,
  /** Wrong configuration, wrong options, unreadable input: nothing was done. */
  usage: 2,
} as const;

export const EXIT_HELP = `
Exit codes:
  0  done
  1  it ran and did not succeed
  2  wrong configuration, options or input; nothing was done`;

export const BUILD_EXIT_HELP = `
Exit codes:
  0  built, or nothing to build
  1  a package does not build
  2  wrong flags, configuration, credentials or spec; nothing was built
  3  hub, builders or network failed; building again may help
  4  --timeout was over
  5  canceled`;
