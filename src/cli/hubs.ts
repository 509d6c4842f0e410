import { type Auth, type HubOptions, loadProfile } from "../adapters/koji/index.ts";
import type { Config, HubConfig } from "../config/config.ts";
import { KojibridgeError } from "../domain/errors.ts";
import type { HubLinks } from "../domain/links.ts";
import { version } from "./version.ts";

/** One configured hub with what its profile adds; the keys of our own file win. */
export interface HubAddress {
  readonly options: HubOptions & { readonly ca: string | null };
  readonly webUrl: string | null;
  readonly topUrl: string | null;
  readonly links: HubLinks;
}

/** @throws `invalid` when a profile cannot be found or read */
export async function resolveHubs(config: Config): Promise<Map<string, HubAddress>> {
  const addresses = new Map<string, HubAddress>();
  for (const hub of Object.values(config.hubs)) addresses.set(hub.name, await resolveHub(hub));
  return addresses;
}

/** @throws `invalid` when its profile cannot be found or read */
export async function resolveHub(hub: HubConfig): Promise<HubAddress> {
  const profile = hub.profile === null ? null : await loadProfile(hub.profile);
  const url = hub.url ?? profile?.url;
  if (url === undefined) throw new KojibridgeError("invalid", `hubs.${hub.name}: neither \`url\` nor \`profile\``);
  const auth = toAuth(hub.auth) ?? profile?.auth ?? { method: "none" };
  const webUrl = hub.webUrl ?? profile?.webUrl ?? null;
  const topUrl = hub.topUrl ?? profile?.topUrl ?? null;
  return {
    options: { url, ca: hub.ca ?? profile?.ca ?? null, auth, userAgent: `koji/1 kojibridge/${version()}` },
    webUrl,
    topUrl,
    links: { webUrl, topUrl, command: toCommand(hub.profile, url, topUrl) },
  };
}

/** How people with the Koji client reach that hub. */
function toCommand(profile: string | null, url: string, topUrl: string | null): string {
  if (profile !== null) return profile === "koji" ? "koji" : `koji --profile=${profile}`;
  return [`koji --server=${url}`, ...(topUrl === null ? [] : [`--topurl=${topUrl}`])].join(" ");
}

function toAuth(auth: HubConfig["auth"]): Auth | null {
  return auth?.method === "password" ? { ...auth, password: auth.password.reveal() } : auth;
}
