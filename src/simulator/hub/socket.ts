import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A listening socket that can go away and come back on the same port. */
export interface Socket {
  open(port: number): Promise<void>;
  /** Stops listening and breaks every open connection. */
  close(): Promise<void>;
  port(): number;
}

export function createSocket(handle: (request: IncomingMessage, response: ServerResponse) => Promise<void>): Socket {
  let server: Server | undefined;
  let lastPort = 0;
  return {
    async open(port) {
      server = createServer({ keepAliveTimeout: 15_000 }, (request, response) => {
        handle(request, response).catch((error: unknown) =>
          response.destroy(error instanceof Error ? error : undefined),
        );
      });
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      server.once("error", reject);
      server.listen(port, "127.0.0.1", resolve);
      await promise;
      lastPort = (server.address() as AddressInfo).port;
    },
    async close() {
      const closing = server;
      server = undefined;
      if (closing === undefined) return;
      const { promise, resolve } = Promise.withResolvers<void>();
      closing.close(() => resolve());
      closing.closeAllConnections();
      await promise;
    },
    port: () => lastPort,
  };
}
