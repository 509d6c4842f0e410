import { createTagEditor } from "../../adapters/koji/hub-facts.ts";
import { createClient, type KojiClient } from "../../adapters/koji/index.ts";
import type { Config } from "../../config/config.ts";
import { KojibridgeError } from "../../domain/errors.ts";
import { diffMacros, formatDiff, type MacroChange, type OwnMacros } from "../../domain/macro-diff.ts";
import { didYouMean } from "../../domain/suggest.ts";
import { resolveHub } from "../hubs.ts";
import { writeBackup } from "./backup.ts";

/** The hub that is meant: the one named, or the only one there is. */
export function chooseHub({ hubs }: Config, name: string | undefined): string {
  const names = Object.keys(hubs);
  const [only] = names;
  if (name === undefined && names.length === 1 && only !== undefined) return only;
  if (name !== undefined && Object.hasOwn(hubs, name)) return name;
  const which = name === undefined ? "say which hub" : `no hub \`${name}\`${didYouMean(name, names)}`;
  throw new KojibridgeError("invalid", `${which}: --hub ${names.join(" or --hub ")}`);
}

/** Runs with a client of that hub, and logs out. */
export async function withHub<T>(config: Config, name: string, work: (koji: KojiClient) => Promise<T>): Promise<T> {
  const hub = config.hubs[name];
  if (hub === undefined) throw new KojibridgeError("bug", `hub ${name} was chosen and is not there`);
  const koji = createClient((await resolveHub(hub)).options);
  try {
    return await work(koji);
  } finally {
    await koji.close();
  }
}

/** @throws `invalid` when there is no such target */
export async function buildTagOf(koji: KojiClient, target: string): Promise<string> {
  const found = await koji.getBuildTarget(target);
  if (found !== null) return found.buildTag;
  const others = (await koji.getBuildTargets()).map(({ name }) => name);
  throw new KojibridgeError("invalid", `the hub has no target ${target}${didYouMean(target, others)}`);
}

/** What a command of this family prints, and its exit code. */
export type Say = (text: string) => void;

/**
 * Makes the tag's own macros what `change` makes of them: shows the difference, keeps what was there in a file, looks once
 * more, edits. Nothing to change: nothing is written.
 */
export async function edit(
  koji: KojiClient,
  where: { readonly hub: string; readonly tag: string },
  change: (now: OwnMacros) => OwnMacros,
  say: Say,
): Promise<void> {
  const { hub, tag } = where;
  const tags = createTagEditor(koji);
  const before = await tags.ownMacros(tag);
  const changes = diffMacros(before, change(before));
  if (changes.length === 0) return say(`${tag}: nothing to change\n`);
  say(`${tag}:\n${formatDiff(changes)}`);
  say(`before: ${writeBackup(hub, tag, before, new Date())}\n`);
  if (diffMacros(before, await tags.ownMacros(tag)).length > 0)
    throw new KojibridgeError("conflict", `somebody else changed the macros of ${tag} just now; look and try again`);
  await tags.editMacros(tag, toSet(changes), toRemove(changes));
  say(`${tag} is changed. Builds see it in repositories made from now on: build with \`wait_repo\`.\n`);
}

function toSet(changes: readonly MacroChange[]): OwnMacros {
  return Object.fromEntries(changes.flatMap(({ name, after }) => (after === undefined ? [] : [[name, after]])));
}

function toRemove(changes: readonly MacroChange[]): string[] {
  return changes.flatMap(({ name, after }) => (after === undefined ? [name] : []));
}
