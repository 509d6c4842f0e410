import type { Start } from "../../app/by-hand.ts";
import type { Commands } from "../../app/commands.ts";
import type { Replay } from "../../app/replay.ts";
import type { Gallery } from "../../ports/gallery.ts";
import type { Inbox } from "../../ports/store.ts";

export interface ApiDeps {
  readonly store: Gallery & Pick<Inbox, "delivery">;
  readonly webUrl: (hub: string) => string | null;
  readonly isToken: (given: string) => boolean;
  readonly commands: Commands;
  readonly replay: Replay;
  readonly start: Start;
  readonly hubs: () => Promise<readonly object[]>;
  readonly version: string;
}

/** What the log and reasons call whoever has the token. */
export const WHO = "the API token";
