import { COMMANDS, type Command, type CommandKind, parseCommands } from "../domain/commands.ts";
import type { CommentEvent, PersonEvent } from "../domain/event.ts";
import { mayAs } from "../domain/role.ts";
import { say } from "../domain/words/words.ts";
import type { CommentPlace, Conversation, ForgeFacts, Reaction } from "../ports/forge.ts";
import type { Delivery, Receipt, Wish } from "../ports/store.ts";
import { carryOut, type ObeyDeps, type Scope } from "./carry-out.ts";
import { askRole } from "./plan-with.ts";

/**
 * Does what a comment or a button asks for, once, then answers, then lets the delivery go. Whatever crashes in between,
 * the receipt knows that it is done and what the answer was.
 */
export async function obey(delivery: Delivery, event: PersonEvent, deps: ObeyDeps): Promise<void> {
  const { forge, id } = delivery;
  const facts = deps.facts.get(forge);
  const asked = event.kind === "comment" ? event.comment : id;
  const repo = event.repo.path;
  if (facts === undefined) {
    await deps.store.settle({ id, forge, builds: [], trace: [], ignored: "this forge cannot be asked" }, []);
    return;
  }
  const known = await deps.store.receipt(forge, repo, asked);
  const outcome = known === null ? await decide(delivery, event, facts, deps) : { wishes: [], ...known };
  const receipt: Receipt = { forge, repo, id: asked, answer: outcome.answer, reaction: outcome.reaction };
  const builds = known === null ? await deps.store.fulfil(outcome.wishes, deps.now(), receipt) : [];
  if (builds.length > 0) deps.nudge();
  if (event.kind === "comment") await answer(event, receipt, facts);
  const ignored = known === null ? receipt.answer : "this comment was answered before";
  await deps.store.settle({ id, forge, builds, trace: [], ignored: builds.length > 0 ? null : ignored }, []);
  deps.log.info({ delivery: id, forge, repo, by: event.author, builds, answer: receipt.answer }, "command");
}

interface Outcome {
  readonly wishes: readonly Wish[];
  readonly answer: string | null;
  readonly reaction: Reaction;
}

async function decide(
  delivery: Delivery,
  event: PersonEvent,
  facts: ForgeFacts & Conversation,
  deps: ObeyDeps,
): Promise<Outcome> {
  const role = await askRole(event.repo.path, event.person, facts);
  if (role === null) return { wishes: [], answer: say(deps.words, "cmd_blind"), reaction: "refused" };
  const scope: Scope = { delivery, event, facts, deps, mayApprove: mayAs(role, deps.roles.approve) };
  const wishes: Wish[] = [];
  const lines: string[] = [];
  let reaction: Reaction = "seen";
  for (const asked of toAsked(event, deps)) {
    const refusal = "problem" in asked ? asked.problem : whyNot(asked.kind, mayAs(role, deps.roles[asked.kind]), deps);
    const done = refusal === null && !("problem" in asked) ? await carryOut(asked, scope) : { refused: refusal ?? "" };
    if ("refused" in done) reaction = "refused";
    if ("wishes" in done) wishes.push(...done.wishes);
    const said = "refused" in done ? done.refused : done.said;
    if (said !== null) lines.push(said);
  }
  return { wishes, answer: lines.length === 0 ? null : lines.join("\n"), reaction };
}

function toAsked(event: PersonEvent, { words }: ObeyDeps): ReturnType<typeof parseCommands> {
  if (event.kind === "comment") return parseCommands(event.text, words);
  const command: Command =
    event.action === "cancel" ? { kind: "cancel", target: null } : { kind: "retry", which: "all" };
  return [command];
}

function whyNot(kind: CommandKind, may: boolean, { roles, words }: ObeyDeps): string | null {
  const command = COMMANDS[kind].split(" [")[0] ?? "";
  return may ? null : say(words, "cmd_needs", { command, role: roles[kind] });
}

/** A reaction says that it was understood; words are only for what was not, or asked for words. */
async function answer(event: CommentEvent, { id, answer: body, reaction }: Receipt, forge: Conversation) {
  const place: CommentPlace = { repo: event.repo.path, mr: event.mr, sha: event.sha, comment: id };
  await forge.react(place, reaction);
  if (body !== null) await forge.reply(place, `<!-- kojibridge answer ${id} -->`, body);
}
