import * as z from "zod";
import { duration, file, mapping, name, oneOrMany, pattern, secret, url } from "./vocabulary.ts";

const proxyuser = name.optional().describe("Act as this user; the hub has to allow it (ProxyPrincipals, ProxyDNs).");

const password = mapping({
  method: z.literal("password"),
  username: name.describe("The Koji user."),
  password: secret.describe("The user's password."),
});

const ssl = mapping({
  method: z.literal("ssl"),
  cert: file.describe("PEM file with the client certificate and its key."),
  proxyuser,
});

const gssapi = mapping({
  method: z.literal("gssapi"),
  principal: name
    .optional()
    .describe("Kerberos principal; needed with `keytab`.")
    .meta({ examples: ["kojibridge/host.example.org@EXAMPLE.ORG"] }),
  keytab: file.optional().describe("Keytab the ticket is obtained and renewed from."),
  ccache: file.optional().describe("Credential cache somebody else keeps fresh, instead of a keytab."),
  proxyuser,
});

const none = mapping({ method: z.literal("none") });

export const hub = mapping({
  profile: name.optional().describe("A Koji profile to take the other keys from; keys said here win."),
  url: url
    .optional()
    .describe("The hub's XML-RPC address; needed unless there is a `profile`.")
    .meta({ examples: ["https://koji.fedoraproject.org/kojihub"] }),
  web_url: url
    .optional()
    .describe("Koji's web pages, for links to tasks.")
    .meta({ examples: ["https://koji.fedoraproject.org/koji"] }),
  top_url: url
    .optional()
    .describe("Where Koji's files are served, for links to logs and packages.")
    .meta({ examples: ["https://kojipkgs.fedoraproject.org"] }),
  ca: file.optional().describe("PEM file with the authorities to trust, for every TLS connection to this hub."),
  auth: z
    .discriminatedUnion("method", [password, ssl, gssapi, none])
    .optional()
    .describe("How to log in. Without it, and with `method: none`, the hub is only read and no rule can build on it."),
  poll_interval: duration.default("5s").describe("How often running tasks are looked at."),
  sidetag_lifetime: duration
    .default("7d")
    .describe("A side tag of ours that no build used for so long is removed, as it is when its merge request closes."),
  reserved_targets: oneOrMany(pattern)
    .optional()
    .describe("Targets that nobody else builds on: macros may be set on their build tags. Patterns. Default: none.")
    .meta({ examples: [["an8-*"]] }),
  infra_retries: z
    .number()
    .int()
    .min(0)
    .max(10)
    .default(2)
    .describe("How often a build is tried again when a builder, a mirror or the hub failed, not the package."),
});
