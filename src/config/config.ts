import type { CommentMode } from "../domain/build.ts";
import type { CommandKind } from "../domain/commands.ts";
import type { Patterns } from "../domain/pattern.ts";
import type { Role } from "../domain/role.ts";
import type { RepoEntry, Rule } from "../domain/rules.ts";
import type { Template } from "../domain/template.ts";
import type { Language } from "../domain/words/words.ts";
import type { Network, Rate } from "./network.ts";
import type { Secret } from "./secret.ts";
import type { Address } from "./units.ts";

/** The configuration as the rest of the program takes it: defaults filled in, paths absolute, times in milliseconds. */
export interface Config {
  /** Absolute path of the file it came from. */
  readonly file: string;
  readonly server: ServerConfig;
  readonly database: DatabaseConfig;
  readonly queue: QueueConfig;
  readonly retention: RetentionConfig;
  readonly hubs: Readonly<Record<string, HubConfig>>;
  readonly forges: Readonly<Record<string, ForgeConfig>>;
  readonly repos: readonly RepoEntry[];
  readonly commands: Readonly<Record<CommandKind, Role>>;
  /** `summary` null: no status of the whole commit. */
  readonly reports: ReportsConfig;
  readonly rules: readonly Rule[];
}

interface ReportsConfig {
  readonly comments: CommentMode;
  readonly summary: string | null;
  readonly language: Language;
  /** The operator's own wording of the comment; null: ours. */
  readonly comment: Template | null;
}

/** Ages in milliseconds; null: without end. */
export interface RetentionConfig {
  readonly payloads: number | null;
  readonly deliveries: number | null;
  readonly builds: number | null;
  readonly mostDeliveries: number | null;
  readonly mostBuilds: number | null;
}

export type DatabaseConfig =
  | { readonly kind: "sqlite"; readonly path: string }
  /** Password null: not said, which leaves it to PGPASSWORD. */
  | { readonly kind: "postgres"; readonly url: string; readonly password: Secret | null };

export type QueueConfig =
  | { readonly kind: "local" }
  | {
      readonly kind: "redis";
      readonly mode: "single" | "sentinel" | "cluster";
      readonly nodes: readonly Address[];
      /** Null but for Sentinel. */
      readonly master: string | null;
      readonly db: number;
      readonly username: string | null;
      readonly password: Secret | null;
      readonly sentinelPassword: Secret | null;
      readonly tls: boolean;
      readonly ca: string | null;
      readonly prefix: string;
    };

interface ServerConfig {
  readonly listen: Address;
  /** Without a slash at its end. */
  readonly publicUrl: string | null;
  /** Bytes. */
  readonly bodyLimit: number;
  /** Null: off. */
  readonly rateLimit: Rate | null;
  readonly trustProxy: readonly Network[];
  /** Null: nobody is let in by a token. */
  readonly apiToken: Secret | null;
}

export interface OAuthConfig {
  readonly clientId: string;
  readonly clientSecret: Secret;
}

export interface HubConfig {
  readonly name: string;
  /** A Koji profile that fills what is null here. */
  readonly profile: string | null;
  /** Null only with a profile. */
  readonly url: string | null;
  readonly webUrl: string | null;
  readonly topUrl: string | null;
  readonly ca: string | null;
  /** Null: not said, which is what the profile says, else read-only. */
  readonly auth: HubAuth | null;
  readonly pollInterval: number;
  /** Milliseconds a side tag is kept without being used. */
  readonly sidetagLifetime: number;
  /** Targets whose build tag is ours to change. */
  readonly reservedTargets: Patterns | null;
  readonly infraRetries: number;
}

export type HubAuth =
  | { readonly method: "password"; readonly username: string; readonly password: Secret }
  | { readonly method: "ssl"; readonly cert: string; readonly proxyuser: string | null }
  | {
      readonly method: "gssapi";
      readonly principal: string | null;
      /** Of keytab and ccache one is said. */
      readonly keytab: string | null;
      readonly ccache: string | null;
      readonly proxyuser: string | null;
    }
  | { readonly method: "none" };

/** A GitHub App. */
export interface AppConfig {
  readonly id: number;
  readonly privateKey: Secret;
  readonly installation: number | null;
}

/** Secrets are lists, since each may be two for as long as it is being changed. */
export type ForgeConfig =
  | {
      readonly type: "github";
      readonly name: string;
      readonly apiUrl: string;
      /** One of the two. */
      readonly token: Secret | null;
      readonly app: AppConfig | null;
      readonly oauth: OAuthConfig | null;
      readonly allow: readonly Network[] | null;
      readonly webhookSecrets: readonly Secret[];
    }
  | {
      readonly type: "gitlab";
      readonly name: string;
      readonly url: string;
      readonly token: Secret;
      readonly oauth: OAuthConfig | null;
      readonly allow: readonly Network[] | null;
      readonly webhookSecrets: readonly Secret[];
      readonly signingTokens: readonly Secret[];
    }
  | {
      /** Gitea as well. */
      readonly type: "forgejo";
      readonly name: string;
      readonly url: string;
      readonly token: Secret;
      readonly oauth: OAuthConfig | null;
      readonly allow: readonly Network[] | null;
      readonly webhookSecrets: readonly Secret[];
    };
