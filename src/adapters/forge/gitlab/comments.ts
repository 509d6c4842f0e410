import type { CommitDiscussions, MergeRequestNotes } from "@gitbeaker/rest";
import type { MergeRequestPlace } from "../../../ports/forge.ts";
import type { Comments } from "../comment.ts";
import { readObject } from "../reader.ts";
import { checkPath } from "./requester.ts";

/** https://docs.gitlab.com/administration/instance_limits/#size-of-comments-and-descriptions-of-issues-merge-requests-and-epics */
const LIMIT = 1_000_000;

/** GitLab calls them notes, and writes some itself. */
export function commentsOf(
  notes: MergeRequestNotes,
  { repo, mr }: MergeRequestPlace,
  whoami: () => Promise<string>,
): Comments {
  const project = checkPath(repo);
  return {
    limit: LIMIT,
    async own() {
      const login = await whoami();
      const found: readonly unknown[] = await notes.all(project, mr, {
        orderBy: "created_at",
        sort: "asc",
        perPage: 100,
      });
      const ours = readObject({ notes: found })
        .list("notes")
        .filter((note) => note.maybe("author")?.text("username") === login && !note.flag("system"));
      return ours.map((note) => ({ id: String(note.id("id")), body: note.textOr("body", "") }));
    },
    async create(body) {
      return String(readObject(await notes.create(project, mr, body)).id("id"));
    },
    async edit(id, body) {
      await notes.edit(project, mr, Number(id), { body });
    },
    async remove(id) {
      await notes.remove(project, mr, Number(id));
    },
  };
}

/** A commit's comments have ids only inside their discussions; ours is the first note of its own. */
export function commitCommentsOf(
  discussions: CommitDiscussions,
  repo: string,
  sha: string,
  whoami: () => Promise<string>,
): Comments {
  const project = checkPath(repo);
  return {
    limit: LIMIT,
    async own() {
      const login = await whoami();
      const found: readonly unknown[] = await discussions.all(project, sha, { perPage: 100 });
      return readObject({ discussions: found })
        .list("discussions")
        .flatMap((discussion) => {
          const [note] = discussion.list("notes");
          if (note?.maybe("author")?.text("username") !== login) return [];
          return [{ id: `${discussion.text("id")}/${note.id("id")}`, body: note.textOr("body", "") }];
        });
    },
    async create(body) {
      const made = readObject(await discussions.create(project, sha, body));
      return `${made.text("id")}/${made.list("notes")[0]?.id("id")}`;
    },
    async edit(id, body) {
      const [discussion = "", note] = id.split("/");
      await discussions.editNote(project, sha, discussion, Number(note), { body });
    },
    async remove(id) {
      const [discussion = "", note] = id.split("/");
      await discussions.removeNote(project, sha, discussion, Number(note));
    },
  };
}
