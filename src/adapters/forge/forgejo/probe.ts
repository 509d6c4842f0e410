import { aheadOf, type ForgeProbe, type ProbeOptions } from "../probe.ts";
import { readObject } from "../reader.ts";
import { createRequester } from "./requester.ts";

/** A token cannot ask what it may: that list (`/users/NAME/tokens`) wants the account's password. */
export function createForgejoProbe(options: ProbeOptions): ForgeProbe {
  const request = createRequester(options);
  return {
    async account() {
      const { data, headers } = await request("GET", ["user"]);
      return { login: readObject(data).text("login"), ahead: aheadOf(headers) };
    },
    grant: async () => ({ scopes: null, expiresAt: null }),
  };
}
