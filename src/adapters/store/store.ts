import type { Kysely } from "kysely";
import type { Store } from "../../ports/store.ts";
import { createArchive } from "./archive.ts";
import { createBuildStore } from "./builds.ts";
import { createCensusTaker } from "./census.ts";
import { createDueStore } from "./due.ts";
import { createGallery } from "./gallery.ts";
import type { Write } from "./group.ts";
import { createInbox } from "./inbox.ts";
import { createKnownRepos } from "./known-repos.ts";
import { createLeaseStore, type DatabaseClock } from "./leases.ts";
import { createReportStore } from "./reports.ts";
import type { Tables } from "./schema.ts";
import { createSideTagStore } from "./sidetags.ts";
import { createTagMacroStore } from "./tag-macros.ts";
import { createWishes } from "./wishes.ts";

/** The store port on an open database of either kind, whose schema is up to date. Closing it closes the database. */
export function createStore(
  db: Kysely<Tables>,
  clock: DatabaseClock,
  write: Write,
  shrink: () => Promise<void> = async () => undefined,
): Store {
  return {
    ...createInbox(db),
    ...createArchive(db, shrink),
    ...createBuildStore(db, write),
    ...createReportStore(db, write),
    ...createDueStore(db),
    ...createWishes(db),
    ...createSideTagStore(db),
    ...createTagMacroStore(db),
    ...createLeaseStore(db, clock),
    ...createGallery(db),
    ...createCensusTaker(db),
    ...createKnownRepos(db),
    close: () => db.destroy(),
  };
}
