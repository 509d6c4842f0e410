/** What a forge lets somebody do in a repo, weakest first. GitLab's Developer is `write`, its Maintainer and Owner are `admin`. */
export const ROLES = ["none", "read", "write", "admin"] as const;
export type Role = (typeof ROLES)[number];

export function mayAs(role: Role, needed: Role): boolean {
  return ROLES.indexOf(role) >= ROLES.indexOf(needed);
}
