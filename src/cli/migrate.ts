import { Command } from "commander";
import { type DatabaseAddress, existing, openAlone } from "../adapters/store/open.ts";
import { type Moved, transfer } from "../adapters/store/transfer.ts";
import { databaseProblem, parseDatabase } from "../config/database.ts";
import { explain, isKind, KojibridgeError } from "../domain/errors.ts";
import { EXIT } from "./exit.ts";
import { toAddress } from "./parts.ts";

export function migrateCommand(): Command {
  return new Command("migrate")
    .description("Move everything from one database into another, empty one. Stop `serve` first.")
    .requiredOption("--from <database>", "sqlite:PATH or postgres://USER@HOST/NAME; password in PGPASSWORD")
    .requiredOption("--to <database>", "likewise")
    .action(async (options: { from: string; to: string }) => {
      try {
        process.stdout.write(`${JSON.stringify(await move(toDatabase(options.from), toDatabase(options.to)))}\n`);
      } catch (error) {
        process.stderr.write(`kojibridge: ${explain(error)}\n`);
        process.exitCode = isKind(error, "invalid") ? EXIT.usage : EXIT.failed;
      }
    });
}

/** Not by commander, which repeats what it was given: here perhaps a password. */
function toDatabase(text: string): DatabaseAddress {
  const problem = databaseProblem(text, "put it into the environment variable PGPASSWORD");
  if (problem !== null) throw new KojibridgeError("invalid", problem);
  return toAddress(parseDatabase(text, process.cwd()));
}

async function move(from: DatabaseAddress, to: DatabaseAddress): Promise<Moved> {
  const source = await openAlone(existing(from));
  try {
    const target = await openAlone(to);
    try {
      return await transfer(source, target, createProgress());
    } finally {
      await target.close();
    }
  } finally {
    await source.close();
  }
}

const SAY_EVERY_MS = 1_000;

/** On a terminal one line that counts; in a log a line a second, and one when a table is done. */
function createProgress() {
  let said = 0;
  const { isTTY } = process.stderr;
  return (table: string, done: number, total: number) => {
    const ended = done === total;
    if (!ended && Date.now() - said < (isTTY ? 100 : SAY_EVERY_MS)) return;
    said = Date.now();
    process.stderr.write(`${isTTY ? "\r\u001b[K" : ""}${table}: ${done} of ${total}${isTTY && !ended ? "" : "\n"}`);
  };
}
