import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type Auth, createClient, encodeCall, type KojiClient } from "../../src/adapters/koji/index.ts";
import { createTransport, type PostRequest, type PostResponse } from "../../src/adapters/koji/transport.ts";
import { createHubWorld, type HubWorld } from "../../src/simulator/hub/index.ts";
import { type Apache, IDENTITY_HEADERS, type Layout, startApache } from "../support/apache.ts";
import { type Ca, type Certificate, createCa } from "../support/ca.ts";
import { describeWithParts } from "../support/parts.ts";
import { makeTempDir, removeTempDir } from "../support/temp-dir.ts";

const DAY = 24 * 3600 * 1000;

describeWithParts("login with a client certificate, through Apache", ["openssl", "apache"], () => {
  let dir: string;
  let ca: Ca;
  let apache: Apache;
  let world: HubWorld;
  let client: KojiClient | undefined;
  const certificates = new Map<string, Certificate>();

  beforeAll(async () => {
    dir = await makeTempDir();
    ca = await createCa(dir, "ours");
    const stranger = await createCa(dir, "stranger");
    certificates.set("kojibridge", await ca.issue("kojibridge"));
    certificates.set("packager", await ca.issue("packager"));
    certificates.set("newcomer", await ca.issue("newcomer"));
    certificates.set("expired", await ca.issue("kojibridge", { expired: true }));
    certificates.set("of an unknown CA", await stranger.issue("kojibridge"));
    world = createHubWorld({
      speed: 0,
      identityHeaders: IDENTITY_HEADERS,
      settings: { loginCreatesUser: false, proxies: ["CN=kojibridge,O=Koji Test"] },
    });
    await world.listen();
    apache = await startApache({
      dir,
      hub: world.url,
      layouts: ["everywhere", "documented", "modern"],
      server: await ca.issue("localhost", { server: true }),
      clientCa: ca.cert,
    });
  });

  afterEach(async () => {
    await client?.close();
    client = undefined;
  });

  afterAll(async () => {
    await apache?.stop();
    await world?.close();
    if (dir !== undefined) await removeTempDir(dir);
  });

  const pem = (name: string): string => certificates.get(name)?.pem ?? name;

  function connect(layout: Layout, auth: Auth, trusted: string | null = ca.cert): KojiClient {
    client = createClient({ url: apache.url(layout), ca: trusted, auth });
    return client;
  }

  const ssl = (cert: string, proxyuser: string | null = null): Auth => ({ method: "ssl", cert: pem(cert), proxyuser });

  /** A bare `sslLogin` on the newest TLS both sides speak, or at most `maxVersion`. */
  async function post(url: string, request: Pick<PostRequest, "path" | "headers" | "tls">): Promise<PostResponse> {
    const transport = createTransport({ url, ca: await readFile(ca.cert) });
    return transport.post({ body: encodeCall("sslLogin", []), fresh: true, ...request });
  }

  const layouts: readonly Layout[] = ["everywhere", "documented", "modern"];

  describe.each(layouts)("certificate asked for: %s", (layout) => {
    it("logs in as the certificate's CN", async () => {
      expect(await connect(layout, ssl("kojibridge")).getLoggedInUser()).toMatchObject({ name: "kojibridge" });
      expect(world.sessions().at(-1)).toMatchObject({ authType: 2 });
    });

    it("renews an expired session with the certificate", async () => {
      const { getLoggedInUser } = connect(layout, ssl("kojibridge"));
      await getLoggedInUser();
      const session = world.sessions().at(-1);
      world.advance(2 * DAY);
      expect(await getLoggedInUser()).toMatchObject({ name: "kojibridge" });
      expect(world.sessions().at(-1)).toMatchObject({ id: session?.id, renewTime: expect.any(Number) });
    });

    it("logs in as somebody else where the hub allows it", async () => {
      const user = await connect(layout, ssl("kojibridge", "packager")).getLoggedInUser();
      expect(user).toMatchObject({ name: "packager" });
    });

    it("says that the hub does not allow it", async () => {
      await expect(connect(layout, ssl("packager", "kojiadmin")).getLoggedInUser()).rejects.toMatchObject({
        kind: "auth",
        message: expect.stringContaining("CN=packager,O=Koji Test is not authorized to login other users"),
      });
    });

    it("says that the hub has no such user", async () => {
      await expect(connect(layout, ssl("newcomer")).getLoggedInUser()).rejects.toMatchObject({
        kind: "auth",
        message: expect.stringContaining("Unknown user: newcomer"),
      });
    });

    it.each(["expired", "of an unknown CA"])("says that a certificate is refused: %s", async (name) => {
      await expect(connect(layout, ssl(name)).getLoggedInUser()).rejects.toMatchObject({
        kind: "auth",
        message: expect.stringContaining("check `cert:`"),
      });
    });

    it("says that the hub's CA is not the one given", async () => {
      const { cert } = await createCa(dir, `other-${layout}`);
      await expect(connect(layout, ssl("kojibridge"), cert).getLoggedInUser()).rejects.toMatchObject({
        kind: "invalid",
        message: expect.stringContaining("give the hub's CA as `ca:`"),
      });
    });
  });

  it("knows a documented hub to refuse a certificate on TLS 1.3, which is why the login speaks 1.2", async () => {
    const { cert = "", key = "" } = certificates.get("kojibridge") ?? {};
    const tls = { cert: await readFile(cert), key: await readFile(key) };
    const path = "/ssllogin";
    expect(await post(apache.url("documented"), { path, tls })).toMatchObject({ status: 403 });
    expect(await post(apache.url("documented"), { path, tls: { ...tls, maxVersion: "TLSv1.2" } })).toMatchObject({
      status: 200,
    });
    await connect("documented", ssl("kojibridge")).getLoggedInUser();
    await connect("modern", ssl("kojibridge")).getLoggedInUser();
    await expect
      .poll(async () => (await apache.logins()).slice(-4))
      .toMatchObject([
        { tls: "TLSv1.3", status: 403 },
        { tls: "TLSv1.2", status: 200 },
        { tls: "TLSv1.2", status: 200 },
        { tls: "TLSv1.3", status: 200 },
      ]);
  });

  describe("a file that is no certificate with its key", () => {
    it.each([
      ["missing", async () => join(dir, "missing.pem"), "cannot be read"],
      ["nonsense", () => write("nonsense.pem", "nonsense"), "certificate"],
      ["without the key", async () => certificates.get("kojibridge")?.cert ?? "", "key"],
      ["with another's key", () => mix("kojibridge", "packager"), "key"],
    ])("%s", async (_, file, said) => {
      const error = await connect("everywhere", ssl(await file()))
        .getLoggedInUser()
        .catch((e: unknown) => e);
      expect(error).toMatchObject({ kind: "auth", message: expect.stringContaining(said) });
    });
  });

  async function write(name: string, text: string): Promise<string> {
    await writeFile(join(dir, name), text);
    return join(dir, name);
  }

  async function mix(cert: string, key: string): Promise<string> {
    const parts = [certificates.get(cert)?.cert ?? "", certificates.get(key)?.key ?? ""];
    return write("mixed.pem", (await Promise.all(parts.map((path) => readFile(path, "utf8")))).join(""));
  }

  it("does not believe what a client says about itself", async () => {
    const headers = { [IDENTITY_HEADERS.verify]: "SUCCESS", [IDENTITY_HEADERS.commonName]: "kojiadmin" };
    const { body } = await post(apache.url("documented"), { headers });
    expect(body.toString()).toContain("could not verify client: NONE");
  });
});
