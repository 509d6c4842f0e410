import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface Credentials {
  readonly principal: string | null;
  readonly keytab: string | null;
  readonly ccache: string | null;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The service is `HTTP@host` with the host of the URL, as Koji's own client says it. libkrb5 would look the name up and back again, which
 * gives another name wherever a hub is behind an alias; the first file that says otherwise wins.
 */
const OURS = "[libdefaults]\n  rdns = false\n  dns_canonicalize_hostname = false\n";

let tail: Promise<unknown> = Promise.resolve();

/**
 * Runs `job` with libkrb5 told where its credentials are. It only listens to environment variables, which belong to the whole process:
 * one job at a time, and afterwards they are what they were. A keytab left behind would fill another hub's empty cache.
 */
export function inKerberosEnvironment<T>(credentials: Credentials, job: () => Promise<T>): Promise<T> {
  const result = tail.then(() => inEnvironment(credentials, job));
  tail = result.catch(() => undefined);
  return result;
}

async function inEnvironment<T>(credentials: Credentials, job: () => Promise<T>): Promise<T> {
  const { KRB5_CONFIG, KRB5_CLIENT_KTNAME, KRB5CCNAME } = process.env;
  const dir = await mkdtemp(join(tmpdir(), "kojibridge-krb5-"));
  try {
    const config = join(dir, "krb5.conf");
    await writeFile(config, OURS);
    setEnvironment({ KRB5_CONFIG: `${config}:${KRB5_CONFIG ?? "/etc/krb5.conf"}`, ...toEnvironment(credentials) });
    return await job();
  } finally {
    setEnvironment({ KRB5_CONFIG, KRB5_CLIENT_KTNAME, KRB5CCNAME });
    await rm(dir, { recursive: true, force: true });
  }
}

/** With a keytab tickets live in memory, apart from those of other keytabs; libkrb5 gets new ones before they end. */
function toEnvironment({ principal, keytab, ccache }: Credentials): Environment {
  if (keytab !== null) return { KRB5_CLIENT_KTNAME: keytab, KRB5CCNAME: `MEMORY:kojibridge:${keytab}:${principal}` };
  return ccache === null ? {} : { KRB5CCNAME: ccache.includes(":") ? ccache : `FILE:${ccache}` };
}

function setEnvironment(environment: Environment): void {
  for (const [name, value] of Object.entries(environment)) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
}
