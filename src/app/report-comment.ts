import { createHash } from "node:crypto";
import { MARKER, toComment } from "../domain/comment.ts";
import type { CommentRecord } from "../ports/store.ts";
import type { ReportDeps } from "./report-status.ts";
import { failed, logFailure } from "./saying.ts";

/** Keeps the one comment of a merge request true. */
export function createReportComment(deps: ReportDeps): (id: string) => Promise<void> {
  return async (id) => {
    const record = await deps.store.comment(id);
    if (record === null || record.done >= record.wanted) return;
    const body = toComment(record.builds, record.comment !== null, deps.comment, deps);
    const settled = { done: record.wanted, tries: 0, wakeAt: null };
    if (body === null || digest(body) === record.said) {
      const { said, comment } = record;
      await deps.store.saveComment(id, { ...settled, said, comment, outcome: "unchanged" });
      return;
    }
    await say(id, record, body, deps);
  };
}

async function say(id: string, record: CommentRecord, body: string, deps: ReportDeps): Promise<void> {
  const facts = { repo: record.place.repo, mr: record.place.mr };
  try {
    const forge = deps.forges.get(record.forge);
    const answer =
      forge === undefined ? "forbidden" : await forge.setComment(record.place, MARKER, body, record.comment);
    if (answer === "forbidden") deps.log.warn(facts, "not permitted to comment on the merge request");
    else deps.log.info({ ...facts, comment: answer.id }, `comment ${answer.outcome}`);
    const said = answer === "forbidden" ? record.said : digest(body);
    const comment = answer === "forbidden" ? record.comment : answer.id;
    const outcome = answer === "forbidden" ? answer : answer.outcome;
    await deps.store.saveComment(id, { done: record.wanted, tries: 0, wakeAt: null, said, comment, outcome });
  } catch (error) {
    const saying = failed(record, error, deps.now(), deps.jitter());
    logFailure(deps.log, facts, error, saying);
    await deps.store.saveComment(id, { ...saying, comment: record.comment });
  }
}

function digest(body: string): string {
  return createHash("sha256").update(body).digest("base64url").slice(0, 22);
}
