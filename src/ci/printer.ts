import { createMask } from "../domain/digest/mask.ts";
import type { Pipeline } from "./pipeline.ts";

export type Level = "error" | "warning" | "notice";

export interface Note {
  readonly level: Level;
  readonly title: string;
  readonly message: string;
  /** A file of the repository; null: the job as a whole. */
  readonly file: string | null;
  readonly line: number | null;
}

/** The job's log: what people read while they wait. Secrets and foreign commands are taken out of everything. */
export interface Printer {
  line(text: string): void;
  /** Text of others, which must not be taken for a command of the runner. */
  foreign(text: string): void;
  group(title: string): void;
  endGroup(): void;
  /** Shown at the file, where the runner can. */
  annotate(note: Note): void;
  /** A live terminal: draws `lines` over those drawn before. */
  redraw(lines: readonly string[]): void;
  readonly live: boolean;
}

export interface PrinterOptions {
  readonly kind: Pipeline["kind"];
  readonly secrets: readonly string[];
  readonly write: (text: string) => void;
  /** A terminal whose lines can be drawn again. */
  readonly live: boolean;
  readonly now: () => number;
}

export function createPrinter({ kind, secrets, write, live, now }: PrinterOptions): Printer {
  const mask = createMask(secrets);
  const put = (text: string) => write(`${mask(text)}\n`);
  let section = 0;
  let drawn = 0;

  if (kind === "github")
    for (const secret of secrets.flatMap((one) => one.split(/\r?\n/)).filter((one) => one.length >= 4))
      write(`::add-mask::${toData(secret)}\n`);

  function fresh(): void {
    drawn = 0;
  }

  return {
    live,
    line(text) {
      fresh();
      put(plain(text));
    },
    foreign(text) {
      fresh();
      for (const line of text.split("\n")) put(`  | ${plain(line)}`);
    },
    group(title) {
      fresh();
      section += 1;
      if (kind === "github") put(`::group::${toData(plain(title))}`);
      else if (kind === "gitlab")
        put(`\x1b[0Ksection_start:${seconds(now)}:koji_${section}[collapsed=true]\r\x1b[0K${plain(title)}`);
      else put(plain(title));
    },
    endGroup() {
      if (kind === "github") put("::endgroup::");
      else if (kind === "gitlab") put(`\x1b[0Ksection_end:${seconds(now)}:koji_${section}\r\x1b[0K`);
    },
    annotate({ level, title, message, file, line }) {
      if (kind !== "github") return;
      const at = { file, line: line === null ? null : String(line), title };
      const properties = Object.entries(at).flatMap(([key, value]) =>
        value === null ? [] : [`${key}=${toProperty(value)}`],
      );
      put(`::${level} ${properties.join(",")}::${toData(message)}`);
    },
    redraw(lines) {
      const up = drawn > 0 ? `\x1b[${drawn}A\x1b[0J` : "";
      write(`${up}${lines.map((line) => `${mask(plain(line))}\n`).join("")}`);
      drawn = lines.length;
    },
  };
}

/** One line without control characters. `##[` begins a command of GitHub's runner wherever it stands. */
function plain(text: string): string {
  return text
    .replaceAll(/\p{Cc}\[[0-9;?]*[A-Za-z]/gu, "")
    .replaceAll(/[\p{Cc}\u2028\u2029]/gu, " ")
    .replaceAll("##[", "## [")
    .replace(/^\s*::/, (start) => `| ${start}`);
}

/** https://github.com/actions/toolkit/blob/main/packages/core/src/command.ts */
function toData(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function toProperty(text: string): string {
  return toData(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}

function seconds(now: () => number): number {
  return Math.floor(now() / 1000);
}
