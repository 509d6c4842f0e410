import { type ErrorKind, KojibridgeError } from "../../domain/errors.ts";

/** Where an exchange broke. `sent`: the hub may have got the request. */
export interface Breakage {
  readonly url: string;
  readonly sent: boolean;
  /** It broke on a kept-alive socket, which the hub may have closed just before. */
  readonly reused: boolean;
}

/** True when the request may have reached the hub and its answer did not reach us. */
export function isLost(error: unknown): boolean {
  return error instanceof KojibridgeError && error.context.sent === true;
}

export function tooLarge(limit: number): KojibridgeError {
  const message = `the hub's answer is larger than ${limit} bytes; ask for less at a time`;
  return new KojibridgeError("invalid", message, { code: "koji.http.too_large" });
}

export function truncated(): KojibridgeError {
  return new KojibridgeError("transient", "the answer was cut off", { code: "koji.network" });
}

interface Known {
  readonly kind: ErrorKind;
  readonly what: string;
}

const CA = "give the hub's CA as `ca:`";
const CERTIFICATE = "have the hub's certificate fixed, or check `url:`";
const OURS: Known = { kind: "auth", what: "the hub refuses our client certificate; check `cert:` and when it expires" };

const KNOWN: ReadonlyMap<string, Known> = new Map([
  ["ENOTFOUND", { kind: "transient", what: "no such host; is the hub's `url:` right?" }],
  ["EAI_AGAIN", { kind: "transient", what: "the name service does not answer" }],
  ["ECONNREFUSED", { kind: "transient", what: "connection refused" }],
  ["ECONNRESET", { kind: "transient", what: "connection reset" }],
  ["ERR_STREAM_PREMATURE_CLOSE", { kind: "transient", what: "the answer was cut off" }],
  ["UNABLE_TO_VERIFY_LEAF_SIGNATURE", { kind: "invalid", what: `unknown CA; ${CA}` }],
  ["UNABLE_TO_GET_ISSUER_CERT", { kind: "invalid", what: `unknown CA; ${CA}` }],
  ["UNABLE_TO_GET_ISSUER_CERT_LOCALLY", { kind: "invalid", what: `unknown CA; ${CA}` }],
  ["SELF_SIGNED_CERT_IN_CHAIN", { kind: "invalid", what: `unknown CA; ${CA}` }],
  ["DEPTH_ZERO_SELF_SIGNED_CERT", { kind: "invalid", what: `self-signed certificate; ${CA}` }],
  ["CERT_HAS_EXPIRED", { kind: "invalid", what: `the hub's certificate has expired; ${CERTIFICATE}` }],
  ["CERT_NOT_YET_VALID", { kind: "invalid", what: `the hub's certificate is not valid yet; ${CERTIFICATE}` }],
  [
    "ERR_TLS_CERT_ALTNAME_INVALID",
    { kind: "invalid", what: `the hub's certificate is for another name; ${CERTIFICATE}` },
  ],
  [
    "ERR_SSL_WRONG_VERSION_NUMBER",
    { kind: "invalid", what: "no TLS is spoken there; should `url:` begin with http://?" },
  ],
  ["EPROTO", { kind: "invalid", what: "TLS cannot be agreed; should `url:` begin with http://?" }],
]);

/**
 * TLS alerts about the certificate we showed, or did not show. OpenSSL's code for them depends on when they come (`EPROTO`,
 * `ERR_SSL_TLSV1_ALERT_UNKNOWN_CA` …), the alert's number does not.
 */
function isOurCertificate(message: string): boolean {
  return /SSL alert number (40|4[2-689]|116)\b/.test(message);
}

/** The hub does not speak the versions of TLS that were offered; nothing was sent. */
export function isTlsVersion(error: unknown): boolean {
  return (
    error instanceof KojibridgeError &&
    error.cause instanceof Error &&
    /SSL alert number 70\b/.test(error.cause.message)
  );
}

/** Whatever node:http threw, as an error that says what to do. What is already ours keeps its kind. */
export function toNetworkError(error: unknown, broken: Breakage): KojibridgeError {
  const context = { ...broken };
  if (error instanceof KojibridgeError) {
    return new KojibridgeError(error.kind, `hub ${broken.url}: ${error.message}`, {
      code: error.code ?? "koji.network",
      context,
    });
  }
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  const text = error instanceof Error ? error.message : String(error);
  const known = isOurCertificate(text) ? OURS : KNOWN.get(code);
  const what = known?.what ?? text;
  const kind = known?.kind ?? "transient";
  const label = code === "" ? "koji.network" : `koji.network.${code}`;
  return new KojibridgeError(kind, `hub ${broken.url}: ${what}`, { code: label, context, cause: error });
}
