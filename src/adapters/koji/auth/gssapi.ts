import { access, constants } from "node:fs/promises";
import type { KerberosClient } from "kerberos";
import { KojibridgeError } from "../../../domain/errors.ts";
import { named } from "../xmlrpc.ts";
import { type Authenticator, renewal } from "./authenticator.ts";
import { inKerberosEnvironment } from "./kerberos-environment.ts";

export interface GssapiAuth {
  readonly principal: string | null;
  /** Path of the keytab tickets are obtained and renewed from; wins over `ccache`. */
  readonly keytab: string | null;
  /** Path of a credential cache somebody else keeps fresh. Neither: the process' own. */
  readonly ccache: string | null;
  /** Log in as this user, where the hub lets us. */
  readonly proxyuser: string | null;
}

export type KerberosPackage = Pick<typeof import("kerberos"), "initializeClient" | "GSS_MECH_OID_SPNEGO">;

/**
 * `sslLogin` with a SPNEGO token for `HTTP@host`. The token is sent with the first request, is made anew for every login (the hub refuses
 * one it has seen: transcript `gssapi-replayed-token`), and the hub has to prove that it is the one the ticket is for.
 */
export function createGssapiLogin(auth: GssapiAuth, host: string, load = loadKerberos): Authenticator {
  return async (renew) => {
    const kerberos = await load();
    const [client, token] = await begin(kerberos, auth, host);
    return {
      method: "sslLogin",
      params: [named({ proxyuser: auth.proxyuser, ...renewal(renew) })],
      request: { path: "/ssllogin", headers: { Authorization: `Negotiate ${token}` } },
      verify: (authenticate) => verifyHub(client, authenticate, auth, host),
    };
  };
}

async function loadKerberos(): Promise<KerberosPackage> {
  try {
    return (await import("kerberos")).default;
  } catch (cause) {
    const what =
      "`auth: gssapi` needs the package `kerberos`: npm install kerberos (it compiles with the Kerberos headers: libkrb5-dev, krb5-devel)";
    throw new KojibridgeError("auth", what, { code: "koji.kerberos.missing", cause });
  }
}

/** The ticket is obtained, or renewed, on the way: libkrb5 does that by itself when it knows the keytab. */
async function begin(kerberos: KerberosPackage, auth: GssapiAuth, host: string): Promise<[KerberosClient, string]> {
  if (auth.keytab !== null) await checkReadable(auth.keytab);
  const options = {
    mechOID: kerberos.GSS_MECH_OID_SPNEGO,
    ...(auth.principal === null ? {} : { principal: auth.principal }),
  };
  try {
    return await inKerberosEnvironment(auth, async () => {
      const client = await kerberos.initializeClient(`HTTP@${host}`, options);
      return [client, await client.step("")];
    });
  } catch (cause) {
    throw noTicket(auth, host, cause);
  }
}

async function checkReadable(keytab: string): Promise<void> {
  try {
    await access(keytab, constants.R_OK);
  } catch (cause) {
    throw new KojibridgeError("auth", `keytab ${keytab} cannot be read`, { code: "koji.kerberos.keytab", cause });
  }
}

/**
 * libkrb5's own words ("SPNEGO cannot find mechanisms to negotiate") say little: they are the cause. Only a KDC that does not answer is
 * worth waiting for.
 */
function noTicket(auth: GssapiAuth, host: string, cause: unknown): KojibridgeError {
  const { keytab, principal } = auth;
  const context = { host, principal, keytab };
  if (cause instanceof Error && cause.message.includes("Cannot contact any KDC")) {
    const message = `no Kerberos ticket for HTTP@${host}: no KDC answers; if that lasts, check the network and krb5.conf`;
    return new KojibridgeError("transient", message, { code: "koji.kerberos.kdc", context, cause });
  }
  const check =
    keytab === null ? "klist, and kinit if there is no ticket" : `kinit -kt ${keytab} ${principal ?? "PRINCIPAL"}`;
  const message = `no Kerberos ticket for HTTP@${host}; check with: ${check}`;
  return new KojibridgeError("auth", message, { code: "koji.kerberos.ticket", context, cause });
}

async function verifyHub(
  client: KerberosClient,
  authenticate: string | undefined,
  auth: GssapiAuth,
  host: string,
): Promise<void> {
  const token = /^Negotiate ([A-Za-z0-9+/=]+)/.exec(authenticate ?? "")?.[1];
  try {
    if (token !== undefined) await client.step(token);
  } catch (cause) {
    throw isExpired(cause) ? noTicket(auth, host, cause) : notProven(host, cause);
  }
  if (!client.contextComplete) throw notProven(host);
}

/** For some minutes, the difference it grants to clocks, a hub takes an expired ticket; libkrb5 then refuses the hub's answer. */
function isExpired(error: unknown): boolean {
  return error instanceof Error && error.message.includes("context has expired");
}

function notProven(host: string, cause?: unknown): KojibridgeError {
  const message = `${host} took our Kerberos ticket but did not prove that it is the hub; the login is not used`;
  return new KojibridgeError("auth", message, { code: "koji.kerberos.mutual", context: { host }, cause });
}
