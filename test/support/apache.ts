import { chmod, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { IdentityHeaders } from "../../src/simulator/hub/http.ts";
import type { Certificate } from "./ca.ts";
import { readText, startDaemon, withFreePorts } from "./daemon.ts";

const CERTIFICATE_AT_ONCE = `SSLVerifyClient optional
    <Location /kojihub/ssllogin>
      Require ssl-verify-client
    </Location>`;

/** Ways in which hubs ask who the client is; each is a virtual host with a port of its own. */
const LAYOUTS = {
  /** The certificate is asked for when the connection is made. */
  everywhere: CERTIFICATE_AT_ONCE,
  /** Koji's documentation: it is asked for only when the login is. */
  documented: `<Location /kojihub/ssllogin>
      SSLVerifyClient require
      SSLVerifyDepth 10
      SSLOptions +StdEnvVars
    </Location>`,
  /** Like `everywhere`, on a server that has given up TLS 1.2. */
  modern: `SSLProtocol TLSv1.3
    ${CERTIFICATE_AT_ONCE}`,
  /** Kerberos. */
  gssapi: `<Location /kojihub/ssllogin>
      AuthType GSSAPI
      AuthName "GSSAPI Single Sign On Login"
      GssapiLocalName Off
      Require valid-user
    </Location>`,
} as const;

export type Layout = keyof typeof LAYOUTS;

export interface ApacheOptions {
  /** An empty directory of its own. */
  readonly dir: string;
  /** The hub behind it, `http://127.0.0.1:PORT/kojihub`. */
  readonly hub: string;
  readonly layouts: readonly Layout[];
  readonly server: Certificate;
  /** Path of the CA whose client certificates it takes. */
  readonly clientCa: string;
  /** For `gssapi`: path of the service's keytab, and of the Kerberos configuration. */
  readonly kerberos?: { readonly keytab: string; readonly config: string };
}

export interface Login {
  readonly tls: string;
  readonly status: number;
  /** The headers Authorization and WWW-Authenticate, as they came and went. */
  readonly token: string;
  readonly proof: string;
}

export interface Apache {
  /** `https://localhost:PORT/kojihub` of a layout. */
  url(layout: Layout): string;
  /** Every login tried so far. */
  logins(): Promise<readonly Login[]>;
  stop(): Promise<void>;
}

/** What a hub behind this Apache has to trust: `createHubWorld({ identityHeaders: IDENTITY_HEADERS })`. */
export const IDENTITY_HEADERS: IdentityHeaders = {
  verify: "x-test-verify",
  distinguishedName: "x-test-dn",
  commonName: "x-test-cn",
  principal: "x-test-principal",
};

const MODULES = ["mpm_event", "authn_core", "authz_core", "authz_user", "headers", "proxy", "proxy_http", "ssl"];

/** Debian's Apache on free ports of the loopback, one per layout. */
export async function startApache(options: ApacheOptions): Promise<Apache> {
  const { dir, layouts, kerberos } = options;
  const configFile = join(dir, "apache.conf");
  const replays = join(dir, "replays");
  await mkdir(replays);
  // as root, Apache's children run as another user
  await chmod(replays, 0o777);
  return withFreePorts(layouts.length, async (ports) => {
    await writeFile(configFile, toConfig(options, ports));
    const daemon = await startDaemon({
      command: "/usr/sbin/apache2",
      args: ["-f", configFile, "-DFOREGROUND"],
      env: {
        KRB5_CONFIG: kerberos?.config ?? "",
        KRB5_KTNAME: kerberos?.keytab ?? "",
        // where Kerberos remembers tokens seen; by default in /var/tmp
        KRB5RCACHENAME: `file2:${join(replays, "cache")}`,
      },
      pidFile: join(dir, "apache.pid"),
      logFile: join(dir, "error.log"),
    });
    return {
      url: (layout) => `https://localhost:${ports[layouts.indexOf(layout)]}/kojihub`,
      logins: async () => (await readText(join(dir, "access.log"))).trim().split("\n").flatMap(toLogin),
      stop: daemon.stop,
    };
  });
}

function toLogin(line: string): Login[] {
  const [path, tls = "", status, token = "", proof = ""] = line.split("|");
  return path === "/kojihub/ssllogin" ? [{ tls, status: Number(status), token, proof }] : [];
}

function toConfig({ dir, hub, layouts, server, clientCa }: ApacheOptions, ports: readonly number[]): string {
  const modules = layouts.includes("gssapi") ? [...MODULES, "auth_gssapi"] : MODULES;
  return `ServerRoot ${dir}
ServerName localhost
PidFile ${dir}/apache.pid
Mutex file:${dir} default
${process.getuid?.() === 0 ? "User www-data\nGroup www-data" : ""}
${modules.map((name) => `LoadModule ${name}_module /usr/lib/apache2/modules/mod_${name}.so`).join("\n")}
StartServers 1
ServerLimit 1
ThreadsPerChild 16
MaxRequestWorkers 16
ErrorLog ${dir}/error.log
LogFormat "%U|%{SSL_PROTOCOL}x|%>s|%{Authorization}i|%{WWW-Authenticate}o" logins
CustomLog ${dir}/access.log logins
SSLCertificateFile ${server.cert}
SSLCertificateKeyFile ${server.key}
SSLCACertificateFile ${clientCa}
SSLSessionCache none
${layouts.map((layout, i) => toVirtualHost(layout, ports[i], hub)).join("\n")}
`;
}

/** Whatever the client says about itself is overwritten: the hub trusts these headers. */
function toVirtualHost(layout: Layout, port: number | undefined, hub: string): string {
  const { verify, distinguishedName, commonName, principal } = IDENTITY_HEADERS;
  return `Listen 127.0.0.1:${port}
<VirtualHost 127.0.0.1:${port}>
    SSLEngine on
    ${LAYOUTS[layout]}
    RequestHeader set ${verify} "%{SSL_CLIENT_VERIFY}s"
    RequestHeader set ${distinguishedName} "%{SSL_CLIENT_S_DN}s"
    RequestHeader set ${commonName} "%{SSL_CLIENT_S_DN_CN}s"
    RequestHeader set ${principal} "expr=%{REMOTE_USER}"
    ProxyPass /kojihub ${hub} disablereuse=on
</VirtualHost>`;
}
