import { mayAs, type Role } from "../../domain/role.ts";
import type { ForgeFacts } from "../../ports/forge.ts";
import type { Person } from "./session.ts";

/** Whether somebody may see what is not public of a repo, and press its buttons. */
export type Rights = (person: Person | null, forge: string, repo: string | null, needed: Role) => Promise<boolean>;

const REMEMBERED_MS = 60_000;
const PATIENCE_MS = 5_000;
const MOST = 1000;

/** The API token may everything; who came by a forge may what their role there allows. A forge that does not answer means no. */
export function createRights(facts: ReadonlyMap<string, Pick<ForgeFacts, "role">>, now: () => number): Rights {
  const known = new Map<string, { readonly role: Promise<Role>; readonly until: number }>();

  async function ask(person: Extract<Person, { kind: "forge" }>, repo: string): Promise<Role> {
    const role = facts.get(person.forge)?.role(repo, { id: person.id, login: person.login });
    if (role === undefined) return "none";
    const late = new Promise<Role>((resolve) => setTimeout(() => resolve("none"), PATIENCE_MS).unref());
    return Promise.race([role.catch(() => "none" as const), late]);
  }

  function roleOf(person: Extract<Person, { kind: "forge" }>, repo: string): Promise<Role> {
    const key = JSON.stringify([person.forge, repo, person.id]);
    const hit = known.get(key);
    if (hit !== undefined && hit.until > now()) return hit.role;
    if (known.size >= MOST) known.clear();
    const role = ask(person, repo);
    known.set(key, { role, until: now() + REMEMBERED_MS });
    return role;
  }

  return async (person, forge, repo, needed) => {
    if (person === null) return false;
    if (person.kind === "token") return true;
    return person.forge === forge && repo !== null && mayAs(await roleOf(person, repo), needed);
  };
}
