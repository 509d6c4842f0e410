import { dialectOf, type ForgeName, type Story } from "./stories.ts";
import type { TestWorlds } from "./worlds.ts";

export type Speaker = "maintainer" | "visitor" | "bot";

const EVENTS = { github: "issue_comment", work: "Note Hook", forgejo: "issue_comment" } as const;

/** Somebody writes on the merge request of that story; what comes back is what the forge tells of it. */
export function says({ forge: world }: TestWorlds, told: Story, login: Speaker, body: string): Story {
  const comment = world.addComment(dialectOf(told.forge), told.repo, told.mr, login, body);
  return tell(told, { id: comment.id, body, user: { id: comment.by.id, login, username: login } });
}

/** The same comment, changed afterwards. */
export function edits(said: Story, told: Story, body: string): Story {
  const { id, user } = commentOf(said);
  return tell(told, { id, body, user }, "edited");
}

interface Comment {
  readonly id: number;
  readonly body: string;
  readonly user: object;
}

// biome-ignore lint/suspicious/noExplicitAny: foreign JSON of three forges
const commentOf = ({ payload }: Story): Comment => (payload as any).comment ?? toCommon(payload as any);

// biome-ignore lint/suspicious/noExplicitAny: foreign JSON
const toCommon = ({ object_attributes: { id, note }, user }: any): Comment => ({ id, body: note, user });

function tell(told: Story, comment: Comment, action = "created"): Story {
  const at = new Date().toISOString();
  // biome-ignore lint/suspicious/noExplicitAny: foreign JSON
  const { repository, project } = told.payload as any;
  const payload =
    told.forge === "work"
      ? toNote(told, comment, at, project)
      : {
          ...{ action, repository, sender: comment.user, is_pull: true },
          issue: { number: told.mr, pull_request: {} },
          comment: { ...comment, created_at: at, updated_at: at },
        };
  return { ...told, event: EVENTS[told.forge satisfies ForgeName], payload };
}

function toNote({ mr }: Story, { id, body, user }: Comment, at: string, project: { id: number }) {
  const note = { id, note: body, noteable_type: "MergeRequest", created_at: at, updated_at: at, system: false };
  return {
    ...{ object_kind: "note", user, project, project_id: project.id },
    ...{ object_attributes: note, merge_request: { iid: mr } },
  };
}
