import type { HubConfig } from "./config.ts";
import { parseDuration } from "./units.ts";

const DAY_MS = 24 * 3_600_000;

/** A hub that flags name, with the defaults of the file; without the schema, which takes a good part of a start to load. */
export function toFlagHub(name: string, said: Partial<Pick<HubConfig, "url" | "profile">>, poll: string): HubConfig {
  return {
    name,
    profile: null,
    url: null,
    webUrl: null,
    topUrl: null,
    ca: null,
    auth: null,
    pollInterval: parseDuration(poll) ?? 5_000,
    sidetagLifetime: 7 * DAY_MS,
    reservedTargets: null,
    infraRetries: 2,
    ...said,
  };
}
