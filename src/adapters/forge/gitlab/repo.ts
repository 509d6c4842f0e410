import type { Repo } from "../../../domain/event.ts";
import type { Reader } from "../reader.ts";

/** A project as webhooks have it; its id stands elsewhere. */
export function toRepo(project: Reader, id: number): Repo {
  return {
    path: project.text("path_with_namespace"),
    cloneUrl: project.url("git_http_url"),
    webUrl: project.url("web_url"),
    id,
  };
}

/** The same as the API has it. */
export function toProject(project: Reader): Repo {
  return {
    path: project.text("path_with_namespace"),
    cloneUrl: project.url("http_url_to_repo"),
    webUrl: project.url("web_url"),
    id: project.id("id"),
  };
}
