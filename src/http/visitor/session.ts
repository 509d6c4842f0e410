import { createHmac, hkdfSync, randomBytes, timingSafeEqual } from "node:crypto";

/** Who is signed in: whoever has the API token, or somebody a forge vouched for. */
export type Person =
  | { readonly kind: "token" }
  | { readonly kind: "forge"; readonly forge: string; readonly id: number; readonly login: string };

/** For reasons and the log. */
export function nameOf(person: Person): string {
  return person.kind === "token" ? "the API token" : `${person.login} (${person.forge})`;
}

export interface Sessions {
  /** The cookie's value. */
  issue(person: Person): string;
  /** Null when it is not ours, was changed, or is over. */
  read(cookie: string | undefined): Person | null;
  /** Goes into every form; only who can read our pages knows it. `cookie` is any value the browser sends along. */
  formKey(cookie: string): string;
  isFormKey(cookie: string, given: unknown): boolean;
}

export const SESSION_MS = 12 * 60 * 60_000;

/**
 * Cookies that carry the person themselves, signed: nothing is kept, and every process with the same secrets reads them.
 * @param secrets what the key is derived from; a new one each start when there are none
 */
export function createSessions(secrets: readonly string[], now: () => number): Sessions {
  const material = secrets.length === 0 ? randomBytes(32) : Buffer.from(secrets.join("\n"));
  const key = Buffer.from(hkdfSync("sha256", material, "", "kojibridge dashboard session", 32));
  const sign = (purpose: string, text: string) =>
    createHmac("sha256", key).update(`${purpose}\n${text}`).digest("base64url");

  return {
    issue(person) {
      const body = Buffer.from(JSON.stringify({ person, until: now() + SESSION_MS })).toString("base64url");
      return `${body}.${sign("session", body)}`;
    },
    read(cookie) {
      const [body, signature] = (cookie ?? "").split(".");
      if (!body || signature === undefined || !isSame(signature, sign("session", body))) return null;
      // Signed by us, so it is what we wrote.
      const { person, until }: { person: Person; until: number } = JSON.parse(
        Buffer.from(body, "base64url").toString(),
      );
      return now() < until ? person : null;
    },
    formKey: (cookie) => sign("form", cookie),
    isFormKey: (cookie, given) => typeof given === "string" && isSame(given, sign("form", cookie)),
  };
}

/** In a time that says nothing about either, but for their lengths' being hashed. */
export function isSame(a: string, b: string): boolean {
  const digest = (text: string) => createHmac("sha256", "compare").update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}
