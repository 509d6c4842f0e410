import { mayAs } from "../../domain/role.ts";
import type { ForgeFacts } from "../../ports/forge.ts";
import type { Person } from "./session.ts";

/** Whether somebody may see what is not public of a repo, and press its buttons. */
export type Rights = (person: Person | null, forge: string, repo: string | null) => Promise<boolean>;

const REMEMBERED_MS = 60_000;
const PATIENCE_MS = 5_000;
const MOST = 1000;

/** The API token may everything; who came by a forge may what they may write there. A forge that does not answer means no. */
export function createRights(facts: ReadonlyMap<string, Pick<ForgeFacts, "role">>, now: () => number): Rights {
  const known = new Map<string, { readonly may: Promise<boolean>; readonly until: number }>();

  async function ask(person: Extract<Person, { kind: "forge" }>, repo: string): Promise<boolean> {
    const role = facts.get(person.forge)?.role(repo, { id: person.id, login: person.login });
    if (role === undefined) return false;
    const late = new Promise<false>((resolve) => setTimeout(() => resolve(false), PATIENCE_MS).unref());
    return Promise.race([
      role.then(
        (is) => mayAs(is, "write"),
        () => false,
      ),
      late,
    ]);
  }

  return async (person, forge, repo) => {
    if (person === null) return false;
    if (person.kind === "token") return true;
    if (person.forge !== forge || repo === null) return false;
    const key = JSON.stringify([forge, repo, person.id]);
    const hit = known.get(key);
    if (hit !== undefined && hit.until > now()) return hit.may;
    if (known.size >= MOST) known.clear();
    const may = ask(person, repo);
    known.set(key, { may, until: now() + REMEMBERED_MS });
    return may;
  };
}
