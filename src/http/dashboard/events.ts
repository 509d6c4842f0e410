import type { ServerResponse } from "node:http";
import type { Gallery } from "../../ports/gallery.ts";

export interface Events {
  /** False: too many listen already. */
  join(response: ServerResponse): boolean;
  stop(): void;
}

export interface EventsDeps {
  readonly gallery: Pick<Gallery, "changes">;
  readonly now: () => number;
}

const EVERY_MS = 1_000;
/** Proxies cut a connection that says nothing. */
const BEAT_MS = 20_000;
const MOST_LISTENERS = 500;
const MOST_CHANGES = 200;
/** Clocks of several processes differ, and a transaction is older than its commit. */
const OVERLAP_MS = 5_000;

/**
 * Which builds changed, as server-sent events. One look a second at the database for everybody who listens, and none when
 * nobody does: whoever saved it, this process or another, is the same.
 */
export function createEvents({ gallery, now }: EventsDeps): Events {
  const listeners = new Set<ServerResponse>();
  let timer: NodeJS.Timeout | undefined;
  let told = new Map<string, number>();
  let since = 0;
  let beat = 0;

  async function look(): Promise<string[]> {
    const changes = await gallery.changes(since, MOST_CHANGES);
    const fresh = changes.filter(({ id, revision }) => told.get(id) !== revision);
    const last = changes.at(-1);
    // A full page goes on where it ended; else some of the past is looked at again.
    since =
      changes.length === MOST_CHANGES && last !== undefined ? last.updatedAt : Math.max(since, now() - OVERLAP_MS);
    told = new Map(changes.map(({ id, revision }) => [id, revision]));
    return [...new Set(fresh.map(({ id }) => id))];
  }

  async function turn(): Promise<void> {
    try {
      const ids = await look();
      if (ids.length > 0) send(`event: builds\ndata: ${JSON.stringify(ids)}\n\n`);
      else if (now() - beat > BEAT_MS) send(": still here\n\n");
    } catch {
      // The database is away: the next turn looks at the same stretch of time again.
    }
    timer = listeners.size === 0 ? undefined : setTimeout(turn, EVERY_MS);
  }

  function send(text: string): void {
    beat = now();
    for (const listener of listeners) {
      // Who does not read what was sent long ago is not there any more.
      if (listener.writableLength > 64 * 1024) listener.destroy();
      else listener.write(text);
    }
  }

  async function begin(): Promise<void> {
    since = now() - OVERLAP_MS;
    told = new Map();
    await look().catch(() => []);
    timer = listeners.size === 0 ? undefined : setTimeout(turn, EVERY_MS);
  }

  return {
    join(response) {
      if (listeners.size >= MOST_LISTENERS) return false;
      listeners.add(response);
      response.on("close", () => listeners.delete(response));
      response.write("retry: 3000\n\n");
      if (timer === undefined && listeners.size === 1) void begin();
      return true;
    },
    stop() {
      clearTimeout(timer);
      for (const listener of listeners) listener.end();
      listeners.clear();
    },
  };
}
