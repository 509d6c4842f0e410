import type { Person } from "../domain/event.ts";

/** One sign-in under way: what only this browser and we know. */
export interface Attempt {
  /** Comes back with the browser. */
  readonly state: string;
  /** Proves that whoever began it ends it (PKCE, RFC 7636). */
  readonly verifier: string;
  /** Where the forge sends the browser back to. */
  readonly redirect: string;
}

/** A forge that says who somebody is, and no more: nothing it gives is kept. */
export interface Identity {
  /** The forge's page on which people agree. */
  page(attempt: Attempt): string;
  /**
   * Who agreed.
   * @throws `rejected` when the forge does not take the code, `transient` when it does not answer
   */
  person(code: string, attempt: Attempt): Promise<Person & { readonly login: string }>;
}
