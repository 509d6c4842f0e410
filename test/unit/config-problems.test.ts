import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Loaded, parseConfig } from "../../src/config/load.ts";

/** A good configuration; each row spoils one thing in it. */
const GOOD = `hubs:
  koji:
    url: https://koji.example.org/kojihub
    auth: { method: password, username: bridge, password: { env: SECRET } }
forges:
  github:
    type: github
    token: { env: SECRET }
    webhook_secret: { env: SECRET }
  work:
    type: gitlab
    url: https://gitlab.example.org
    token: { env: SECRET }
    signing_token: { env: SIGNING }
rules:
  - name: one
    repos: "github:rpms/*"
    on: push
    branches: main
    build: { hub: koji, target: "{branch}-x" }
  - name: two
    repos: ["work:dist/**"]
    on: [tag]
    build:
      hub: koji
      target: c9s
      scratch: false
`;

const ENV = { SECRET: "hunter2-hunter2", SIGNING: "whsec_c2VjcmV0", EMPTY: "" };

let directory = "";

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "kojibridge-config-"));
  writeFileSync(join(directory, "present"), "a secret\n");
  writeFileSync(join(directory, "empty"), "\n");
});

afterAll(() => rmSync(directory, { recursive: true }));

const load = (text: string): Loaded => parseConfig(text, join(directory, "kojibridge.yaml"), { env: ENV });

/** `line:column path: message` of each problem. */
function problemsOf(from: string, to: string): string[] {
  expect(GOOD).toContain(from);
  const loaded = load(GOOD.replace(from, () => to));
  if (loaded.ok) return [];
  return loaded.problems.map(({ line, column, path, message }) =>
    `${line}:${column} ${path === "" ? "" : `${path}: `}${message}`.replace(`${directory}/`, ""),
  );
}

test("the good configuration is good", () => {
  expect(load(GOOD)).toMatchObject({ ok: true });
});

type Row = [what: string, from: string, to: string, ...problems: string[]];

describe("YAML", () => {
  test.each<Row>([
    ["a tab", "    url: https://koji", "\turl: https://koji", "3:1 a tab; indent with spaces"],
    [
      "a key twice",
      "    type: github\n",
      "    type: github\n    type: github\n",
      "8:5 this key is there twice; keep one",
    ],
    [
      "a key twice and another mistake",
      "    type: github\n",
      "    type: github\n    type: gitlob\n",
      '7:11 forges.github.type: expected github, gitlab, forgejo, gitea; got "gitlob"; did you mean `gitlab`?',
      "8:5 this key is there twice; keep one",
    ],
    ["an open quote", '"github:rpms/*"', '"github:rpms/*', '17:26 missing closing quote "'],
    [
      "an open bracket",
      '["work:dist/**"]',
      '["work:dist/**"',
      "23:5 flow sequence in block collection must be sufficiently indented and end with a ]",
    ],
    [
      "an exclusion without quotes",
      "branches: main",
      "branches: [f*, !main]",
      "19:20 a text that starts with `!` needs quotes",
    ],
    ["a glob without quotes", "branches: main", "branches: *", '19:15 a text that starts with `*` needs quotes: "*"'],
    [
      "a glob without quotes that looks like an alias",
      "branches: main",
      "branches: *-main",
      "19:15 nothing is anchored as `-main`; a text that starts with `*` needs quotes",
    ],
    [
      "two exclusions without quotes",
      "branches: main",
      "branches: [!a, !b]",
      "19:16 a text that starts with `!` needs quotes",
      "19:20 a text that starts with `!` needs quotes",
    ],
    [
      "two keys twice on one line",
      "{ hub: koji, target",
      "{ hub: koji, hub: a, scratch: true, scratch: true, target",
      "20:19 rules[0].build.hub: unknown hub `a`; there is koji",
      "20:25 this key is there twice; keep one",
      "20:48 this key is there twice; keep one",
    ],
    [
      "a reserved character",
      "branches: main",
      "branches: @main",
      "19:15 a text that starts with this character needs quotes",
    ],
    ["two documents", "rules:", "---\nrules:", "15:1 a second document; one file holds one configuration"],
    [
      "a directive",
      "hubs:\n  koji",
      "%YAML 1.1\n---\nhubs:\n  koji",
      "1:1 this file is read as YAML 1.2; remove the %YAML line",
    ],
    [
      "a mapping in a line",
      "    on: push",
      "    on: push: yes",
      "18:9 nested mappings are not allowed in compact mappings",
    ],
  ])("%s", (_, from, to, ...problems) => {
    expect(problemsOf(from, to).map(shorten)).toEqual(problems);
  });
});

describe("hubs", () => {
  test.each<Row>([
    [
      "a name with a dot that is fine, and a mistake",
      "  koji:\n",
      "  a.b: { url: x }\n  koji:\n",
      '2:15 hubs."a.b".url: write an http:// or https:// URL, such as https://koji.example.org/kojihub',
    ],
    [
      "a name that is none",
      "  koji:\n",
      '  "ko ji":\n',
      '2:3 hubs."ko ji": write a name of letters, digits and `._-`',
      "20:19 rules[0].build.hub: unknown hub `koji`; did you mean `ko ji`?",
      "25:12 rules[1].build.hub: unknown hub `koji`; did you mean `ko ji`?",
    ],
    [
      "no address",
      "    url: https://koji.example.org/kojihub\n",
      "",
      "2:3 hubs.koji.url: missing; the hub's XML-RPC address, or a `profile` that knows it",
    ],
    [
      "another scheme",
      "https://koji.example.org/kojihub",
      "ftp://koji.example.org/kojihub",
      "3:10 hubs.koji.url: write an http:// or https:// URL, such as https://koji.example.org/kojihub",
    ],
    [
      "a password in the URL",
      "https://koji.example.org/kojihub",
      "https://bridge:hunter2@koji.example.org/kojihub",
      "3:10 hubs.koji.url: no user or password in a URL: whoever sees the URL has it",
    ],
    [
      "a query",
      "https://koji.example.org/kojihub",
      "https://koji.example.org/kojihub?x=1",
      "3:10 hubs.koji.url: no `?` and no `#` in this URL",
    ],
    [
      "a space in the URL",
      "https://koji.example.org/kojihub",
      "https://koji.example.org/koji hub",
      "3:10 hubs.koji.url: write an http:// or https:// URL, such as https://koji.example.org/kojihub",
    ],
    [
      "no auth where rules build",
      "    auth: { method: password, username: bridge, password: { env: SECRET } }",
      "",
      "20:19 rules[0].build.hub: hub `koji` has no `auth`, so nothing can be built there",
      "25:12 rules[1].build.hub: hub `koji` has no `auth`, so nothing can be built there",
    ],
    [
      "read-only where rules build",
      "    auth: { method: password, username: bridge, password: { env: SECRET } }",
      "    auth: { method: none }",
      "20:19 rules[0].build.hub: hub `koji` has no `auth`, so nothing can be built there",
      "25:12 rules[1].build.hub: hub `koji` has no `auth`, so nothing can be built there",
    ],
    [
      "an unknown method",
      "    auth: { method: password, username: bridge, password: { env: SECRET } }",
      "    auth: { method: kerberos }",
      '4:21 hubs.koji.auth.method: expected password, ssl, gssapi, none; got "kerberos"',
    ],
    [
      "no method",
      "    auth: { method: password, username: bridge, password: { env: SECRET } }",
      "    auth: { username: bridge }",
      "4:5 hubs.koji.auth.method: missing; expected password, ssl, gssapi, none",
    ],
    [
      "a key of another method",
      "    auth: { method: password, username: bridge, password: { env: SECRET } }",
      "    auth: { method: password, username: bridge, password: { env: SECRET }, keytab: x }",
      "4:76 hubs.koji.auth.keytab: unknown key; expected method, username, password",
    ],
    [
      "neither keytab nor ccache",
      "    auth: { method: password, username: bridge, password: { env: SECRET } }",
      "    auth: { method: gssapi, principal: a@B }",
      "4:5 hubs.koji.auth: say `keytab` or `ccache`, one of the two",
    ],
    [
      "keytab and ccache",
      "    auth: { method: password, username: bridge, password: { env: SECRET } }",
      "    auth: { method: gssapi, principal: a@B, keytab: present, ccache: present }",
      "4:5 hubs.koji.auth: say `keytab` or `ccache`, one of the two",
    ],
    [
      "a keytab without principal",
      "    auth: { method: password, username: bridge, password: { env: SECRET } }",
      "    auth: { method: gssapi, keytab: present }",
      "4:5 hubs.koji.auth.principal: missing; the principal whose key is in the keytab",
    ],
    [
      "no certificate",
      "    auth: { method: password, username: bridge, password: { env: SECRET } }",
      "    auth: { method: ssl }",
      "4:5 hubs.koji.auth.cert: missing: PEM file with the client certificate and its key",
    ],
    [
      "a certificate that is not there",
      "    auth: { method: password, username: bridge, password: { env: SECRET } }",
      "    auth: { method: ssl, cert: absent.pem }",
      "4:32 hubs.koji.auth.cert: file absent.pem cannot be read (ENOENT)",
    ],
    [
      "a number for an interval",
      "    auth: { method: password, username: bridge, password: { env: SECRET } }",
      "    auth: { method: password, username: bridge, password: { env: SECRET } }\n    poll_interval: 5",
      "5:20 hubs.koji.poll_interval: write a duration, such as 500ms, 5s, 2m, 1h or 1d",
    ],
    [
      "an interval without unit",
      "    auth: { method: password, username: bridge, password: { env: SECRET } }",
      '    auth: { method: password, username: bridge, password: { env: SECRET } }\n    poll_interval: "5"',
      "5:20 hubs.koji.poll_interval: write a duration, such as 500ms, 5s, 2m, 1h or 1d",
    ],
    [
      "no interval at all",
      "    auth: { method: password, username: bridge, password: { env: SECRET } }",
      "    auth: { method: password, username: bridge, password: { env: SECRET } }\n    poll_interval: 0s",
      "5:20 hubs.koji.poll_interval: write a duration, such as 500ms, 5s, 2m, 1h or 1d",
    ],
    [
      "a list for a path",
      "    auth: { method: password, username: bridge, password: { env: SECRET } }",
      "    auth: { method: password, username: bridge, password: { env: SECRET } }\n    ca: [a, b]",
      "5:5 hubs.koji.ca: expected text, got a list",
    ],
  ])("%s", (_, from, to, ...problems) => {
    expect(problemsOf(from, to).map(shorten)).toEqual(problems);
  });
});

describe("keys and sections", () => {
  test.each<Row>([
    ["an unknown section", "rules:", "sever: {}\nrules:", "15:1 sever: unknown key; did you mean `server`?"],
    [
      "two unknown keys in one place",
      "    on: push",
      "    evnts: push\n    on: push\n    zzzzzzzz: 1",
      "18:5 rules[0].evnts: unknown key; expected …",
      "20:5 rules[0].zzzzzzzz: unknown key; expected …",
    ],
    [
      "a key in another spelling",
      "    type: gitlab",
      "    webhook-secret: { env: SECRET }\n    type: gitlab",
      "11:5 forges.work.webhook-secret: unknown key; did you mean `webhook_secret`?",
    ],
    [
      "a singular",
      "    branches: main",
      "    branch: main",
      "19:5 rules[0].branch: unknown key; did you mean `branches`?",
    ],
    [
      "a key of another variant",
      "    type: github\n",
      "    type: github\n    url: https://github.example.org\n",
      "8:5 forges.github.url: unknown key; expected …",
    ],
    ["a prototype", "rules:", "__proto__: {}\nrules:", "15:1 __proto__: unknown key; expected …"],
    [
      "no rules",
      "rules:\n",
      "rulez:\n",
      "1:1 rules: missing: Which events build what",
      "15:1 rulez: unknown key; did you mean `rules`?",
    ],
    [
      "an empty section",
      "hubs:\n  koji:\n    url: https://koji.example.org/kojihub\n    auth: { method: password, username: bridge, password: { env: SECRET } }\n",
      "hubs: {}\n",
      "1:1 hubs: name at least one",
    ],
    [
      "a text for a hub",
      "  koji:\n",
      "  lab: https://koji.example.org\n  koji:\n",
      "2:8 hubs.lab: expected a mapping (key: value), got text",
    ],
    [
      "no value",
      "    url: https://gitlab.example.org",
      "    url:",
      "12:5 forges.work.url: no value; give it one or remove the key",
    ],
  ])("%s", (_, from, to, ...problems) => {
    expect(problemsOf(from, to).map(shorten)).toEqual(problems);
  });
});

describe("server, database, queue, reports", () => {
  test.each<Row>([
    [
      "a port alone",
      "rules:",
      "server: { listen: 8080 }\nrules:",
      "15:19 server.listen: write HOST:PORT, such as 127.0.0.1:8080 or [::1]:8080",
    ],
    [
      "a port beyond",
      "rules:",
      'server: { listen: "127.0.0.1:70000" }\nrules:',
      "15:19 server.listen: write HOST:PORT, such as 127.0.0.1:8080 or [::1]:8080",
    ],
    [
      "a URL to listen on",
      "rules:",
      'server: { listen: "http://localhost:8080" }\nrules:',
      "15:19 server.listen: write HOST:PORT, such as 127.0.0.1:8080 or [::1]:8080",
    ],
    [
      "a size in words",
      "rules:",
      "server: { body_limit: 25 megabytes }\nrules:",
      "15:23 server.body_limit: write a size, such as 512KB or 25MB",
    ],
    [
      "a rate without its time",
      "rules:",
      "server: { rate_limit: 600 }\nrules:",
      "15:23 server.rate_limit: write a rate, such as 10/s, 600/m or 5000/h, or off",
    ],
    [
      "a rate that lets nobody in",
      "rules:",
      "server: { rate_limit: 0/s }\nrules:",
      "15:23 server.rate_limit: write a rate, such as 10/s, 600/m or 5000/h, or off",
    ],
    [
      "a network longer than its address",
      "rules:",
      "server: { trust_proxy: [10.0.0.0/33] }\nrules:",
      "15:25 server.trust_proxy[0]: write an address or a network, such as 192.0.2.7, 192.0.2.0/24 or 2001:db8::/32",
    ],
    [
      "a name where networks are needed",
      "    webhook_secret: { env: SECRET }",
      "    webhook_secret: { env: SECRET }\n    allow: github.com",
      "10:12 forges.github.allow: write an address or a network, such as 192.0.2.7, 192.0.2.0/24 or 2001:db8::/32",
    ],
    [
      "a number of bytes",
      "rules:",
      "server: { body_limit: 26214400 }\nrules:",
      "15:23 server.body_limit: write a size, such as 512KB or 25MB",
    ],
    [
      "a public URL without a scheme",
      "rules:",
      "server: { public_url: bridge.example.org }\nrules:",
      "15:23 server.public_url: write an http:// or https:// URL, such as https://koji.example.org/kojihub",
    ],
    ["an empty server", "rules:", "server:\nrules:", "15:1 server: no value; give it one or remove the key"],
    [
      "a database's password inline",
      "rules:",
      "database: postgres://kojibridge:hunter2@db/kojibridge\nrules:",
      "15:11 database: a password is never inline; write database: { url: …, password: { env: NAME } }",
    ],
    [
      "a database's password as a parameter",
      "rules:",
      'database: { url: "postgres://db/kojibridge?password=hunter2", password: { env: SECRET } }\nrules:',
      "15:18 database.url: a password is never inline; write database: { url: …, password: { env: NAME } }",
    ],
    [
      "a database server without a database",
      "rules:",
      "database: postgres://db\nrules:",
      "15:11 database: the name of the database is missing; write postgres://USER@HOST:PORT/NAME",
    ],
    [
      "a database URL that is none",
      "rules:",
      'database: "postgres://kojibridge:hunter2@/kojibridge"\nrules:',
      "15:11 database: write postgres://USER@HOST:PORT/NAME, or postgres:///NAME?host=/run/postgresql",
    ],
    [
      "a misspelt parameter of the database",
      "rules:",
      "database: postgres://db/kojibridge?ssl_mode=require\nrules:",
      "15:11 database: unknown parameter; did you mean `sslmode`?",
    ],
    [
      "a sslmode that falls back to plain text",
      "rules:",
      "database: postgres://db/kojibridge?sslmode=prefer\nrules:",
      "15:11 database: sslmode is one of disable, require, verify-ca, verify-full",
    ],
    [
      "an authority nobody asks",
      "rules:",
      "database: postgres://db/kojibridge?sslrootcert=/ca.pem\nrules:",
      "15:11 database: sslrootcert needs an sslmode",
    ],
    [
      "verify-ca without an authority",
      "rules:",
      "database: postgres://db/kojibridge?sslmode=verify-ca\nrules:",
      "15:11 database: verify-ca needs sslrootcert, or write verify-full",
    ],
    [
      "a relative path in the database URL",
      "rules:",
      "database: postgres://db/kojibridge?sslmode=verify-full&sslrootcert=ca.pem\nrules:",
      "15:11 database: write the absolute path of sslrootcert",
    ],
    [
      "a password for a file",
      "rules:",
      "database: { url: sqlite:./kojibridge.db, password: { env: SECRET } }\nrules:",
      "15:18 database.url: write postgres://USER@HOST:PORT/NAME, or postgres:///NAME?host=/run/postgresql",
    ],
    [
      "a database password that is not there",
      "rules:",
      "database: { url: postgres://db/kojibridge, password: { env: NOT_SET } }\nrules:",
      "15:61 database.password.env: environment variable NOT_SET is not set",
    ],
    [
      "an inline database password",
      "rules:",
      "database: { url: postgres://db/kojibridge, password: hunter2 }\nrules:",
      "15:54 database.password: secrets are never inline; write { env: NAME } or { file: path }",
    ],
    [
      "a number as database",
      "rules:",
      "database: 5432\nrules:",
      "15:11 database: write sqlite:PATH, such as sqlite:./kojibridge.db, or postgres://USER@HOST:PORT/NAME",
    ],
    [
      "a database without a scheme",
      "rules:",
      "database: ./kojibridge.db\nrules:",
      "15:11 database: write sqlite:PATH, such as sqlite:./kojibridge.db, or postgres://USER@HOST:PORT/NAME",
    ],
    [
      "a database that forgets",
      "rules:",
      'database: "sqlite::memory:"\nrules:',
      "15:11 database: write sqlite:PATH, such as sqlite:./kojibridge.db, or postgres://USER@HOST:PORT/NAME",
    ],
    ["an unknown queue", "rules:", "queue: locl\nrules:", "15:8 queue: write local, or redis://HOST:PORT"],
    [
      "a queue's password inline",
      "rules:",
      'queue: "rediss://:hunter2@redis/0"\nrules:',
      "15:8 queue: a password is never inline; write queue: { url: …, password: { env: NAME } }",
    ],
    [
      "Sentinels without a master",
      "rules:",
      'queue: "redis+sentinel://one,two:26379"\nrules:',
      "15:8 queue: the name of the master is missing; write redis+sentinel://HOST,HOST/MASTER",
    ],
    [
      "several servers of one Redis",
      "rules:",
      'queue: { url: "redis://one,two" }\nrules:',
      "15:15 queue.url: several servers are redis+sentinel:// or redis+cluster://",
    ],
    [
      "a database of a cluster",
      "rules:",
      'queue: "redis+cluster://one,two/1"\nrules:',
      "15:8 queue: a cluster has no databases; remove what is behind the servers",
    ],
    [
      "a parameter of Redis",
      "rules:",
      'queue: "redis://one?tls=true"\nrules:',
      "15:8 queue: unknown parameter; see the other keys of `queue`",
    ],
    [
      "a prefix that keys cannot have",
      "rules:",
      'queue: { url: "redis://one", prefix: "a{b}" }\nrules:',
      "15:38 queue.prefix: write a few letters, digits and `._-`",
    ],
    [
      "a queue's authorities that are not there",
      "rules:",
      'queue: { url: "rediss://one", ca: nowhere.pem }\nrules:',
      "15:35 queue.ca: file nowhere.pem cannot be read (ENOENT)",
    ],
    [
      "an unknown language",
      "rules:",
      "reports: { language: tlh }\nrules:",
      `15:22 reports.language: expected en, zh-CN; got "tlh"`,
    ],
    [
      "an unknown comment mode",
      "rules:",
      "reports: { comments: on-failure }\nrules:",
      '15:22 reports.comments: expected always, on_failure, never; got "on-failure"; did you mean `on_failure`?',
    ],
  ])("%s", (_, from, to, ...problems) => {
    expect(problemsOf(from, to).map(shorten)).toEqual(problems);
  });
});

describe("secrets", () => {
  test.each<Row>([
    [
      "an inline secret",
      "    token: { env: SECRET }",
      "    token: ghp_0123456789",
      "8:12 forges.github.token: secrets are never inline; write { env: NAME } or { file: path }",
    ],
    [
      "an inline password",
      "password: { env: SECRET }",
      "password: 12345",
      "4:59 hubs.koji.auth.password: secrets are never inline; write { env: NAME } or { file: path }",
    ],
    [
      "a secret from two places",
      "    token: { env: SECRET }",
      "    token: { env: SECRET, file: present }",
      "8:5 forges.github.token: write { env: NAME } or { file: path }, one of the two",
    ],
    [
      "a secret from nowhere",
      "    token: { env: SECRET }",
      "    token: {}",
      "8:5 forges.github.token: write { env: NAME } or { file: path }, one of the two",
    ],
    [
      "a misspelt source",
      "    token: { env: SECRET }",
      "    token: { envv: SECRET }",
      "8:5 forges.github.token: write { env: NAME } or { file: path }, one of the two",
      "8:14 forges.github.token.envv: unknown key; did you mean `env`?",
    ],
    [
      "a dollar sign",
      "    token: { env: SECRET }",
      "    token: { env: $SECRET }",
      "8:19 forges.github.token.env: write the name of an environment variable, such as KOJI_PASSWORD",
    ],
    [
      "a variable that is not set",
      "    token: { env: SECRET }",
      "    token: { env: ABSENT }",
      "8:19 forges.github.token.env: environment variable ABSENT is not set",
    ],
    [
      "a variable that is empty",
      "    token: { env: SECRET }",
      "    token: { env: EMPTY }",
      "8:19 forges.github.token.env: environment variable EMPTY is empty",
    ],
    [
      "a file that is not there",
      "    token: { env: SECRET }",
      "    token: { file: absent }",
      "8:20 forges.github.token.file: file absent cannot be read (ENOENT)",
    ],
    [
      "a file that is empty",
      "    token: { env: SECRET }",
      "    token: { file: empty }",
      "8:20 forges.github.token.file: file empty is empty",
    ],
    [
      "one bad secret in a list",
      "    webhook_secret: { env: SECRET }",
      "    webhook_secret: [{ env: SECRET }, oops]",
      "9:39 forges.github.webhook_secret[1]: secrets are never inline; write { env: NAME } or { file: path }",
    ],
    [
      "an empty list",
      "    webhook_secret: { env: SECRET }",
      "    webhook_secret: []",
      "9:5 forges.github.webhook_secret: the list is empty; name at least one",
    ],
    [
      "no webhook secret",
      "    webhook_secret: { env: SECRET }\n",
      "",
      "6:3 forges.github.webhook_secret: missing: Key of `X-Hub-Signature-256`; a list while it is being changed",
    ],
    [
      "an API token that can be guessed",
      "\nforges:",
      "\nserver: { api_token: { env: SECRET } }\nforges:",
      "5:29 server.api_token.env: the API token has fewer than 24 characters; make one with `openssl rand -hex 32`",
    ],
    [
      "a signing token that is none",
      "{ env: SIGNING }",
      "{ env: SECRET }",
      "14:27 forges.work.signing_token.env: the signing token is not whsec_ and base64; copy it again from the webhook's page",
    ],
    [
      "neither token nor App",
      "    token: { env: SECRET }\n",
      "",
      "6:3 forges.github.token: missing; this or `app`, the bridge has to show itself with something",
    ],
    [
      "both token and App, whose key is none",
      "    token: { env: SECRET }\n",
      "    token: { env: SECRET }\n    app: { id: 7, private_key: { env: SECRET } }\n",
      "8:5 forges.github.token: say `token` or `app`, one of the two",
      "9:39 forges.github.app.private_key.env: is no PEM key: give the file that GitHub made, whole",
    ],
    [
      "neither webhook secret nor signing token",
      "    signing_token: { env: SIGNING }\n",
      "",
      "10:3 forges.work.webhook_secret: missing; this or `signing_token`, else anybody could start builds",
    ],
  ])("%s", (_, from, to, ...problems) => {
    expect(problemsOf(from, to).map(shorten)).toEqual(problems);
  });
});

describe("forges", () => {
  test.each<Row>([
    [
      "an unknown type",
      "type: gitlab",
      "type: gitlib",
      '11:11 forges.work.type: expected github, gitlab, forgejo, gitea; got "gitlib"; did you mean `gitlab`?',
    ],
    ["no type", "    type: gitlab\n", "", "10:3 forges.work.type: missing; expected github, gitlab, forgejo, gitea"],
    [
      "a name with a slash",
      "  work:\n",
      "  wo/rk:\n",
      '10:3 forges."wo/rk": write a name of letters, digits and `._-`',
      "22:13 rules[1].repos[0]: unknown forge `work`; did you mean `wo/rk`?",
    ],
    [
      "the address of the web pages",
      "    type: github\n",
      "    type: github\n    api_url: https://github.com/\n",
      "8:14 forges.github.api_url: write https://api.github.com",
    ],
    [
      "the address of the API",
      "https://gitlab.example.org",
      "https://gitlab.example.org/api/v4/",
      "12:10 forges.work.url: write the address people use, without /api/v4",
    ],
    [
      "the address of Forgejo's API",
      "type: gitlab\n    url: https://gitlab.example.org",
      "type: forgejo\n    url: https://codeberg.org/api/v1",
      "10:3 forges.work.webhook_secret: missing: Key of `X-Forgejo-Signature`; a list while it is being changed",
      "12:10 forges.work.url: write the address people use, without /api/v1",
      "14:5 forges.work.signing_token: unknown key; expected …",
    ],
    [
      "a Gitea whose secret has another name",
      "type: gitlab\n",
      "type: gitea\n",
      "10:3 forges.work.webhook_secret: missing: Key of `X-Forgejo-Signature`; a list while it is being changed",
      "14:5 forges.work.signing_token: unknown key; expected …",
    ],
  ])("%s", (_, from, to, ...problems) => {
    expect(problemsOf(from, to).map(shorten)).toEqual(problems);
  });
});

describe("rules: which events", () => {
  test.each<Row>([
    [
      "no list",
      '  - name: one\n    repos: "github:rpms/*"\n    on: push\n    branches: main\n    build: { hub: koji, target: "{branch}-x" }\n  - name: two',
      "  one:",
      "15:1 rules: expected a list, got a mapping",
    ],
    [
      "a text for a rule",
      "  - name: one",
      "  - nothing\n  - name: one",
      "16:5 rules[0]: expected a mapping (key: value), got text",
    ],
    ["a name twice", "name: two", "name: one", "21:11 rules[1].name: rules[0] has this name already"],
    ["a name of two lines", "name: two", 'name: "two\\nlines"', "21:11 rules[1].name: write one line of text"],
    [
      "an unknown forge",
      "github:rpms/*",
      "gihub:rpms/*",
      "17:12 rules[0].repos: unknown forge `gihub`; did you mean `github`?",
    ],
    [
      "a repo without forge",
      "github:rpms/*",
      "rpms/*",
      "17:12 rules[0].repos: write FORGE:PATH, such as github:rpms/*",
    ],
    ["a bad glob", '"work:dist/**"', '"work:{a,b"', "22:13 rules[1].repos[0]: `{` is not closed"],
    [
      "a placeholder in a glob",
      '"work:dist/**"',
      '"work:{owner}/x"',
      "22:13 rules[1].repos[0]: `{…}` needs a comma, as in `{a,b}`; placeholders have no value here",
    ],
    [
      "only exclusions",
      '["work:dist/**"]',
      '["!work:dist/x"]',
      "22:5 rules[1].repos: only exclusions; say which repositories are meant",
    ],
    ["GitHub's word for an event", "on: push", "on: pull_request", "18:9 rules[0].on: write merge_request"],
    [
      "an unknown event",
      "on: push",
      "on: psh",
      '18:9 rules[0].on: expected push, tag, merge_request; got "psh"; did you mean `push`?',
    ],
    [
      "an unknown event in a list",
      "on: [tag]",
      "on: [tag, tags]",
      '23:15 rules[1].on[1]: expected push, tag, merge_request; got "tags"; did you mean `tag`?',
    ],
    [
      "an unknown event, of which the rest may be true",
      "on: [tag]",
      "on: [tag, psh]\n    branches: main",
      '23:15 rules[1].on[1]: expected push, tag, merge_request; got "psh"; did you mean `push`?',
    ],
    [
      "a mapping for an event",
      "on: [tag]",
      "on: { tag: true }",
      "23:5 rules[1].on: expected push, tag, merge_request; got a mapping",
    ],
    [
      "a number for a branch",
      "branches: main",
      "branches: [main, 1.10]",
      "19:22 rules[0].branches[1]: expected text, got the number 1.1; put it in quotes",
    ],
    [
      "a whole ref",
      "branches: main",
      "branches: refs/heads/main",
      "19:15 rules[0].branches: write the name alone, without refs/…/",
    ],
    [
      "branches of a tag",
      "    on: [tag]",
      "    on: [tag]\n    branches: main",
      "24:5 rules[1].branches: has no meaning on tag; it is for push, merge_request",
    ],
    [
      "tags of a push",
      "    on: push",
      '    on: push\n    tags: "v*"',
      "19:5 rules[0].tags: has no meaning on push; it is for tag",
    ],
    [
      "drafts of a push",
      "    on: push",
      "    on: push\n    drafts: true",
      "19:5 rules[0].drafts: has no meaning on push; it is for merge_request",
    ],
    [
      "a bad glob in branches",
      "branches: main",
      'branches: ["f{1,2", "!a}", ""]',
      "19:16 rules[0].branches[0]: `{` is not closed",
      "19:25 rules[0].branches[1]: `}` closes nothing",
      "19:32 rules[0].branches[2]: the pattern is empty",
    ],
  ])("%s", (_, from, to, ...problems) => {
    expect(problemsOf(from, to).map(shorten)).toEqual(problems);
  });
});

describe("rules: what is built", () => {
  test.each<Row>([
    ["no build", '    build: { hub: koji, target: "{branch}-x" }\n', "", "16:5 rules[0].build: missing: What to build"],
    [
      "an unknown hub",
      "hub: koji, ",
      "hub: kojo, ",
      "20:19 rules[0].build.hub: unknown hub `kojo`; did you mean `koji`?",
    ],
    [
      "no target",
      ', target: "{branch}-x"',
      "",
      "20:5 rules[0].build.target: missing: Build target, or a list: one build and one status each",
    ],
    [
      "no target in the list",
      'target: "{branch}-x"',
      "target: []",
      "20:25 rules[0].build.target: the list is empty; name at least one",
    ],
    [
      "a target with a space",
      '"{branch}-x"',
      '"{branch} x"',
      "20:33 rules[0].build.target: write a target's name: letters, digits and `/_.+-`",
    ],
    [
      "a build list",
      '    build: { hub: koji, target: "{branch}-x" }',
      "    build: [{ hub: koji, target: x }]",
      "20:5 rules[0].build: expected a mapping (key: value), got a list",
    ],
    [
      "an unknown placeholder",
      '"{branch}-x"',
      '"{brunch}-x"',
      "20:33 rules[0].build.target: unknown placeholder {brunch}; did you mean `branch`?",
    ],
    [
      "a placeholder like no other",
      '"{branch}-x"',
      '"{distribution}"',
      "20:33 rules[0].build.target: unknown placeholder {distribution}; there are {branch} {tag} {sha} {short_sha} {repo} {repo_name} {owner} {mr}",
    ],
    ["an open brace", '"{branch}-x"', '"{branch-x"', "20:33 rules[0].build.target: a `{` or `}` has no partner"],
    ["a tag on push", '"{branch}-x"', '"{tag}"', "20:33 rules[0].build.target: {tag} has no value on push"],
    [
      "a merge request on push",
      '"{branch}-x"',
      '["{branch}", "x{mr}"]',
      "20:46 rules[0].build.target[1]: {mr} has no value on push",
    ],
    [
      "a branch on tag",
      "target: c9s",
      'target: "{branch}"',
      "26:15 rules[1].build.target: {branch} has no value on tag",
    ],
    [
      "a branch on push or tag",
      "    on: push\n    branches: main",
      "    on: [push, tag]",
      "19:33 rules[0].build.target: {branch} has no value on tag; make that a rule of its own",
    ],
    [
      "a target in the target",
      '"{branch}-x"',
      '"{target}"',
      "20:33 rules[0].build.target: unknown placeholder {target}; there are {branch} {tag} {sha} {short_sha} {repo} {repo_name} {owner} {mr}",
    ],
    [
      "a real build of a merge request",
      "on: [tag]",
      "on: [tag, merge_request]",
      "27:16 rules[1].build.scratch: merge requests only get scratch builds; make real builds in a rule on push or tag",
    ],
    [
      "arches of a real build",
      "scratch: false",
      "scratch: false\n      arches: [x86_64]",
      "28:7 rules[1].build.arches: only scratch builds can leave out architectures",
    ],
    [
      "a real build of whatever the tag is at by then",
      "scratch: false",
      'scratch: false\n      source: "git+https://x.org/{repo}.git#{tag}"',
      "28:15 rules[1].build.source: a real build's source ends in `#{sha}`: the commit the forge is asked about, and no other",
    ],
    [
      "branches that vouch for a push",
      "    on: [tag]\n    build:",
      "    on: push\n    build:\n      from: main",
      "25:7 rules[1].build.from: is for tags: a pushed branch has to be protected itself",
    ],
    [
      "no protection for a scratch build",
      "scratch: false",
      "unprotected: true",
      "27:7 rules[1].build.unprotected: only real builds need a protected branch or tag; it needs `scratch: false`",
    ],
    ["no for false", "scratch: false", "scratch: no", '27:16 rules[1].build.scratch: expected true or false, got "no"'],
    [
      "an arch that is none",
      "{ hub: koji, ",
      '{ arches: [x86-64, "a b"], hub: koji, ',
      "20:23 rules[0].build.arches[0]: write the name of an architecture, such as x86_64",
      "20:31 rules[0].build.arches[1]: write the name of an architecture, such as x86_64",
    ],
    [
      "arches in one text",
      "{ hub: koji, ",
      "{ arches: x86_64 aarch64, hub: koji, ",
      "20:22 rules[0].build.arches: expected a list, got text",
    ],
    [
      "one context for two targets",
      "target: c9s",
      "target: [c9s, c10s]\n      context: koji/release",
      "27:16 rules[1].build.context: several targets would report under one name; put {target} in it",
    ],
    [
      "an empty context",
      "target: c9s",
      'target: c9s\n      context: " "',
      "27:16 rules[1].build.context: write the name of a commit status",
    ],
    [
      "a plain https source",
      "target: c9s",
      "target: c9s\n      source: https://src.example.org/{repo}#{sha}",
      "27:15 rules[1].build.source: Koji takes a plain https:// for an uploaded file; write git+https://…",
    ],
    [
      "a source without revision",
      "target: c9s",
      "target: c9s\n      source: git+https://src.example.org/{repo}",
      "27:15 rules[1].build.source: say which revision: end it with #{sha}",
    ],
    [
      "a source with a password",
      "target: c9s",
      "target: c9s\n      source: git+https://u:p@src.example.org/{repo}#{sha}",
      "27:15 rules[1].build.source: no password in a source: everybody can read a task's request",
    ],
    [
      "a source whose host a contributor names",
      "target: c9s",
      "target: c9s\n      source: git+https://{tag}.example.org/x#{sha}",
      "27:15 rules[1].build.source: no placeholder in the host of a source",
    ],
    [
      "an ssh source without user",
      "target: c9s",
      "target: c9s\n      source: git+ssh://src.example.org/x#{sha}",
      "27:15 rules[1].build.source: Koji wants a user here: +ssh://git@host/…",
    ],
    [
      "a source with parameters",
      "target: c9s",
      "target: c9s\n      source: git+https://src.example.org/x;y#{sha}",
      "27:15 rules[1].build.source: Koji refuses `;` in a source",
    ],
    [
      "a source that is none",
      "target: c9s",
      "target: c9s\n      source: src.example.org",
      "27:15 rules[1].build.source: write a source as Koji takes it: git+https://host/path.git#{sha}",
    ],
    [
      "two hubs, one context",
      "  - name: two",
      '  - name: three\n    repos: ["github:rpms/*"]\n    on: push\n    branches: [main]\n    build: { hub: other, target: "{branch}-x" }\n  - name: two',
      "25:5 rules[1].build: reports as rules[0] does, on the same events; give it a `context`",
      "25:19 rules[1].build.hub: unknown hub `other`; there is koji",
    ],
    [
      "two arches, one context",
      "  - name: two",
      '  - name: three\n    repos: ["github:rpms/*"]\n    on: [push, tag]\n    branches: [main]\n    build: { hub: koji, target: "x", context: "koji/{short_sha}", arches: [i686] }\n  - name: four\n    repos: ["github:rpms/*"]\n    on: [push]\n    branches: [main]\n    build: { hub: koji, target: "x", context: "koji/{short_sha}" }\n  - name: two',
      "30:5 rules[2].build: reports as rules[1] does, on the same events; give it a `context`",
    ],
    [
      "two fixed targets, one context",
      "  - name: two",
      '  - name: three\n    repos: ["github:rpms/*"]\n    on: push\n    build: { hub: koji, target: x, context: same }\n  - name: four\n    repos: ["github:rpms/*"]\n    on: push\n    build: { hub: koji, target: y, context: same }\n  - name: two',
      "28:5 rules[2].build: reports as rules[1] does, on the same events; give it a `context`",
    ],
  ])("%s", (_, from, to, ...problems) => {
    expect(problemsOf(from, to).map(shorten)).toEqual(problems);
  });
});

describe("macros and options", () => {
  test.each<Row>([
    [
      "a name that is none",
      "{ hub: koji, ",
      "{ macros: { a-b: x }, hub: koji, ",
      "20:29 rules[0].build.macros.a-b: the name of a macro has three or more letters, digits and _, and no digit first",
    ],
    [
      "a number",
      "{ hub: koji, ",
      "{ macros: { dist: 12 }, hub: koji, ",
      "20:30 rules[0].build.macros.dist: expected text, got the number 12; put it in quotes",
    ],
    [
      "a built-in",
      "{ hub: koji, ",
      "{ macros: { expand: x }, hub: koji, ",
      "20:32 rules[0].build.macros.expand: %expand is built into rpm and cannot be overridden",
    ],
    ["the operator's shell", "{ hub: koji, ", '{ macros: { dist: "%(date)" }, hub: koji, '],
    ["taken away", "{ hub: koji, ", "{ macros: { dist: null }, with: [tests], hub: koji, "],
    [
      "on and off",
      "{ hub: koji, ",
      "{ with: [tests], without: [docs, tests], hub: koji, ",
      "20:29 rules[0].build.without: `tests` is both in `with` and in `without`",
    ],
    [
      "a strategy that is none",
      "{ hub: koji, ",
      "{ macro_strategy: sidetag, hub: koji, ",
      '20:30 rules[0].build.macro_strategy: expected auto, side_tag, tag, srpm; got "sidetag"; did you mean `side_tag`?',
    ],
    [
      "draft of a scratch build",
      "{ hub: koji, ",
      "{ draft: true, hub: koji, ",
      "20:14 rules[0].build.draft: only real builds are tagged and kept; it needs `scratch: false`",
    ],
    ["draft of a real build", "scratch: false", "scratch: false\n      draft: true"],
    [
      "on_existing of a scratch build",
      "{ hub: koji, ",
      "{ on_existing: tag, hub: koji, ",
      "20:14 rules[0].build.on_existing: only real builds are tagged and kept; it needs `scratch: false`",
    ],
    [
      "a repo and waiting",
      "{ hub: koji, ",
      "{ repo_id: 7, wait_repo: true, hub: koji, ",
      "20:26 rules[0].build.wait_repo: with a `repo_id` there is nothing to wait for; drop one of the two",
    ],
    [
      "a repo and macros",
      "{ hub: koji, ",
      "{ repo_id: 7, macros: { dist: .x }, hub: koji, ",
      "20:26 rules[0].build.macros: macros are read with a repository made after them; drop `repo_id`",
    ],
    [
      "an NVR that is none",
      "{ hub: koji, ",
      "{ wait_builds: [gcc], hub: koji, ",
      "20:28 rules[0].build.wait_builds[0]: write the name of a build: NAME-VERSION-RELEASE",
    ],
    [
      "all options",
      "scratch: false",
      "scratch: false\n      wait_repo: true\n      wait_builds: [gcc-15.1.1-2.fc43]\n      priority: 5\n      channel: big\n      fail_fast: true\n      skip_tag: true\n      on_existing: tag",
    ],
    [
      "a repo entry",
      "rules:\n",
      "repos:\n  - { match: github:rpms/foo, macros: { dist: .x }, macro_strategy: tag }\nrules:\n",
    ],
    [
      "an entry of a forge that is none",
      "rules:\n",
      "repos:\n  - { match: gihub:rpms/foo, macros: { dist: .x } }\nrules:\n",
      "16:14 repos[0].match: unknown forge `gihub`; did you mean `github`?",
    ],
    [
      "an entry's conditionals",
      "rules:\n",
      "repos:\n  - { match: github:a, with: [x], without: [x] }\nrules:\n",
      "16:35 repos[0].without: `x` is both in `with` and in `without`",
    ],
    [
      "a lifetime that is none",
      "    auth: { method: password",
      "    sidetag_lifetime: week\n    auth: { method: password",
      "4:23 hubs.koji.sidetag_lifetime: write a duration, such as 500ms, 5s, 2m, 1h or 1d",
    ],
  ])("%s", (_, from, to, ...problems) => {
    expect(problemsOf(from, to)).toEqual(problems);
  });
});

describe("aliases", () => {
  test.each<Row>([
    [
      "a mistake behind an alias",
      '    repos: ["work:dist/**"]\n    on: [tag]',
      "    repos: &x [5]\n    on: *x",
      "22:16 rules[1].repos[0]: expected text, got the number 5; put it in quotes",
      "23:9 rules[1].on[0]: expected push, tag, merge_request; got the number 5",
    ],
  ])("%s", (_, from, to, ...problems) => {
    expect(problemsOf(from, to).map(shorten)).toEqual(problems);
  });
});

/** Which keys there are is no business of these tables. */
function shorten(problem: string): string {
  return problem.replace(/expected (?:\w+, ){5,}\w+$/, "expected …");
}
