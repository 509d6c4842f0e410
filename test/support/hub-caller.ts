import { encodeCall, readResponse, type XmlRpcStruct, type XmlRpcValue } from "../../src/adapters/koji/xmlrpc.ts";

/** A bare-bones caller of a hub, which knows nothing of retries: what comes back is what was sent. */
export interface HubCaller {
  /** Logs in and numbers the calls that follow; returns the session. */
  login(user: string): Promise<{ id: number; key: string }>;
  /** The session's key. */
  key(): string;
  /** Goes on with a session that is open, from this call number. */
  resume(id: number, key: string, number: number): void;
  /** @throws the fault as `{ code, message }` */
  call(method: string, ...params: unknown[]): Promise<XmlRpcValue>;
}

export function createCaller(url: () => string): HubCaller {
  let session: { id: number; key: string } | undefined;
  let number = 0;
  const call = async (method: string, ...params: unknown[]) => {
    const headers: Record<string, string> = { "Content-Type": "text/xml" };
    if (session !== undefined) {
      headers["Koji-Session-Id"] = String(session.id);
      headers["Koji-Session-Key"] = session.key;
      headers["Koji-Session-Callnum"] = String(number++);
    }
    const response = await fetch(url(), { method: "POST", headers, body: encodeCall(method, params) });
    if (response.status !== 200) throw new Error(`HTTP ${response.status}`);
    const answer = readResponse(await response.text());
    if ("fault" in answer) throw answer.fault;
    return answer.value;
  };
  return {
    call,
    key: () => session?.key ?? "",
    resume(id, key, from) {
      session = { id, key };
      number = from;
    },
    async login(user) {
      const info = (await call("login", user, `${user}-test-password`)) as XmlRpcStruct;
      session = { id: Number(info["session-id"]), key: String(info["session-key"]) };
      number = 0;
      return session;
    },
  };
}
