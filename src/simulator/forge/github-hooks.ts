import { randomUUID } from "node:crypto";
import { deliver } from "./deliver.ts";
import { type Answer, paged, type Request } from "./exchange.ts";
import { type Hook, mayAs, type Repo, type Sending, type State, timestamp } from "./state.ts";

/** Sends it to that webhook, and remembers how it was answered: 0 is nobody. */
async function sendTo(state: State, hook: Hook, told: Pick<Sending, "event" | "payload" | "guid">): Promise<void> {
  const { event, payload, guid } = told;
  const at = timestamp(state);
  const sent = deliver(hook.url, { dialect: "github", event, payload, id: guid, secret: hook.secret });
  const status = await sent.then((answer) => answer.status).catch(() => 0);
  hook.sendings.push({ id: state.nextId(), guid, at, event, payload, status, isAgain: isKnown(hook, guid) });
}

function isKnown({ sendings }: Hook, guid: string): boolean {
  return sendings.some((sending) => sending.guid === guid);
}

export interface Hooks {
  /** A webhook of a repo on GitHub. */
  addHook(path: string, url: string, secret: string): void;
  /** Something happened there: every webhook is told, and how it answers is remembered. */
  happen(path: string, event: string, payload: unknown): Promise<void>;
}

export function createHooks(state: State, repoOf: (path: string) => Repo): Hooks {
  return {
    addHook: (path, url, secret) => void repoOf(path).hooks.push({ id: state.nextId(), url, secret, sendings: [] }),
    async happen(path, event, payload) {
      for (const hook of repoOf(path).hooks) await sendTo(state, hook, { event, payload, guid: randomUUID() });
    },
  };
}

/** https://docs.github.com/en/rest/repos/webhooks; null: not about webhooks. */
export function answerGitHubHooks(state: State, repo: Repo, request: Request): Answer | null {
  const [, , , kind, id, what, sending, verb] = request.path;
  if (kind !== "hooks") return null;
  // "resource not found" to whoever may not administer the repo.
  if (!mayAs(repo, request.user, "admin")) return null;
  if (id === undefined && request.method === "GET") return paged(request, repo.hooks.map(toHook), 30);
  const hook = repo.hooks.find((each) => String(each.id) === id);
  if (hook === undefined || what !== "deliveries") return null;
  if (sending === undefined && request.method === "GET") return page(hook, request);
  const found = hook.sendings.find((each) => String(each.id) === sending);
  if (found === undefined || verb !== "attempts" || request.method !== "POST") return null;
  void sendTo(state, hook, found);
  return { status: 202, body: {} };
}

function toHook({ id, url }: Hook) {
  return { type: "Repository", id, name: "web", active: true, events: ["*"], config: { url, content_type: "json" } };
}

/** Newest first, by a cursor and not by number: "cursor: Used for pagination: the starting delivery". */
function page({ sendings }: Hook, { query, url }: Request): Answer {
  const perPage = Math.min(Number(query.get("per_page") ?? 30) || 30, 100);
  const all = sendings.toReversed();
  const start = Math.max(
    0,
    all.findIndex((each) => `v1_${each.id}` === query.get("cursor")),
  );
  const body = all.slice(start, start + perPage).map(toSending);
  const following = all[start + perPage];
  if (following === undefined) return { status: 200, body };
  const next = new URL(url);
  next.searchParams.set("cursor", `v1_${following.id}`);
  return { status: 200, body, headers: { link: `<${next.href}>; rel="next"` } };
}

function toSending({ id, guid, at, event, status, isAgain }: Sending) {
  const words = status === 0 ? "failed to connect to host" : status < 300 ? "OK" : "Invalid HTTP Response";
  return {
    id,
    guid,
    delivered_at: at,
    redelivery: isAgain,
    duration: 0.1,
    status: words,
    status_code: status,
    event,
    action: null,
  };
}
