import { execFile } from "node:child_process";
import { appendFile, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

export interface Certificate {
  readonly cert: string;
  readonly key: string;
  /** Both in one file. */
  readonly pem: string;
}

/** A certificate authority of its own. All values are paths. */
export interface Ca {
  readonly cert: string;
  /** For a server: also for the name `localhost` and the address 127.0.0.1. */
  issue(commonName: string, options?: { readonly server?: boolean; readonly expired?: boolean }): Promise<Certificate>;
}

const CONFIG = `[ca]
default_ca = test
[test]
database = index.txt
rand_serial = yes
new_certs_dir = .
default_md = sha256
unique_subject = no
policy = any
[any]
organizationName = supplied
commonName = supplied
[req]
distinguished_name = req
[client]
extendedKeyUsage = clientAuth
[server]
extendedKeyUsage = serverAuth
subjectAltName = DNS:localhost,IP:127.0.0.1
`;

export async function createCa(dir: string, name: string): Promise<Ca> {
  const home = join(dir, name);
  await mkdir(home);
  await writeFile(join(home, "openssl.cnf"), CONFIG);
  await writeFile(join(home, "index.txt"), "");
  const openssl = (...args: string[]): Promise<unknown> => run("openssl", args, { cwd: home });
  const key = ["-config", "openssl.cnf", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  const subject = (commonName: string): string[] => ["-subj", `/O=Koji Test/CN=${commonName}`];
  await openssl("req", "-x509", ...key, "-keyout", "ca.key", "-out", "ca.crt", "-days", "2", ...subject(name));
  let issued = 0;
  return {
    cert: join(home, "ca.crt"),
    async issue(commonName, { server = false, expired = false } = {}) {
      const file = `${++issued}`;
      const dates = expired ? ["-startdate", "20200101000000Z", "-enddate", "20200102000000Z"] : ["-days", "2"];
      const signer = ["-config", "openssl.cnf", "-cert", "ca.crt", "-keyfile", "ca.key", "-batch", "-notext"];
      const files = ["-in", `${file}.csr`, "-out", `${file}.crt`, "-extensions", server ? "server" : "client"];
      await openssl("req", ...key, "-keyout", `${file}.key`, "-out", `${file}.csr`, ...subject(commonName));
      await openssl("ca", ...signer, ...files, ...dates);
      const paths = { cert: join(home, `${file}.crt`), key: join(home, `${file}.key`), pem: join(home, `${file}.pem`) };
      await writeFile(paths.pem, await readFile(paths.cert));
      await appendFile(paths.pem, await readFile(paths.key));
      return paths;
    },
  };
}
