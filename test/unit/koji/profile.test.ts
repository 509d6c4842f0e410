import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { optionsOf, readIni, type Sections } from "../../../src/adapters/koji/ini.ts";
import { loadProfile, type Profile } from "../../../src/adapters/koji/profile.ts";

/** Profiles as they would be with these files below / and ~. */
async function load(name: string, files: Record<string, string>): Promise<Profile> {
  const root = await mkdtemp(join(tmpdir(), "kojibridge-profile-"));
  try {
    for (const [file, text] of Object.entries(files)) {
      await mkdir(dirname(join(root, file)), { recursive: true });
      await writeFile(join(root, file), text);
    }
    const profile = await loadProfile(name, { etc: join(root, "etc"), home: join(root, "home") });
    return JSON.parse(JSON.stringify(profile).replaceAll(root, ""));
  } finally {
    await rm(root, { recursive: true });
  }
}

const conf = (server: string, more = ""): string => `[fedora]\nserver = ${server}\n${more}`;

describe("a profile", () => {
  test("comes from Koji's files, later ones winning option by option", async () => {
    const profile = await load("fedora", {
      "etc/koji.conf.d/a.conf": conf(
        "https://a.example.org/kojihub",
        "weburl = https://a.example.org/koji\ntopurl = https://a.example.org/files\n",
      ),
      "etc/koji.conf.d/b.conf": conf("https://b.example.org/kojihub", "weburl = https://b.example.org/koji\n"),
      "etc/koji.conf.d/z.conf.rpmsave": conf("https://z.example.org/kojihub"),
      "etc/koji.conf": conf("https://etc.example.org/kojihub"),
      "home/.koji/config.d/c.conf": conf("https://c.example.org/kojihub"),
      "home/.koji/config": conf(
        "https://home.example.org/kojihub/",
        "authtype = kerberos\nprincipal = bot@EXAMPLE.ORG\nkeytab = /etc/bot.keytab\n",
      ),
    });
    expect(profile).toEqual({
      url: "https://home.example.org/kojihub",
      webUrl: "https://b.example.org/koji",
      topUrl: "https://a.example.org/files",
      ca: null,
      auth: {
        method: "gssapi",
        principal: "bot@EXAMPLE.ORG",
        keytab: "/etc/bot.keytab",
        ccache: null,
        proxyuser: null,
      },
    });
  });

  const gssapi = { method: "gssapi", principal: null, keytab: null, ccache: null, proxyuser: null };
  test.each<[string, Record<string, string>, object]>([
    ["noauth", { "etc/koji.conf": conf("https://x", "authtype = noauth\n") }, { auth: { method: "none" } }],
    [
      "ssl with its files",
      { "etc/koji.conf": conf("https://x", "authtype = ssl\ncert = ~/my.pem\nserverca = /etc/ca.crt\n") },
      { auth: { method: "ssl", cert: "/home/my.pem", proxyuser: null }, ca: "/etc/ca.crt" },
    ],
    [
      "a certificate in its usual place",
      { "etc/koji.conf": conf("https://x"), "home/.koji/client.crt": "x", "home/.koji/serverca.crt": "x" },
      { auth: { method: "ssl", cert: "/home/.koji/client.crt", proxyuser: null }, ca: "/home/.koji/serverca.crt" },
    ],
    ["nothing: Kerberos", { "etc/koji.conf": conf("https://x") }, { auth: gssapi }],
    [
      "a password, which it does not hold",
      { "etc/koji.conf": conf("https://x", "authtype = password\n") },
      { auth: null },
    ],
    ["ssl without a certificate", { "etc/koji.conf": conf("https://x", "authtype = ssl\n") }, { auth: null }],
  ])("that says %s", async (_, files, expected) => {
    expect(await load("fedora", files)).toMatchObject(expected);
  });

  test.each(["fedora", "cbs", "stream", "rocky", "rpmfusion"])("%s is a preset where no file has it", async (name) => {
    const profile = await load(name, {});
    expect(profile.url).toMatch(/^https:\/\/[a-z.]+\/kojihub$/);
    expect(profile.webUrl).toMatch(/\/koji$/);
    expect(profile.auth?.method).toMatch(/^(gssapi|ssl)$/);
  });

  test("nobody knows is an error that names the known ones", async () => {
    await expect(load("brew", { "etc/koji.conf": "[mine]\nserver = https://x\n" })).rejects.toMatchObject({
      kind: "invalid",
      message: expect.stringMatching(/no Koji profile brew.*known: cbs, fedora, mine, rocky, rpmfusion, stream/),
    });
  });

  test("without a server is refused", async () => {
    await expect(load("mine", { "etc/koji.conf": "[mine]\nweburl = https://x\n" })).rejects.toThrow("has no server");
  });
});

describe("ini", () => {
  const read = (text: string, section = "a"): unknown => {
    const sections: Sections = new Map();
    readIni(text, "koji.conf", sections);
    const options = optionsOf(sections, section);
    return options === null ? null : Object.fromEntries(options);
  };

  test.each<[string, string, object | null]>([
    ["comments", "# x\n; y\n[a]\n  # z\nb = 1 ; no comment\n", { b: "1 ; no comment" }],
    ["colons, case, spaces", "[a]\nNAME : x = y\nother=z\n", { name: "x = y", other: "z" }],
    ["continued lines", "[a]\nb = 1\n  2\n\n  3\nc = 4\n", { b: "1\n2\n3", c: "4" }],
    [
      "interpolation (OSG's profile)",
      "[a]\nhub = koji.example.org\nserver = https://%(Hub)s/kojihub\np = 100%%\n",
      { hub: "koji.example.org", server: "https://koji.example.org/kojihub", p: "100%" },
    ],
    ["defaults", "[DEFAULT]\nx = 1\ny = 1\n[a]\ny = 2\n", { x: "1", y: "2" }],
    ["itself, in a circle", "[a]\nx = %(x)s\n", { x: "%(x)s" }],
    ["a section twice", "[a]\nx = 1\n[b]\n[a]\ny = 2\n", { x: "1", y: "2" }],
    ["CR LF", "[a]\r\nx = 1\r\n", { x: "1" }],
    ["an empty value", "[a]\nx =\n", { x: "" }],
    ["no such section", "[b]\n", null],
  ])("%s", (_, text, expected) => {
    expect(read(text)).toEqual(expected);
  });

  test.each([
    ["x = 1\n", 1],
    ["[a]\n\nnonsense\n", 3],
  ])("%j is refused with its line", (text, line) => {
    expect(() => read(text)).toThrow(`koji.conf, line ${line}`);
  });
});
