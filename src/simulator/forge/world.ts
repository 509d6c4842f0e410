import { once } from "node:events";
import { createFaults, type FaultRule } from "./faults.ts";
import { createOAuthPages, type OAuthApp } from "./oauth.ts";
import { createPopulation, type Population } from "./population.ts";
import { createForgeServer, type Logged } from "./server.ts";
import { createState } from "./state.ts";

export interface ForgeWorldOptions {
  /** Any free one when absent. */
  readonly port?: number;
  /** The time in epoch milliseconds. */
  readonly now?: () => number;
}

/** GitHub, GitLab and Forgejo on one socket: what they remember, what they refuse, and what can go wrong with them. */
export interface ForgeWorld extends Population {
  /** `url:` of a GitLab or Forgejo forge. */
  readonly url: string;
  /** `api_url:` of a GitHub forge. */
  readonly gitHubUrl: string;
  /** Every request so far and its answer. */
  readonly requests: readonly Logged[];
  addOAuthApp(app: OAuthApp): void;
  fail(rule: FaultRule): void;
  heal(): void;
  /** Nobody listens: connections are refused until `up`. */
  down(): Promise<void>;
  up(): Promise<void>;
  close(): Promise<void>;
}

export async function createForgeWorld({ port = 0, now = Date.now }: ForgeWorldOptions = {}): Promise<ForgeWorld> {
  const state = createState(now);
  const faults = createFaults();
  const requests: Logged[] = [];
  const oauth = createOAuthPages(state);
  const server = createForgeServer(state, faults, requests, oauth);

  async function listen(on: number): Promise<number> {
    server.listen(on, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    return typeof address === "object" && address !== null ? address.port : on;
  }
  async function down(): Promise<void> {
    if (!server.listening) return;
    const closed = once(server, "close");
    server.close();
    server.closeAllConnections();
    await closed;
  }

  const chosen = await listen(port);
  return {
    ...createPopulation(state),
    url: `http://127.0.0.1:${chosen}`,
    gitHubUrl: `http://127.0.0.1:${chosen}/api/v3`,
    addOAuthApp: oauth.addOAuthApp,
    requests,
    fail: faults.add,
    heal: faults.clear,
    down,
    up: async () => void (server.listening || (await listen(chosen))),
    close: down,
  };
}
