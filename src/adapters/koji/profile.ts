import { readdir, readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { KojibridgeError } from "../../domain/errors.ts";
import type { Auth } from "./connection.ts";
import { optionsOf, readIni, type Sections } from "./ini.ts";
import { PRESETS } from "./presets.ts";

/** Where a hub is and how to log in, as Koji's own client would do it. */
export interface Profile {
  readonly url: string;
  readonly webUrl: string | null;
  readonly topUrl: string | null;
  /** Path of a PEM file. */
  readonly ca: string | null;
  /** null: it does not say, or says a password, which no profile holds. */
  readonly auth: Auth | null;
}

export interface ProfilePlaces {
  readonly etc?: string;
  readonly home?: string;
}

/**
 * A Koji profile, from the files Koji's own client reads in its order, later ones winning: /etc/koji.conf.d, /etc/koji.conf,
 * ~/.koji/config.d, ~/.koji/config (koji/__init__.py, `read_config`); else from the presets of public hubs.
 * @throws KojibridgeError `invalid` when there is none of that name, or a file cannot be read
 */
export async function loadProfile(name: string, places: ProfilePlaces = {}): Promise<Profile> {
  const { etc = "/etc", home = homedir() } = places;
  const sections: Sections = new Map();
  for (const file of await profileFiles(etc, home)) readIni(await readFile(file, "utf8"), file, sections);
  const options = optionsOf(sections, name) ?? PRESETS.get(name);
  if (options === undefined) throw unknownProfile(name, sections);
  return toProfile(name, options, await certificates(options, home));
}

async function profileFiles(etc: string, home: string): Promise<string[]> {
  const koji = join(home, ".koji");
  const places = [join(etc, "koji.conf.d"), join(etc, "koji.conf"), join(koji, "config.d"), join(koji, "config")];
  return (await Promise.all(places.map(filesAt))).flat();
}

/** The file itself, or the `*.conf` of a directory in the order of their names; nothing where nothing is. */
async function filesAt(path: string): Promise<string[]> {
  try {
    const names = await readdir(path);
    return names
      .filter((file) => file.endsWith(".conf"))
      .sort()
      .map((file) => join(path, file));
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    return code === "ENOTDIR" ? [path] : [];
  }
}

interface Certificates {
  readonly cert: string | null;
  readonly serverca: string | null;
}

/** Named in the profile, or in their usual place if they are there. */
async function certificates(options: ReadonlyMap<string, string>, home: string): Promise<Certificates> {
  const usual = async (option: string, file: string): Promise<string | null> => {
    const said = options.get(option);
    if (said !== undefined && said !== "") return said.replace(/^~(?=\/|$)/, home);
    const path = join(home, ".koji", file);
    return (await filesAt(path)).length > 0 ? path : null;
  };
  return { cert: await usual("cert", "client.crt"), serverca: await usual("serverca", "serverca.crt") };
}

function toProfile(name: string, options: ReadonlyMap<string, string>, { cert, serverca }: Certificates): Profile {
  const url = options.get("server");
  if (url === undefined) {
    throw new KojibridgeError("invalid", `Koji profile ${name} has no server`, { code: "koji.profile" });
  }
  return {
    url: url.replace(/\/$/, ""),
    webUrl: options.get("weburl") ?? null,
    topUrl: options.get("topurl") ?? null,
    ca: serverca,
    auth: toAuth(options, cert),
  };
}

/** As koji_cli/lib.py, `activate_session`, chooses. */
function toAuth(options: ReadonlyMap<string, string>, cert: string | null): Auth | null {
  const said = options.get("authtype");
  if (said === "noauth") return { method: "none" };
  if (said === "ssl" || (said === undefined && cert !== null)) {
    return cert === null ? null : { method: "ssl", cert, proxyuser: null };
  }
  if (said !== undefined && said !== "kerberos") return null;
  const [principal, keytab] = [options.get("principal") ?? null, options.get("keytab") ?? null];
  return { method: "gssapi", principal, keytab, ccache: null, proxyuser: null };
}

function unknownProfile(name: string, sections: Sections): KojibridgeError {
  const known = [...new Set([...sections.keys(), ...PRESETS.keys()])].filter((one) => one !== "DEFAULT").sort();
  const message = `there is no Koji profile ${name}: not in /etc/koji.conf(.d) nor ~/.koji/config(.d), and no preset; known: ${known.join(", ")}`;
  return new KojibridgeError("invalid", message, { code: "koji.profile", context: { name } });
}
