import type { BuildCommand, Commands } from "../../app/commands.ts";
import type { Replay } from "../../app/replay.ts";
import type { Role } from "../../domain/role.ts";
import type { Gallery } from "../../ports/gallery.ts";
import type { Identity } from "../../ports/identity.ts";
import type { Budget } from "../../ports/insight.ts";
import type { Log } from "../../ports/runtime.ts";
import type { Inbox } from "../../ports/store.ts";
import type { HubLook, HubPlace } from "../hubs.ts";
import type { Refusals } from "../refusals.ts";
import type { Rights } from "../visitor/rights.ts";
import type { Doorkeeper } from "../visitor/visitor.ts";

export interface ForgePlace {
  readonly name: string;
  readonly type: "github" | "gitlab" | "forgejo";
  /** The address people use. */
  readonly webUrl: string;
  /** Login behind our token; null while unknown. */
  readonly login: () => string | null;
  /** Null while it has not said. */
  readonly budget: () => Budget | null;
}

/** What the pages are made from. Lists read the store alone. */
export interface DashboardDeps {
  readonly gallery: Gallery & Pick<Inbox, "delivery">;
  readonly hubs: ReadonlyMap<string, HubPlace>;
  readonly hubLook: HubLook;
  readonly forges: ReadonlyMap<string, ForgePlace>;
  readonly refusals: Refusals;
  readonly commands: Commands;
  /** What access to the repo each needs. */
  readonly roles: Readonly<Record<BuildCommand, Role>>;
  readonly replay: Replay;
  readonly doorkeeper: Doorkeeper;
  /** Forges people can sign in with. */
  readonly identities: ReadonlyMap<string, Identity>;
  readonly rights: Rights;
  /** Takes secrets out of what builds print. */
  readonly mask: (text: string) => string;
  readonly publicUrl: string | null;
  readonly log: Log;
  readonly now: () => number;
}
