import type { FailureClass } from "./types.ts";

/** The kinds of log, and the fault of the task itself. */
export type LogKind = "build" | "root" | "mock" | "checkout" | "fault";

/**
 * 0 what ended the task from outside, whatever the logs say · 1 the cause itself · 2 what it broke (`make: *** …`) · 3 the script that noticed (`Bad exit status`) · 4 a bare exit
 * code. The lowest rank wins, then the log that was asked first, then the earlier line.
 */
export type Rank = 0 | 1 | 2 | 3 | 4;

/** One way in which builds fail. Patterns see one line, start with `^` or a literal, and never backtrack far. */
export interface Rule {
  readonly class: FailureClass;
  readonly log: LogKind | readonly LogKind[];
  /** A literal that every such line holds: only lines with one are tried at all. */
  readonly needs: string;
  /**
   * Named groups: `file`, `line`, `column` and `what` become an annotation; all of them can be used in `cause`.
   */
  readonly pattern: RegExp;
  /** Default 1. */
  readonly rank?: Rank;
  /** Only in these rpmbuild sections. */
  readonly in?: readonly string[];
  /** Only while the buildroot is made (`init`), or only after that (`build`). */
  readonly phase?: "init" | "build";
  /** The rest of the story, a few lines below: the first line there that matches. Without one the rule still holds. */
  readonly below?: RegExp;
  /** The rule holds only with its `below`. */
  readonly strict?: true;
  /** As `below`, but above, nearest first. */
  readonly above?: RegExp;
  /** `{text}` is the matching line, `{name}` a named group. Default `{text}`, also when a name matched nothing. */
  readonly cause?: string;
  /** Default false. */
  readonly infra?: boolean;
}
