import type { Kysely } from "kysely";
import type { KnownRepos } from "../../ports/catch-up.ts";
import type { Tables } from "./schema.ts";

export function createKnownRepos(db: Kysely<Tables>): KnownRepos {
  return {
    async knownRepos() {
      const rows = await db.selectFrom("delivery").select(["forge", "repo"]).distinct().orderBy("repo").execute();
      return rows.flatMap(({ forge, repo }) => (repo === null ? [] : [{ forge, repo }]));
    },
  };
}
