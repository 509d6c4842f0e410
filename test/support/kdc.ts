import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { readText, startDaemon, withFreePorts } from "./daemon.ts";

const run = promisify(execFile);
const REALM = "KOJI.TEST";

export interface KdcOptions {
  readonly dir: string;
  /** Each with a keytab of its own, and perhaps seconds its tickets live; `HTTP/localhost` is a service. */
  readonly principals: readonly { readonly name: string; readonly life?: number }[];
}

export interface Kdc {
  /** For KRB5_CONFIG. It says nothing of host names, so libkrb5 would look them up forth and back. */
  readonly config: string;
  keytab(name: string): string;
  /** Says a thing to `kadmin.local`. */
  admin(...commands: string[]): Promise<void>;
  /** A ticket in a file of its own, as an operator or a cron job would keep it. */
  kinit(name: string): Promise<string>;
  /** Whether a credential cache holds a ticket that has not expired. */
  isValid(ccache: string): Promise<boolean>;
  /** What was asked of it for this principal, oldest first: `AS_REQ ISSUE krbtgt/KOJI.TEST`, `TGS_REQ LOOKING_UP_SERVER HTTP/…`. */
  requests(name: string): Promise<readonly string[]>;
  stop(): Promise<void>;
}

/** Debian's MIT KDC for the realm KOJI.TEST on a free port of the loopback. */
export async function startKdc(options: KdcOptions): Promise<Kdc> {
  const dir = join(options.dir, "kdc");
  const env = { KRB5_CONFIG: join(dir, "krb5.conf"), KRB5_KDC_PROFILE: join(dir, "kdc.conf") };
  const keytab = (name: string): string => join(dir, `${name.replace("/", "-")}.keytab`);
  await mkdir(dir);
  await configure(dir, 0);
  await run("kdb5_util", ["create", "-r", REALM, "-s", "-P", "test"], { env: withPath(env) });
  await runAdmin(
    env,
    options.principals.flatMap(({ name, life }) => addPrincipal(name, life, keytab(name))),
  );
  // read by Apache's children, which run as another user
  for (const { name } of options.principals) await chmod(keytab(name), 0o644);
  const daemon = await withFreePorts(1, async ([port = 0]) => {
    await configure(dir, port);
    return startDaemon({
      command: "/usr/sbin/krb5kdc",
      args: ["-n", "-r", REALM, "-P", join(dir, "kdc.pid")],
      env,
      pidFile: join(dir, "kdc.pid"),
      logFile: join(dir, "kdc.log"),
    });
  });
  return {
    config: env.KRB5_CONFIG,
    keytab,
    admin: (...commands) => runAdmin(env, commands),
    async kinit(name) {
      const ccache = join(dir, `${name}.ccache`);
      await run("kinit", ["-c", `FILE:${ccache}`, "-k", "-t", keytab(name), name], { env: withPath(env) });
      return ccache;
    },
    isValid: (ccache) =>
      run("klist", ["-s", "-c", `FILE:${ccache}`], { env: withPath(env) }).then(
        () => true,
        () => false,
      ),
    async requests(name) {
      return (await readText(join(dir, "kdc.log"))).split("\n").flatMap((line) => toRequest(line, name));
    },
    stop: daemon.stop,
  };
}

function addPrincipal(name: string, life: number | undefined, keytab: string): string[] {
  return [
    `addprinc -randkey ${life === undefined ? "" : `-maxlife "${life} seconds"`} ${name}`,
    `ktadd -k ${keytab} ${name}`,
  ];
}

async function runAdmin(env: Readonly<Record<string, string>>, commands: readonly string[]): Promise<void> {
  const child = spawn("kadmin.local", ["-r", REALM], { env: withPath(env), stdio: ["pipe", "ignore", "pipe"] });
  let said = "";
  child.stderr.on("data", (chunk) => {
    said += chunk;
  });
  child.stdin.end(`${commands.join("\n")}\n`);
  await once(child, "close");
  // it ends well whatever happened
  if (/error|unable|while/i.test(said)) throw new Error(`kadmin.local: ${said}`);
}

function toRequest(line: string, name: string): string[] {
  const found = /(AS_REQ|TGS_REQ) .*?: ([A-Z_]+):.* (\S+)@KOJI\.TEST for (\S+)@KOJI\.TEST/.exec(line);
  const [, request, outcome, client, service] = found ?? [];
  return client === name ? [`${request} ${outcome} ${service}`] : [];
}

function withPath(env: Readonly<Record<string, string>>): Record<string, string> {
  return { PATH: "/usr/sbin:/usr/bin:/sbin:/bin", ...env };
}

async function configure(dir: string, port: number): Promise<void> {
  const client = `[libdefaults]
  default_realm = ${REALM}
  dns_lookup_realm = false
  dns_lookup_kdc = false
  udp_preference_limit = 1
  clockskew = 1
[realms]
  ${REALM} = {
    kdc = 127.0.0.1:${port}
  }
[logging]
  kdc = FILE:${dir}/kdc.log
`;
  const server = `[kdcdefaults]
  kdc_listen = 127.0.0.1:${port}
  kdc_tcp_listen = 127.0.0.1:${port}
[realms]
  ${REALM} = {
    database_name = ${dir}/principal
    key_stash_file = ${dir}/stash
    acl_file = ${dir}/none
  }
`;
  await writeFile(join(dir, "krb5.conf"), client);
  await writeFile(join(dir, "kdc.conf"), server);
}
