import type { Repo } from "../../../domain/event.ts";
import type { Reader } from "../reader.ts";

export function toRepo(repo: Reader): Repo {
  return {
    path: repo.text("full_name"),
    cloneUrl: repo.url("clone_url"),
    webUrl: repo.url("html_url"),
    id: repo.id("id"),
  };
}
