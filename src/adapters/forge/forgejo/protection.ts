import { isAbout } from "../guarded.ts";
import { type Reader, readObject } from "../reader.ts";
import { type Request, repoSegments } from "./requester.ts";

/**
 * A protected branch may still be open to everybody who may push. Which rule holds is told to administrators of the repo only
 * (`effective_branch_protection_name`, `ToBranch` in services/convert/convert.go); to others the branch is what it is called.
 */
export async function isBranchGuarded(request: Request, repo: string, branch: Reader): Promise<boolean> {
  const effective = branch.textOr("effective_branch_protection_name", "");
  if (!branch.flag("protected") || effective === "") return branch.flag("protected");
  const { data } = await request("GET", [...repoSegments(repo), "branch_protections"]);
  const rule = readObject({ rules: data })
    .list("rules")
    .find((each) => each.textOr("rule_name", "") === effective);
  return rule !== undefined && !(rule.flag("enable_push") && !rule.flag("enable_push_whitelist"));
}

/**
 * Only administrators of the repo may read which tags are protected; that call is there since Forgejo 9 and Gitea 1.23.
 * A pattern is a regular expression between slashes or a glob in which `*` takes slashes too (`EnsureCompiledPattern` in
 * models/git/protected_tag.go).
 */
export async function isTagGuarded(request: Request, repo: string, tag: string): Promise<boolean> {
  const { data } = await request("GET", [...repoSegments(repo), "tag_protections"]);
  return readObject({ rules: data })
    .list("rules")
    .map((rule) => rule.text("name_pattern"))
    .some((pattern) => isAbout(pattern.startsWith("/") ? pattern : pattern.replaceAll(/\*+/g, "**"), tag, false));
}
