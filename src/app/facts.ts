import type { Build } from "../domain/build.ts";

/** What every line of the log about a build carries. */
export function factsOf({ id, delivery, repo, request }: Build) {
  return { build: id, delivery, repo, hub: request.hub };
}
