import { isKind, KojibridgeError } from "../../domain/errors.ts";
import type { CommentOutcome } from "../../ports/forge.ts";
import { cut } from "./words.ts";

interface Comment {
  readonly id: string;
  readonly body: string;
}

type Written = Exclude<CommentOutcome, "forbidden">;

/** The comments of one merge request, as one account may change them. */
export interface Comments {
  /** Characters one may have. */
  readonly limit: number;
  /** Those written by this account, oldest first: anybody can copy a marker. */
  own(): Promise<Comment[]>;
  create(body: string): Promise<string>;
  edit(id: string, body: string): Promise<void>;
  remove(id: string): Promise<void>;
}

/**
 * Makes the one comment carrying the marker say `body`. Everything is read each time: that costs what reading the known
 * comment alone would, and it finds the copy that a lost answer left behind.
 */
export async function writeComment(
  comments: Comments,
  marker: string,
  body: string,
  known: string | null,
): Promise<Written> {
  const text = cut(carries(body, marker) ? body : `${marker}\n${body}`, comments.limit);
  const ours = (await comments.own()).filter((comment) => carries(comment.body, marker));
  const kept = ours.find(({ id }) => id === known) ?? ours[0];
  const written = await write(comments, kept, text);
  for (const { id } of ours) if (id !== kept?.id) await comments.remove(id).catch(isGone);
  return written;
}

async function write(comments: Comments, kept: Comment | undefined, text: string): Promise<Written> {
  if (kept !== undefined && normal(kept.body) === normal(text)) return { id: kept.id, outcome: "unchanged" };
  if (kept !== undefined && (await edited(comments, kept.id, text))) return { id: kept.id, outcome: "set" };
  return { id: await created(comments, text), outcome: "set" };
}

/** On a line of its own; so a reply that quotes the comment is not taken for it. */
function carries(body: string, marker: string): boolean {
  return body.split("\n").some((line) => line.trim() === marker);
}

/** Forges turn line ends and trailing space as they like. */
function normal(body: string): string {
  return body.replaceAll("\r\n", "\n").trimEnd();
}

/** False when somebody deleted it meanwhile. */
async function edited(comments: Comments, id: string, body: string): Promise<boolean> {
  return comments.edit(id, body).then(() => true, isGone);
}

function isGone(error: unknown): false {
  if (isKind(error, "rejected") && error.context.status === 404) return false;
  throw error;
}

/** Creating twice shows twice: unless nothing was sent, a failure leaves open whether the comment is there. */
async function created(comments: Comments, body: string): Promise<string> {
  return comments.create(body).catch((error: unknown) => {
    const open = isKind(error, "transient") && !error.code?.endsWith(".unsent");
    if (!open) throw error;
    throw new KojibridgeError("ambiguous", error.message, { code: error.code ?? "comment.unanswered", cause: error });
  });
}
