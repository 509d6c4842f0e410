import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface Credentials {
  readonly principal: string | null;
  readonly keytab: string | null;
  readonly ccache: string | null;
}

let tail: Promise<unknown> = Promise.resolve();

/**
 * Runs `job` with libkrb5 told where its credentials are. It only listens to environment variables, which belong to the whole process:
 * one job at a time, and what is already right is not set again.
 */
export function inKerberosEnvironment<T>(credentials: Credentials, job: () => Promise<T>): Promise<T> {
  const result = tail.then(() => {
    for (const [name, value] of Object.entries(toEnvironment(credentials))) {
      if (process.env[name] !== value) process.env[name] = value;
    }
    return job();
  });
  tail = result.catch(() => undefined);
  return result;
}

/** With a keytab tickets live in memory, apart from those of other keytabs; libkrb5 gets new ones before they end. */
function toEnvironment({ principal, keytab, ccache }: Credentials): Record<string, string> {
  const config = { KRB5_CONFIG: configPath() };
  if (keytab !== null)
    return { ...config, KRB5_CLIENT_KTNAME: keytab, KRB5CCNAME: `MEMORY:kojibridge:${keytab}:${principal}` };
  return ccache === null ? config : { ...config, KRB5CCNAME: ccache.includes(":") ? ccache : `FILE:${ccache}` };
}

let ours: string | undefined;

/**
 * The service is `HTTP@host` with the host of the URL, as Koji's own client says it. libkrb5 would look the name up and back again, which
 * gives another name wherever a hub is behind an alias; the first file that says otherwise wins.
 */
function configPath(): string {
  if (ours === undefined) {
    const file = join(mkdtempSync(join(tmpdir(), "kojibridge-krb5-")), "krb5.conf");
    writeFileSync(file, "[libdefaults]\n  rdns = false\n  dns_canonicalize_hostname = false\n");
    ours = `${file}:${process.env.KRB5_CONFIG ?? "/etc/krb5.conf"}`;
  }
  return ours;
}
