import type { PostRequest } from "../transport.ts";

/** One login request, made for one use. */
interface LoginRequest {
  readonly method: "login" | "sslLogin";
  readonly params: readonly unknown[];
  /** How to send it: another path, a client certificate, a ticket. */
  readonly request: Omit<PostRequest, "body">;
  /** Looks at the answer's `WWW-Authenticate`, where the hub proves who it is. */
  readonly verify?: (authenticate: string | undefined) => Promise<void>;
}

/**
 * A way to log in. `renew` asks for a new key to an expired session (transcript `session-renew-login`).
 * @throws KojibridgeError `auth` when there is nothing to log in with
 */
export type Authenticator = (renew: boolean) => Promise<LoginRequest>;

/** The named arguments of a renewal, as Koji's own client sends them. */
export function renewal(renew: boolean): Record<string, unknown> {
  return renew ? { renew: true, exclusive: false } : {};
}
