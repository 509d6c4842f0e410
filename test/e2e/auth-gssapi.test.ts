import { existsSync } from "node:fs";
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type Auth, createClient, encodeCall, type KojiClient } from "../../src/adapters/koji/index.ts";
import { createTransport } from "../../src/adapters/koji/transport.ts";
import { createHubWorld, type HubWorld } from "../../src/simulator/hub/index.ts";
import { type Apache, IDENTITY_HEADERS, startApache } from "../support/apache.ts";
import { type Ca, type Certificate, createCa } from "../support/ca.ts";
import { type Impostor, startImpostor } from "../support/impostor.ts";
import { type Kdc, startKdc } from "../support/kdc.ts";
import { describeWithParts } from "../support/parts.ts";
import { makeTempDir, removeTempDir } from "../support/temp-dir.ts";

const DAY = 24 * 3600 * 1000;
const TICKET_LIFE = 2;
const USERS = ["kojibridge", "packager", "brief"];
const PRINCIPALS = ["HTTP/localhost", "HTTP/other", "kojibridge", "packager", "newcomer", "gone", "outage"];

const parts = ["openssl", "apache", "gssapiModule", "kdc", "kinit", "kerberosPackage"] as const;

describeWithParts("login with Kerberos, through Apache", parts, () => {
  let dir: string;
  let ca: Ca;
  let server: Certificate;
  let kdc: Kdc;
  let apache: Apache;
  let impostor: Impostor;
  let world: HubWorld;
  const clients: KojiClient[] = [];

  beforeAll(async () => {
    dir = await makeTempDir();
    ca = await createCa(dir, "ours");
    server = await ca.issue("localhost", { server: true });
    kdc = await startKdc({
      dir,
      principals: [...PRINCIPALS.map((name) => ({ name })), { name: "brief", life: TICKET_LIFE }],
    });
    await kdc.admin("delprinc -force gone");
    // libkrb5 listens to nothing else; a file of tests has a process of its own
    process.env.KRB5_CONFIG = kdc.config;
    world = createHubWorld({
      speed: 0,
      identityHeaders: IDENTITY_HEADERS,
      content: { users: USERS.map((name) => ({ name, principals: [`${name}@KOJI.TEST`] })) },
      settings: { loginCreatesUser: false, proxies: ["kojibridge@KOJI.TEST"] },
    });
    await world.listen();
    apache = await startGssapi("HTTP/localhost");
    impostor = await startImpostor(server, world.url);
  });

  async function startGssapi(service: string): Promise<Apache> {
    const home = join(dir, service.replace("/", "-"));
    await mkdir(home);
    const kerberos = { keytab: kdc.keytab(service), config: kdc.config };
    return startApache({ dir: home, hub: world.url, layouts: ["gssapi"], server, clientCa: ca.cert, kerberos });
  }

  afterEach(async () => {
    for (const client of clients.splice(0)) await client.close();
  });

  afterAll(async () => {
    await impostor?.stop();
    await apache?.stop();
    await kdc?.stop();
    await world?.close();
    if (dir !== undefined) await removeTempDir(dir);
  });

  const ANY = { method: "gssapi", principal: null, keytab: null, ccache: null, proxyuser: null } as const;

  function keytab(name: string, proxyuser: string | null = null): Auth {
    return { ...ANY, principal: `${name}@KOJI.TEST`, keytab: kdc.keytab(name), proxyuser };
  }

  function connect(auth: Auth, url = apache.url("gssapi")): KojiClient {
    const client = createClient({ url, ca: ca.cert, auth });
    clients.push(client);
    return client;
  }

  const login = (auth: Auth, url?: string) => connect(auth, url).getLoggedInUser();

  const rejection = (auth: Auth, url?: string) => login(auth, url).then(String, (error: unknown) => error);

  const tickets = async (name: string) =>
    (await kdc.requests(name)).filter((request) => request === "AS_REQ ISSUE krbtgt/KOJI.TEST").length;

  it("needs a keytab and nothing else", async () => {
    expect(await login(keytab("kojibridge"))).toMatchObject({ name: "kojibridge" });
    expect(world.sessions().at(-1)).toMatchObject({ authType: 3 });
    expect(await tickets("kojibridge")).toBe(1);
  });

  it("takes the ticket of a credential cache", async () => {
    const ccache = await kdc.kinit("packager");
    expect(await login({ ...ANY, ccache })).toMatchObject({ name: "packager" });
    expect(await tickets("packager")).toBe(1);
  });

  it("does not fill an empty credential cache from the keytab of another hub", async () => {
    await login(keytab("kojibridge"));
    const ccache = join(dir, "empty.ccache");
    expect(await rejection({ ...ANY, ccache })).toMatchObject({ kind: "auth", code: "koji.kerberos.ticket" });
    expect(existsSync(ccache)).toBe(false);
  });

  it("logs in as somebody else where the hub allows it", async () => {
    expect(await login(keytab("kojibridge", "packager"))).toMatchObject({ name: "packager" });
    expect(await rejection(keytab("packager", "kojibridge"))).toMatchObject({
      kind: "auth",
      message: expect.stringContaining("packager@KOJI.TEST is not authorized to login other users"),
    });
  });

  it("renews an expired session through Kerberos", async () => {
    const { getLoggedInUser } = connect(keytab("kojibridge"));
    await getLoggedInUser();
    const session = world.sessions().at(-1);
    world.advance(2 * DAY);
    expect(await getLoggedInUser()).toMatchObject({ name: "kojibridge" });
    expect(world.sessions().at(-1)).toMatchObject({ id: session?.id, renewTime: expect.any(Number) });
  });

  it("gets a new ticket from the keytab when the old one has expired, and says that a cache has", async () => {
    await login(keytab("brief"));
    const ccache = await kdc.kinit("brief");
    // younger than the ticket in memory, so both have expired when this one has
    await expect.poll(() => kdc.isValid(ccache), { timeout: 10_000, interval: 100 }).toBe(false);
    const before = await tickets("brief");
    expect(await rejection({ ...ANY, ccache })).toMatchObject({
      kind: "auth",
      message: expect.stringContaining("kinit"),
    });
    expect(await login(keytab("brief"))).toMatchObject({ name: "brief" });
    expect(await tickets("brief")).toBeGreaterThan(before);
  });

  describe("tokens", () => {
    it("are fresh for every login, with one ticket", async () => {
      await login(keytab("kojibridge"));
      await login(keytab("kojibridge"));
      await expect.poll(async () => (await apache.logins()).length).toBeGreaterThan(1);
      const tokens = (await apache.logins()).map(({ token }) => token);
      expect(new Set(tokens).size).toBe(tokens.length);
      expect(await tickets("kojibridge")).toBe(1);
    });

    it("cannot be used again by whoever saw them", async () => {
      await login(keytab("kojibridge"));
      await expect.poll(async () => (await apache.logins()).at(-1)?.status).toBe(200);
      const { token = "" } = (await apache.logins()).at(-1) ?? {};
      const transport = createTransport({ url: apache.url("gssapi"), ca: await readFile(ca.cert) });
      const body = encodeCall("sslLogin", []);
      const replay = { body, path: "/ssllogin", headers: { Authorization: token }, fresh: true };
      expect(token).toMatch(/^Negotiate \w/);
      expect(await transport.post(replay)).toMatchObject({ status: 401 });
    });
  });

  describe("refusals say what to do", () => {
    it.each([
      ["no such keytab", () => keytab("missing"), "missing.keytab cannot be read"],
      ["a keytab of somebody else", () => ({ ...keytab("packager"), principal: "kojibridge@KOJI.TEST" }), "kinit -kt"],
      ["a principal the KDC does not know", () => keytab("gone"), "kinit -kt"],
      ["a principal the hub does not know", () => keytab("newcomer"), "Unknown user: newcomer@KOJI.TEST"],
    ])("%s", async (_, auth, said) => {
      expect(await rejection(auth())).toMatchObject({ kind: "auth", message: expect.stringContaining(said) });
    });

    it("a service the KDC does not know; the host is the URL's, not what its address is called", async () => {
      const url = apache.url("gssapi").replace("localhost", "127.0.0.1");
      expect(await rejection(keytab("kojibridge"), url)).toMatchObject({
        kind: "auth",
        message: expect.stringContaining("HTTP@127.0.0.1"),
      });
      expect((await kdc.requests("kojibridge")).at(-1)).toBe("TGS_REQ LOOKING_UP_SERVER HTTP/127.0.0.1");
    });

    it("a hub without the key of its service", async () => {
      const other = await startGssapi("HTTP/other");
      const error = await rejection(keytab("kojibridge"), other.url("gssapi"));
      await other.stop();
      expect(error).toMatchObject({ kind: "auth", code: "koji.http.401" });
    });
  });

  describe("a server that cannot prove to be the hub", () => {
    const proofs: readonly [string, () => Promise<string | undefined>][] = [
      ["says nothing", async () => undefined],
      ["says nothing but Negotiate", async () => "Negotiate"],
      ["says nonsense", async () => "Negotiate bm9uc2Vuc2U="],
      ["says that all is well, without a proof", async () => "Negotiate oQcwBaADCgEA"],
      ["repeats the proof of an earlier login", async () => (await apache.logins()).at(-1)?.proof],
    ];

    it.each(proofs)("%s", async (_, proof) => {
      await login(keytab("kojibridge"));
      await expect.poll(async () => (await apache.logins()).at(-1)?.proof).toMatch(/^Negotiate \w/);
      impostor.proof = await proof();
      const before = world.count();
      const error = await rejection(keytab("kojibridge"), impostor.url);
      expect(error).toMatchObject({ kind: "auth", code: "koji.kerberos.mutual" });
      expect(world.count()).toBe(before + 1);
    });
  });

  // the last one: the KDC does not come back
  it("takes an outage of the KDC for what it is", async () => {
    await kdc.stop();
    expect(await rejection(keytab("outage"))).toMatchObject({ kind: "transient" });
    expect(await login(keytab("kojibridge"))).toMatchObject({ name: "kojibridge" });
  });
});
