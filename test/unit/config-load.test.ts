import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { inspect } from "node:util";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Config } from "../../src/config/config.ts";
import { type LoadOptions, loadConfig, parseConfig } from "../../src/config/load.ts";
import { formatProblem } from "../../src/config/problem.ts";
import { parseAddress, parseDuration, parseSize } from "../../src/config/units.ts";
import { nearest } from "../../src/domain/suggest.ts";

const ENV = {
  API: "an-api-token-of-twenty-four",
  KOJI_PASSWORD: "koji-password",
  GITHUB_TOKEN: "github-token",
  GITHUB_WEBHOOK_SECRET: "github-webhook",
  SIGNING: "whsec_c2lnbmluZw==",
};

const MINIMAL = `hubs:
  koji:
    url: https://koji.example.org/kojihub
    auth: { method: password, username: bridge, password: { env: KOJI_PASSWORD } }
forges:
  github: { type: github, token: { env: GITHUB_TOKEN }, webhook_secret: { env: GITHUB_WEBHOOK_SECRET } }
rules:
  - { name: one, repos: "github:rpms/*", on: merge_request, build: { hub: koji, target: f42 } }
`;

/** Every key of version 1. This text only ever grows. */
const PROMISE = `
server:   { listen: 127.0.0.1:8080, public_url: https://kojibridge.example.org }
database: sqlite:./kojibridge.db
queue:    local
hubs:
  fedora:
    url: https://koji.fedoraproject.org/kojihub
    web_url: https://koji.fedoraproject.org/koji
    top_url: https://kojipkgs.fedoraproject.org
    ca: /etc/pki/tls/certs/koji-ca.crt
    auth: { method: password, username: bridge, password: { env: KOJI_PASSWORD } }
    poll_interval: 5s
forges:
  github: { type: github, api_url: https://api.github.com, token: { env: GITHUB_TOKEN }, webhook_secret: { env: GITHUB_WEBHOOK_SECRET } }
  work:   { type: gitlab, url: https://gitlab.example.org, token: { env: GITLAB_TOKEN }, webhook_secret: { file: ./secrets/gitlab }, signing_token: { env: GITLAB_SIGNING } }
  berg:   { type: forgejo, url: https://codeberg.org, token: { env: FORGEJO_TOKEN }, webhook_secret: { env: FORGEJO_SECRET } }
  tea:    { type: gitea, url: https://gitea.example.org, token: { env: FORGEJO_TOKEN }, webhook_secret: { env: FORGEJO_SECRET } }
reports:  { comments: always, language: en }
rules:
  - name: mr-scratch
    repos: ["github:rpms/*", "work:dist/**"]
    on: merge_request
    branches: ["f*", "main"]
    drafts: false
    comments: on_failure
    build: { hub: fedora, target: "{branch}-candidate", scratch: true, arches: [x86_64, aarch64], context: "koji/{branch}" }
  - name: release
    repos: ["github:rpms/*"]
    on: tag
    tags: ["v*"]
    build: { hub: fedora, target: [f42-candidate, c9s-candidate], scratch: false, source: "git+https://src.example.org/{repo}.git#{sha}" }
`;

let directory = "";
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "kojibridge-config-"));
});
afterAll(() => rmSync(directory, { recursive: true }));

function write(name: string, content: string | Uint8Array): string {
  writeFileSync(join(directory, name), content);
  return join(directory, name);
}

function good(text: string, options: Partial<LoadOptions> = {}): Config {
  const loaded = parseConfig(text, join(directory, "kojibridge.yaml"), { env: ENV, ...options });
  if (!loaded.ok) throw new Error(loaded.problems.map(formatProblem).join("\n"));
  return loaded.config;
}

function problems(text: string): string[] {
  const loaded = parseConfig(text, "k.yaml", { env: ENV });
  return loaded.ok ? [] : loaded.problems.map(formatProblem);
}

describe("a good configuration", () => {
  test("is filled in", () => {
    const config = good(MINIMAL);
    expect(config).toMatchObject({
      file: join(directory, "kojibridge.yaml"),
      server: {
        listen: { host: "127.0.0.1", port: 8080 },
        publicUrl: null,
        bodyLimit: 25 * 1024 * 1024,
        apiToken: null,
      },
      database: { kind: "sqlite", path: join(directory, "kojibridge.db") },
      queue: { kind: "local" },
      reports: { comments: "always", language: "en" },
    });
    expect(config.hubs.koji).toMatchObject({
      name: "koji",
      profile: null,
      url: "https://koji.example.org/kojihub",
      webUrl: null,
      topUrl: null,
      ca: null,
      auth: { method: "password", username: "bridge" },
      pollInterval: 5000,
    });
    expect(config.forges.github).toMatchObject({ type: "github", name: "github", apiUrl: "https://api.github.com" });
    expect(config.rules).toMatchObject([
      {
        name: "one",
        on: ["merge_request"],
        branches: null,
        tags: null,
        drafts: false,
        build: { hub: "koji", targets: ["f42"], scratch: true, arches: [], source: null, context: null },
        comments: null,
      },
    ]);
    expect(config.rules[0]?.repos.matches("github:rpms/bash")).toBe(true);
    expect(config.rules[0]?.repos.matches("github:src/bash")).toBe(false);
  });

  test("says all it can", () => {
    write("secret", "from-a-file\r\n");
    write("ca.pem", "x");
    const config = good(`${MINIMAL.replace(
      "forges:",
      `  cern:
    url: https://koji.example.org/other
    web_url: https://koji.example.org/koji/
    ca: ca.pem
    auth: { method: gssapi, principal: a@B, keytab: ca.pem, proxyuser: root }
    poll_interval: 2m
  cbs: { profile: cbs }
  lab: { url: http://lab, auth: { method: ssl, cert: ca.pem } }
  mirror: { url: http://lab, auth: { method: none } }
forges:
  work:
    type: gitlab
    url: https://gitlab.example.org/
    token: { file: secret }
    webhook_secret: [{ env: KOJI_PASSWORD }, { file: ./secret }]
    signing_token: { env: SIGNING }
    oauth: { client_id: us, client_secret: { file: secret } }`,
    )}server: { listen: "[::1]:0", public_url: "https://bridge.example.org/x/", body_limit: 512KB, rate_limit: 5/s, trust_proxy: "::1", api_token: { env: API } }
database: sqlite:data/k.db
reports: { comments: never }
`);
    expect(config.server).toEqual({
      listen: { host: "::1", port: 0 },
      publicUrl: "https://bridge.example.org/x",
      bodyLimit: 512 * 1024,
      rateLimit: { count: 5, per: 1_000 },
      trustProxy: [{ address: "::1", prefix: 128, family: "ipv6" }],
      apiToken: expect.anything(),
    });
    expect(config.server.apiToken?.reveal()).toBe(ENV.API);
    expect(config.forges.work?.oauth?.clientId).toBe("us");
    expect(config.forges.work?.oauth?.clientSecret.reveal()).toBe("from-a-file");
    expect(config.database).toEqual({ kind: "sqlite", path: join(directory, "data/k.db") });
    const pem = join(directory, "ca.pem");
    expect(config.hubs.cern).toMatchObject({
      webUrl: "https://koji.example.org/koji",
      ca: pem,
      auth: { method: "gssapi", principal: "a@B", keytab: pem, ccache: null, proxyuser: "root" },
      pollInterval: 120_000,
    });
    expect(config.hubs.cbs).toMatchObject({ profile: "cbs", url: null, auth: null });
    expect(config.hubs.lab?.auth).toEqual({ method: "ssl", cert: pem, proxyuser: null });
    expect(config.hubs.mirror?.auth).toEqual({ method: "none" });
    const { work } = config.forges;
    if (work?.type !== "gitlab") throw new Error("no GitLab");
    expect(work.url).toBe("https://gitlab.example.org");
    expect(work.token.reveal()).toBe("from-a-file");
    expect(work.webhookSecrets.map((secret) => secret.reveal())).toEqual(["koji-password", "from-a-file"]);
    expect(work.signingTokens.map((secret) => secret.reveal())).toEqual(["whsec_c2lnbmluZw=="]);
  });

  test("a Postgres server, with its password and without", () => {
    const url = "postgres://bridge@db.example.org:5433/kojibridge?sslmode=verify-full";
    expect(good(`${MINIMAL}database: ${url}`).database).toEqual({ kind: "postgres", url, password: null });
    const { database } = good(`${MINIMAL}database: { url: "${url}", password: { env: KOJI_PASSWORD } }`);
    expect(database).toMatchObject({ kind: "postgres", url });
    expect(database.kind === "postgres" && database.password?.reveal()).toBe("koji-password");
    const socket = "postgres:///kojibridge?host=/run/postgresql";
    expect(good(`${MINIMAL}database: ${socket}`).database).toEqual({ kind: "postgres", url: socket, password: null });
  });

  test.each([
    ["redis://localhost", { nodes: [{ host: "localhost", port: 6379 }] }],
    ["rediss://me@[::1]:6380/2", { nodes: [{ host: "::1", port: 6380 }], tls: true, username: "me", db: 2 }],
    [
      "redis+sentinel://one,two:26380/my%20master?db=3",
      {
        mode: "sentinel",
        nodes: [
          { host: "one", port: 26379 },
          { host: "two", port: 26380 },
        ],
        master: "my master",
        db: 3,
      },
    ],
    [
      "rediss+cluster://one:7000,10.0.0.2",
      {
        mode: "cluster",
        nodes: [
          { host: "one", port: 7000 },
          { host: "10.0.0.2", port: 6379 },
        ],
        tls: true,
      },
    ],
  ])("a queue at %s", (url, meant) => {
    const usual = { kind: "redis", mode: "single", master: null, db: 0, username: null, password: null };
    const rest = { sentinelPassword: null, tls: false, ca: null, prefix: "kojibridge" };
    expect(good(`${MINIMAL}queue: "${url}"`).queue).toEqual({ ...usual, ...rest, ...meant });
    const { queue } = good(`${MINIMAL}queue: { url: "${url}", prefix: k2, password: { env: KOJI_PASSWORD } }`);
    expect(queue).toMatchObject({ ...meant, prefix: "k2" });
    expect(queue.kind === "redis" && queue.password?.reveal()).toBe("koji-password");
  });

  test("cannot be changed", () => {
    const config = good(MINIMAL);
    expect(() => Object.assign(config, { rules: [] })).toThrow(TypeError);
    expect(() => Object.assign(config.rules[0]!.build, { scratch: false })).toThrow(TypeError);
  });

  test.each(["constructor", "toString", "__proto__"])("has no forge by chance: %s", (name) => {
    expect(good(MINIMAL).forges[name]).toBeUndefined();
  });

  test("may use anchors", () => {
    const text = MINIMAL.replace('repos: "github:rpms/*"', 'repos: &all ["github:**"]').replace(
      /$/,
      "  - { name: two, repos: *all, on: push, build: { hub: koji, target: f43 } }\n",
    );
    expect(good(text).rules[1]?.repos.patterns).toEqual(["github:**"]);
  });
});

describe("two rules that get along", () => {
  const rule = (name: string, build: string, events = "on: push") =>
    `  - { name: ${name}, repos: "github:**", ${events}, build: { hub: koji, ${build} } }\n`;

  test.each([
    [
      "other branches",
      rule("a", "target: x", "on: push, branches: a"),
      rule("b", "target: x, arches: [i686]", "on: push, branches: b"),
    ],
    ["other events", rule("a", "target: x", "on: push"), rule("b", "target: x, arches: [i686]", "on: tag")],
    ["other repos", rule("a", "target: x"), rule("b", "target: x, arches: [i686]").replace("**", "rpms/*")],
    ["other targets", rule("a", "target: x"), rule("b", "target: y, arches: [i686]")],
    [
      "other targets in one context",
      rule("a", 'target: x, context: "k/{target}"'),
      rule("b", 'target: y, context: "k/{target}"'),
    ],
    ["other contexts", rule("a", "target: x, context: a"), rule("b", "target: x, context: b, arches: [i686]")],
    ["scratch and real", rule("a", "target: x"), rule("b", "target: x, scratch: false")],
    ["the same build", rule("a", "target: x, arches: [a, b]"), rule("b", "target: x, scratch: true, arches: [b, a]")],
    ["targets that may be the same", rule("a", "target: x, context: a"), rule("b", 'target: "{branch}", context: a')],
  ])("%s", (_, a, b) => {
    expect(good(`${MINIMAL}${a}${b}`).rules).toHaveLength(3);
  });
});

describe("secrets", () => {
  const secret = () => {
    const auth = good(MINIMAL).hubs.koji?.auth;
    if (auth?.method !== "password") throw new Error("no password");
    return auth.password;
  };

  test("are revealed on demand only", () => {
    expect(secret().reveal()).toBe("koji-password");
    const config = good(MINIMAL);
    for (const shown of [JSON.stringify(config), inspect(config, { depth: 9 }), `${secret()}`, String(secret())]) {
      expect(shown).toContain("environment variable");
      expect(shown).not.toContain("koji-password");
    }
  });

  test("of the database alone are read where nobody else is contacted", () => {
    const text = `${MINIMAL}database: { url: postgres://db/k, password: { env: DB } }`;
    const { database, forges } = good(text, { env: { DB: "from-env" }, secrets: "database" });
    expect(database.kind === "postgres" && database.password?.reveal()).toBe("from-env");
    expect(() => forges.github?.token?.reveal()).toThrow(/was not read/);
    expect(parseConfig(text, "k.yaml", { env: {}, secrets: "database" })).toMatchObject({
      problems: [{ path: "database.password.env" }],
    });
  });

  test("need not be there when nobody is contacted", () => {
    const config = good(MINIMAL, { env: {}, secrets: "optional" });
    expect(() => config.forges.github?.token?.reveal()).toThrow("was not read");
    expect(problems(MINIMAL.replace("env: KOJI_PASSWORD", "env: NOPE"))).toHaveLength(1);
  });

  test("of an App are its private key", () => {
    const pem = "-----BEGIN RSA PRIVATE KEY-----\nabc\n-----END RSA PRIVATE KEY-----";
    const text = MINIMAL.replace("token: { env: GITHUB_TOKEN }", "app: { id: 7, private_key: { env: KEY } }");
    const { forges } = good(text, { env: { ...ENV, KEY: pem } });
    expect(forges.github).toMatchObject({ token: null, app: { id: 7, installation: null } });
    expect(forges.github?.type === "github" && forges.github.app?.privateKey.reveal()).toBe(pem);
  });

  test("are in no message", () => {
    const text = MINIMAL.replace("{ env: GITHUB_TOKEN }", "s3cr3t-token")
      .replace("{ env: KOJI_PASSWORD }", "[s3cr3t-password]")
      .replace("https://koji", "https://bridge:s3cr3t-url@koji")
      .replace("forges:", "forges:\n  lazy: s3cr3t-forge");
    const said = problems(text);
    expect(said).toHaveLength(4);
    expect(said.join("\n")).not.toContain("s3cr3t");
  });

  test("in a file that cannot be read as one", () => {
    mkdirSync(join(directory, "folder"), { recursive: true });
    const text = MINIMAL.replace("{ env: GITHUB_TOKEN }", `{ file: ${directory}/folder }`);
    expect(problems(text)).toEqual([expect.stringMatching(/^k\.yaml:6:42: forges\.github\.token\.file: .*EISDIR/)]);
  });
});

describe("the file", () => {
  test.each<[what: string, path: () => string, message: string]>([
    ["absent", () => join(directory, "absent.yaml"), "the file cannot be read (ENOENT)"],
    ["a directory", () => directory, "the file cannot be read (EISDIR)"],
    ["too large", () => write("large.yaml", "#".repeat(1024 * 1024 + 1)), "the file is larger than 1 MB"],
    ["no text", () => write("binary.yaml", new Uint8Array([0x61, 0xff, 0xfe])), "the file is not UTF-8 text"],
    ["empty", () => write("empty.yaml", ""), "the file is empty; start from templates/kojibridge-minimal.yaml"],
    [
      "only a comment",
      () => write("comment.yaml", "# later\n"),
      "the file is empty; start from templates/kojibridge-minimal.yaml",
    ],
    ["a list", () => write("list.yaml", "- a\n"), "expected a mapping (key: value), got a list"],
    ["a text", () => write("text.yaml", "hello\n"), "expected a mapping (key: value), got text"],
  ])("%s", (_, path, message) => {
    const file = path();
    expect(loadConfig(file, { env: {} })).toEqual({
      ok: false,
      problems: [{ file, line: 1, column: 1, path: "", message }],
    });
  });

  test("with a byte order mark and Windows line ends", () => {
    const file = write("windows.yaml", `\ufeff${MINIMAL.replaceAll("\n", "\r\n")}`);
    expect(loadConfig(file, { env: ENV })).toMatchObject({ ok: true });
  });

  test("an alias bomb", () => {
    const bomb = ["a: &a [x, x, x, x, x, x, x, x, x]"];
    for (const [i, name] of [..."bcdefghi"].entries())
      bomb.push(`${name}: &${name} [${`*${"abcdefgh"[i]}, `.repeat(9)}]`);
    expect(problems(bomb.join("\n"))).toEqual(["k.yaml:1:1: too many aliases; write the values out"]);
  });

  test.each(["[", "{a: ", "- ", "? "])("nested 20,000 times: %s", (part) => {
    const said = problems(`rules: ${part === "- " ? "\n" : ""}${part.repeat(20_000)}`);
    expect(said.length).toBeGreaterThan(0);
  });
});

describe("every problem at once", () => {
  test("in the order of the file", () => {
    const text = MINIMAL.replace("https://koji", "ftp://koji")
      .replace("GITHUB_TOKEN", "ABSENT")
      .replace("on: merge_request", "on: psh, brnches: x")
      .replace("hub: koji", "hub: kojo, scratch: false")
      .replace(/^/, "sever: {}\n");
    expect(problems(text)).toEqual([
      "k.yaml:1:1: sever: unknown key; did you mean `server`?",
      "k.yaml:4:10: hubs.koji.url: write an http:// or https:// URL, such as https://koji.example.org/kojihub",
      "k.yaml:7:41: forges.github.token.env: environment variable ABSENT is not set",
      'k.yaml:9:46: rules[0].on: expected push, tag, merge_request; got "psh"; did you mean `push`?',
      "k.yaml:9:51: rules[0].brnches: unknown key; did you mean `branches`?",
      "k.yaml:9:77: rules[0].build.hub: unknown hub `kojo`; did you mean `koji`?",
    ]);
  });

  test("a text that is spoilt anywhere gives problems or a configuration, never a crash", () => {
    const parts = [
      "{",
      "}",
      "[",
      "]",
      ":",
      "\n",
      "\t",
      "*x",
      "&x",
      "!y",
      '"',
      "'",
      "null",
      "- ",
      "5",
      "__proto__",
      "|",
      "#",
      "\u0000",
      "é",
    ];
    fc.assert(
      fc.property(fc.nat(MINIMAL.length), fc.nat(12), fc.constantFrom("", ...parts), (at, length, part) => {
        const loaded = parseConfig(MINIMAL.slice(0, at) + part + MINIMAL.slice(at + length), "k.yaml", { env: ENV });
        if (loaded.ok) return;
        expect(loaded.problems.length).toBeGreaterThan(0);
        for (const { line, column, message } of loaded.problems) {
          expect(line).toBeGreaterThan(0);
          expect(column).toBeGreaterThan(0);
          expect(message).not.toMatch(/Invalid|undefined|\[object|^$/);
        }
      }),
      { numRuns: 1500 },
    );
  });
});

describe("templates", () => {
  test.each(["kojibridge.yaml", "kojibridge-minimal.yaml"])("%s", (name) => {
    const file = fileURLToPath(new URL(`../../templates/${name}`, import.meta.url));
    expect(loadConfig(file, { env: {}, secrets: "optional" })).toMatchObject({ ok: true });
  });
});

test("the keys that were promised", () => {
  const config = good(PROMISE, { env: {}, secrets: "optional" });
  expect(config.hubs.fedora?.pollInterval).toBe(5000);
  expect(config.rules.map((rule) => rule.build.targets)).toEqual([
    ["{branch}-candidate"],
    ["f42-candidate", "c9s-candidate"],
  ]);
});

describe("words and units", () => {
  test.each([
    ["500ms", 500],
    ["5s", 5000],
    ["2m", 120_000],
    ["1h", 3_600_000],
    ["1d", 86_400_000],
    ["0s", null],
    ["5", null],
    ["5 s", null],
    ["-5s", null],
    ["1.5s", null],
    ["1h30m", null],
    ["5S", null],
  ])("the duration %s", (text, milliseconds) => {
    expect(parseDuration(text)).toBe(milliseconds);
  });

  test.each([
    ["25MB", 26_214_400],
    ["512KB", 524_288],
    ["0MB", null],
    ["25", null],
    ["25mb", null],
    ["25GB", null],
  ])("the size %s", (text, bytes) => {
    expect(parseSize(text)).toBe(bytes);
  });

  test.each([
    ["127.0.0.1:8080", { host: "127.0.0.1", port: 8080 }],
    ["localhost:0", { host: "localhost", port: 0 }],
    ["[::1]:80", { host: "::1", port: 80 }],
    ["::1:80", null],
    [":80", null],
    ["host", null],
    ["host:", null],
    ["host:65536", null],
    ["a b:80", null],
  ])("the address %s", (text, address) => {
    expect(parseAddress(text)).toEqual(address);
  });

  test.each([
    ["branch", ["branches", "build"], "branches"],
    ["publicUrl", ["public_url"], "public_url"],
    ["webhook-secret", ["webhook_secret"], "webhook_secret"],
    ["nothing", ["on", "name"], null],
    ["x", ["on"], null],
    ["a".repeat(1000), ["a"], null],
  ])("nearest to %s", (word, known, expected) => {
    expect(nearest(word, known)).toBe(expected);
  });
});
