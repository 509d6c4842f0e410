import { setMaxListeners } from "node:events";
import { readFileSync } from "node:fs";
import { KojibridgeError } from "../../domain/errors.ts";
import type { Authenticator } from "./auth/authenticator.ts";
import { createGssapiLogin, type GssapiAuth } from "./auth/gssapi.ts";
import { createPasswordLogin, type PasswordAuth } from "./auth/password.ts";
import { createSslLogin, type SslAuth } from "./auth/ssl.ts";
import type { BreakerOptions } from "./breaker.ts";
import { type Caller, createCaller } from "./caller.ts";
import { createExchanger, type OnCall } from "./exchange.ts";
import { createFence, type Fence } from "./fence.ts";
import type { HubClock } from "./hub-clock.ts";
import { createLogins, createSubsessions } from "./session-source.ts";
import { createSessions, type SessionSource, type Sessions } from "./sessions.ts";
import { createTransport, type TransportOptions } from "./transport.ts";

/** How to log in. `none`: the hub is only read. */
export type Auth =
  | ({ readonly method: "password" } & PasswordAuth)
  | ({ readonly method: "ssl" } & SslAuth)
  | ({ readonly method: "gssapi" } & GssapiAuth)
  | { readonly method: "none" };

export interface HubOptions extends Omit<TransportOptions, "ca"> {
  /** Path of a PEM file with the CAs to trust instead of the system's. */
  readonly ca?: string | null;
  readonly auth: Auth;
  readonly breaker?: BreakerOptions;
  /** Told of every call, as it ends. */
  readonly onCall?: OnCall;
  /** See SessionsOptions and FenceOptions. */
  readonly resendAfter?: readonly number[];
  readonly fencePatience?: number;
}

/** One hub, reachable: everything the typed calls stand on. */
export interface Connection {
  readonly caller: Caller;
  readonly sessions: Sessions;
  readonly fence: Fence;
  readonly clock: HubClock;
  /** See Breaker.openUntil. */
  downUntil(): number | null;
  /** Another line of calls, on a subsession. */
  branch(): Pick<Connection, "caller" | "sessions">;
  /** Logs out and lets go of every socket; calls under way fail. */
  close(): Promise<void>;
}

/** @throws KojibridgeError `invalid` when the URL or the CA file is none */
export function createConnection(options: HubOptions): Connection {
  const { ca, auth, breaker, onCall, resendAfter, fencePatience, ...rest } = options;
  const url = toUrl(options.url);
  const stop = new AbortController();
  // every request under way listens; Node would take more than ten for a leak
  setMaxListeners(0, stop.signal);
  const transport = createTransport({ ...rest, ...(ca ? { ca: readCa(ca) } : {}) });
  const exchanger = createExchanger(transport, breaker, onCall);
  const signal = stop.signal;
  const again = resendAfter === undefined ? {} : { resendAfter };
  const patience = fencePatience === undefined ? {} : { patience: fencePatience };

  function open(source: SessionSource): Pick<Connection, "caller" | "sessions"> {
    const sessions = createSessions({ exchanger, source, signal, ...again });
    return { sessions, caller: createCaller(exchanger, sessions, signal) };
  }

  const main = open(createLogins(exchanger, createAuthenticator(auth, url), signal));
  return {
    ...main,
    branch: () => open(createSubsessions(main.sessions)),
    fence: createFence({ exchanger, sessions: main.sessions, signal, ...patience }),
    clock: exchanger.clock,
    downUntil: exchanger.downUntil,
    async close() {
      stop.abort(new KojibridgeError("transient", "shutting down", { code: "koji.closed" }));
      await main.sessions.close();
      transport.close();
    },
  };
}

function createAuthenticator(auth: Auth, url: URL): Authenticator | undefined {
  if (auth.method === "none") return undefined;
  if (auth.method === "password") return createPasswordLogin(auth);
  if (url.protocol !== "https:") {
    throw new KojibridgeError(
      "invalid",
      `hub ${url}: \`auth: ${auth.method}\` needs a \`url:\` that begins with https://`,
      { code: "koji.url" },
    );
  }
  return auth.method === "ssl" ? createSslLogin(auth) : createGssapiLogin(auth, url.hostname);
}

function toUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.username !== "" || url.password !== "") {
    const message = "a hub's `url:` reads https://koji.example.org/kojihub; who we are belongs into `auth:`";
    throw new KojibridgeError("invalid", message, { code: "koji.url" });
  }
  return url;
}

function readCa(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    throw new KojibridgeError("invalid", `the hub's CA file ${path} cannot be read`, { code: "koji.ca", cause });
  }
}
