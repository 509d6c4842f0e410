import { createHubWorld, type HubWorld } from "../../src/simulator/hub/index.ts";
import { createCaller } from "./hub-caller.ts";
import { RECORDED_CONTENT, RECORDED_POLICY, RECORDED_TIMING } from "./hub-recorded-content.ts";
import { createIds, type RecordedIds } from "./hub-recorded-ids.ts";
import { makeHistory, SITUATIONS } from "./hub-situations.ts";
import type { Exchange } from "./koji-exchanges.ts";
import { type RawAnswer, sendRaw } from "./raw-http.ts";

/** Plays recorded requests to a world that has the recorded hub's content, clock and ids. */
export interface Replay {
  readonly world: HubWorld;
  /** Sends one recorded request, at its recorded time and with the world's own session keys. */
  play(exchange: Exchange): Promise<RawAnswer>;
}

/** Groups were recorded one after the other, but some requests of one waited for another's. */
export function inRecordedOrder(exchanges: readonly Exchange[]): Exchange[] {
  let last = 0;
  const dated = exchanges.map((exchange) => {
    const date = Date.parse(exchange.response.headers.date ?? "");
    if (!Number.isNaN(date)) last = date;
    return { exchange, date: last };
  });
  return dated.sort((a, b) => a.date - b.date).map(({ exchange }) => exchange);
}

const START = Date.parse("2026-11-20T15:50:00Z");
const USERS = ["", "kojiadmin", "kojibridge", "packager", "kojira", "otheruser"];

export async function createReplay(exchanges: readonly Exchange[]): Promise<Replay> {
  const ids = createIds(exchanges);
  const world = createHubWorld({
    start: START,
    speed: 0,
    content: RECORDED_CONTENT,
    timing: RECORDED_TIMING,
    settings: { policy: RECORDED_POLICY, proxies: ["CN=kojibridge,O=Koji Test", "kojibridge@KOJI.TEST"] },
    identityHeaders: { verify: "x-verify", distinguishedName: "x-dn", commonName: "x-cn", principal: "x-user" },
    numbering: ids.numbering,
  });
  await world.listen();
  const keys = new Map<string, string>();
  await makeHistory(world, ids);
  return {
    world,
    async play(exchange) {
      const date = Date.parse(exchange.response.headers.date ?? "");
      if (date > world.now()) world.advance(date - world.now());
      if (/^cli-(fail-)?watch/.test(exchange.name)) world.advance(60);
      await SITUATIONS[exchange.name]?.(world, ids);
      await openSession(world, ids, keys, exchange);
      ids.expect(exchange);
      const restore = configure(world, exchange);
      const answer = await sendRaw(Number(new URL(world.url).port), rewrite(exchange, keys));
      restore();
      learnKey(exchange, answer, keys);
      return answer;
    },
  };
}

/** Logs in for sessions whose own login was not recorded; a key begins with its user's id. */
async function openSession(
  world: HubWorld,
  ids: RecordedIds,
  keys: Map<string, string>,
  { request }: Exchange,
): Promise<void> {
  const key = request.headers["koji-session-key"];
  const id = Number(request.headers["koji-session-id"]);
  if (key === undefined || keys.has(key) || world.sessions().some((session) => session.id === id)) return;
  const user = USERS[Number(key.split("-")[0])];
  if (user === undefined || id > 9999) return;
  ids.next({ session: id });
  keys.set(key, (await createCaller(() => world.url).login(user)).key);
}

/** The recorded hub ran in several configurations, told apart by their path. */
function configure({ settings, faults }: HubWorld, { request, name }: Exchange): () => void {
  const before = { ...settings };
  if (request.path.startsWith("/kojihub-lockout")) settings.lockOut = true;
  if (request.path.startsWith("/kojihub-nourl"))
    Object.assign(settings, { disableUrlSessions: true, loginCreatesUser: false });
  if (request.path.startsWith("/kojihub-offline")) faults.offline("planned outage for transcripts");
  if (name === "offline-database-outage") faults.offline("database outage");
  return () => Object.assign(settings, before);
}

function rewrite(exchange: Exchange, keys: ReadonlyMap<string, string>): Exchange["request"] {
  const { request } = exchange;
  const headers: Record<string, string> = { ...request.headers, ...IDENTITIES[exchange.name] };
  const key = headers["koji-session-key"];
  if (key !== undefined) headers["koji-session-key"] = keys.get(key) ?? key;
  let path = request.path.replace(/^\/kojihub-\w+/, "/kojihub");
  for (const [recorded, own] of keys) path = path.replace(recorded, own);
  return { ...request, headers, path };
}

const certificate = (name: string) => ({ "x-verify": "SUCCESS", "x-dn": `CN=${name},O=Koji Test`, "x-cn": name });
const ticket = (name: string) => ({ "x-verify": "NONE", "x-user": `${name}@KOJI.TEST` });

/** Who the web server said the client was: the world stands behind one. */
const IDENTITIES: Record<string, Record<string, string>> = {
  "sslLogin-cert": certificate("kojibridge"),
  "sslLogin-no-args": certificate("packager"),
  "sslLogin-proxyuser-ok": certificate("kojibridge"),
  "sslLogin-proxyuser-denied": certificate("packager"),
  "sslLogin-cert-only-hub": certificate("kojibridge"),
  "sslLogin-cert-only-hub-tls12": certificate("kojibridge"),
  "sslLogin-unknown-user-created": certificate("newcomer"),
  "sslLogin-unknown-user-LoginCreatesUser-off": certificate("newcomer"),
  "sslLogin-wrong-url-cert-optional-hub": certificate("kojibridge"),
  "ssllogin-url-other-method": certificate("kojibridge"),
  "gssapi-sslLogin-2-negotiate": ticket("kojibridge"),
  "gssapi-sslLogin-http-2-negotiate": ticket("kojibridge"),
  "gssapi-proxyuser": ticket("kojibridge"),
  "gssapi-proxyuser-denied": ticket("packager"),
  "gssapi-token-on-plain-kojihub": { "x-verify": "NONE" },
};

function learnKey({ outcome }: Exchange, answer: RawAnswer, keys: Map<string, string>): void {
  const recorded = outcome.kind === "result" ? JSON.stringify(outcome.value) : "";
  const [, old] = /"session-key":"([^"]+)"/.exec(recorded) ?? [];
  const [, own] = /<name>session-key<\/name>\n<value><string>([^<]+)/.exec(answer.body.toString()) ?? [];
  if (old !== undefined && own !== undefined) keys.set(old, own);
}
