import { type Kysely, type RawBuilder, sql } from "kysely";
import type { Held, LeaseStore } from "../../ports/leases.ts";
import type { Tables } from "./schema.ts";

/** Epoch milliseconds, by the clock that all processes of this database share. */
export type DatabaseClock = RawBuilder<number>;

const DAY_MS = 86_400_000;

export function createLeaseStore(db: Kysely<Tables>, clock: DatabaseClock): LeaseStore {
  let tidied = false;

  /** Processes have names of their own, which nobody asks for again. The other leases keep their tokens for ever. */
  async function tidy(): Promise<void> {
    tidied = true;
    await db
      .deleteFrom("lease")
      .where("name", "like", "process %")
      .where("expires_at", "<", sql<number>`${clock} - ${sql.lit(DAY_MS)}`)
      .execute();
  }

  return {
    async hold(holder, names, ms) {
      if (!tidied) await tidy();
      const fresh = { holder, token: 1, nudges: 0, expires_at: sql<number>`${clock} + ${sql.lit(ms)}` };
      return (
        db
          .insertInto("lease")
          // In one order, so that two processes do not wait for each other.
          .values(names.toSorted().map((name) => ({ name, ...fresh })))
          .onConflict((c) =>
            c
              .column("name")
              .doUpdateSet({
                token: sql<number>`case when lease.holder = excluded.holder then lease.token else lease.token + 1 end`,
                holder,
                expires_at: sql<number>`excluded.expires_at`,
              })
              .where(sql<boolean>`lease.holder = excluded.holder or lease.expires_at <= ${clock}`),
          )
          .returning(["name", "token", "nudges"])
          .execute()
      );
    },

    async release(holder) {
      await db.updateTable("lease").set({ expires_at: 0 }).where("holder", "=", holder).execute();
    },

    async holders(names) {
      const rows = await db
        .selectFrom("lease")
        .select("holder")
        .distinct()
        .where("name", "in", names)
        .where("expires_at", ">", clock)
        .execute();
      return rows.map((row) => row.holder);
    },

    async isHeld(name) {
      const row = await db
        .selectFrom("lease")
        .select("name")
        .where("name", "=", name)
        .where("expires_at", ">", clock)
        .executeTakeFirst();
      return row !== undefined;
    },

    async nudge(name) {
      await db.updateTable("lease").set({ nudges: sql<number>`nudges + 1` }).where("name", "=", name).execute();
    },
  };
}

/** A condition of a write: nobody has taken that lease since. */
export function stillHeld({ name, token }: Held) {
  return sql<boolean>`exists (select 1 from lease where name = ${name} and token = ${token})`;
}
