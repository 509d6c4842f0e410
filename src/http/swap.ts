import type { FastifyInstance } from "fastify";

/** One socket whose application can be replaced; requests under way end in the one they began in. */
export interface Entrance {
  swap(next: FastifyInstance): Promise<void>;
  close(): Promise<void>;
}

/** `first` listens, or will, and goes on doing so for those that come after it. */
export function createEntrance(first: FastifyInstance): Entrance {
  let current = first;
  return {
    async swap(next) {
      await next.ready();
      const old = current;
      current = next;
      first.server.removeAllListeners("request");
      first.server.on("request", (request, response) => void next.server.emit("request", request, response));
      if (old !== first) await old.close();
    },
    async close() {
      await first.close();
      if (current !== first) await current.close();
    },
  };
}
