import { named } from "../xmlrpc.ts";
import { type Authenticator, renewal } from "./authenticator.ts";

export interface PasswordAuth {
  readonly username: string;
  readonly password: string;
}

/** `login(user, password)`, for hubs whose users have passwords. */
export function createPasswordLogin(auth: PasswordAuth): Authenticator {
  return async (renew) => ({
    method: "login",
    params: [auth.username, auth.password, named({ opts: null, ...renewal(renew) })],
    request: {},
  });
}
