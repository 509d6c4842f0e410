import { readFile } from "node:fs/promises";
import { createSecureContext } from "node:tls";
import { KojibridgeError } from "../../../domain/errors.ts";
import { named } from "../xmlrpc.ts";
import { type Authenticator, renewal } from "./authenticator.ts";

export interface SslAuth {
  /** Path of a PEM file with the certificate and its key. */
  readonly cert: string;
  /** Log in as this user, where the hub lets us. */
  readonly proxyuser: string | null;
}

/**
 * `sslLogin` with a client certificate. The file is read for every login, so that a renewed certificate needs no restart. Hubs set up
 * as documented ask for the certificate only at `/ssllogin`; with TLS 1.3 that takes post-handshake authentication, which Node does
 * not have (transcript `sslLogin-cert-only-hub-tls13-no-pha`), so this one connection speaks TLS 1.2 where the hub still does.
 */
export function createSslLogin(auth: SslAuth): Authenticator {
  return async (renew) => {
    const pem = await readPem(auth.cert);
    return {
      method: "sslLogin",
      params: [named({ proxyuser: auth.proxyuser, ...renewal(renew) })],
      request: { path: "/ssllogin", tls: { cert: pem, key: pem, maxVersion: "TLSv1.2" } },
    };
  };
}

async function readPem(path: string): Promise<string> {
  const pem = await readFile(path, "utf8").catch((cause: unknown) => {
    throw notUsable(path, "cannot be read", cause);
  });
  try {
    createSecureContext({ cert: pem, key: pem });
  } catch (cause) {
    throw notUsable(path, "is not a PEM file with a certificate and its unencrypted key", cause);
  }
  return pem;
}

function notUsable(path: string, why: string, cause: unknown): KojibridgeError {
  return new KojibridgeError("auth", `client certificate ${path} ${why}`, { code: "koji.cert", cause });
}
