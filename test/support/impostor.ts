import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { IDENTITY_HEADERS } from "./apache.ts";
import type { Certificate } from "./ca.ts";

/** Something that holds a good TLS certificate, takes any ticket, and cannot have read it. */
export interface Impostor {
  readonly url: string;
  /** The `WWW-Authenticate` it tries to pass with. */
  proof: string | undefined;
  stop(): Promise<void>;
}

/** Gives out sessions of the hub behind it. */
export async function startImpostor(certificate: Certificate, hub: string): Promise<Impostor> {
  const tls = { cert: await readFile(certificate.cert), key: await readFile(certificate.key) };
  const server = createServer(tls, async (request, response) => {
    const path = request.url?.replace("/kojihub", "") ?? "";
    const headers = { "Content-Type": "text/xml", [IDENTITY_HEADERS.principal]: "kojibridge@KOJI.TEST" };
    const answer = await fetch(`${hub}${path}`, { method: "POST", headers, body: await buffer(request) });
    if (impostor.proof !== undefined) response.setHeader("WWW-Authenticate", impostor.proof);
    response.setHeader("Content-Type", "text/xml");
    response.end(await answer.text());
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const impostor: Impostor = {
    url: `https://localhost:${(server.address() as AddressInfo).port}/kojihub`,
    proof: undefined,
    async stop() {
      server.closeAllConnections();
      await once(server.close(), "close");
    },
  };
  return impostor;
}
