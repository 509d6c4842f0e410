import { Command } from "commander";
import { createTagEditor } from "../../adapters/koji/hub-facts.ts";
import type { KojiClient } from "../../adapters/koji/index.ts";
import type { Config } from "../../config/config.ts";
import { explain, isKind, KojibridgeError } from "../../domain/errors.ts";
import { diffMacros, formatDiff, type OwnMacros } from "../../domain/macro-diff.ts";
import { macroProblem } from "../../domain/macros.ts";
import { DEFAULT_CONFIG, readConfig } from "../configuration.ts";
import { EXIT } from "../exit.ts";
import { readBackup } from "./backup.ts";
import { effective, formatEffective } from "./show.ts";
import { buildTagOf, chooseHub, edit, type Say, withHub } from "./tag.ts";

interface Options {
  readonly config: string;
  readonly hub?: string;
  readonly json?: boolean;
}

const say: Say = (text) => void process.stdout.write(text);

export function macrosCommand(): Command {
  const all = new Command("macros").description("Look at the RPM macros of a target, and change them for everybody.");
  common(all, "show <target>", "Every macro in effect, and where it comes from.")
    .option("--json", "for programs")
    .action((target: string, options: Options) =>
      run(options, async (koji, { config }) => {
        const found = await effective(koji, target, await buildTagOf(koji, target), config.rules);
        say(options.json === true ? `${JSON.stringify(found, null, 2)}\n` : formatEffective(found));
      }),
    );
  common(
    all,
    "set <target> <macros...>",
    "NAME=VALUE …: sets macros of the build tag; needs the permission `tag`.",
  ).action((target: string, macros: string[], options: Options) =>
    change(options, target, () => {
      const wanted = parseMacros(macros);
      return (now) => ({ ...now, ...wanted });
    }),
  );
  common(all, "unset <target> <names...>", "Takes macros of the build tag away; needs the permission `tag`.").action(
    (target: string, names: string[], options: Options) =>
      change(options, target, () => (now) => without(now, names.map(toName))),
  );
  common(all, "restore <file>", "Makes a tag's macros what a backup says.").action((file: string, options: Options) =>
    backed(options, file, (koji, hub, tag, macros) => edit(koji, { hub, tag }, () => macros, say)),
  );
  common(all, "diff <file>", "What a tag has now against a backup. Exit code 1 if they differ.").action(
    (file: string, options: Options) =>
      backed(options, file, async (koji, _, tag, macros) => {
        const changes = diffMacros(macros, await createTagEditor(koji).ownMacros(tag));
        say(changes.length === 0 ? `${tag}: as in ${file}\n` : formatDiff(changes));
        if (changes.length > 0) process.exitCode = EXIT.failed;
      }),
  );
  return all;
}

function common(parent: Command, usage: string, description: string): Command {
  return parent
    .command(usage)
    .description(description)
    .option("-c, --config <file>", "the configuration", DEFAULT_CONFIG)
    .option("--hub <name>", "the hub's name in the configuration; not needed if there is one");
}

interface Scope {
  readonly config: Config;
  readonly hub: string;
}

async function run(options: Options, work: (koji: KojiClient, scope: Scope) => Promise<void>): Promise<void> {
  const config = readConfig(options.config, "required");
  if (config === null) return;
  try {
    const hub = chooseHub(config, options.hub);
    await withHub(config, hub, (koji) => work(koji, { config, hub }));
  } catch (error) {
    process.stderr.write(`kojibridge: ${explain(error)}\n`);
    process.exitCode = isKind(error, "invalid") ? EXIT.usage : EXIT.failed;
  }
}

function change(options: Options, target: string, toChange: () => (now: OwnMacros) => OwnMacros): Promise<void> {
  return run(options, async (koji, { hub }) => {
    const changed = toChange();
    await edit(koji, { hub, tag: await buildTagOf(koji, target) }, changed, say);
  });
}

function backed(
  options: Options,
  file: string,
  work: (koji: KojiClient, hub: string, tag: string, macros: OwnMacros) => Promise<void>,
): Promise<void> {
  return run(options, async (koji, { hub }) => {
    const backup = readBackup(file);
    if (backup.hub !== hub)
      throw new KojibridgeError("invalid", `${file} is of hub ${backup.hub}: say --hub ${backup.hub}`);
    await work(koji, hub, backup.tag, backup.macros);
  });
}

/** Whoever may edit a tag may run code in its builds anyway. */
function parseMacros(words: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    words.map((word) => {
      const at = word.indexOf("=");
      if (at < 1) throw new KojibridgeError("invalid", `${word}: write NAME=VALUE, such as dist=.an8`);
      const name = toName(word.slice(0, at));
      const value = word.slice(at + 1);
      const problem = macroProblem(name, value, true);
      if (problem !== null) throw new KojibridgeError("invalid", `${word}: ${problem}`);
      return [name, value];
    }),
  );
}

function toName(word: string): string {
  return word.replace(/^%/, "");
}

function without(macros: OwnMacros, names: readonly string[]): OwnMacros {
  return Object.fromEntries(Object.entries(macros).filter(([name]) => !names.includes(name)));
}
