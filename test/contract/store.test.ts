import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { afterAll, describe, expect, it } from "vitest";
import { openSqliteStore } from "../../src/adapters/store/sqlite.ts";
import { archiveContract } from "./archive.contract.ts";
import { censusContract } from "./census.contract.ts";
import { galleryContract } from "./gallery.contract.ts";
import { leaseContract } from "./lease.contract.ts";
import { sideTagContract } from "./sidetags.contract.ts";
import { aDelivery, anOrder, storeContract } from "./store.contract.ts";

const directory = mkdtempSync(join(tmpdir(), "kojibridge-store-"));
afterAll(() => rmSync(directory, { recursive: true }));
let files = 0;
const file = () => join(directory, `${++files}.db`);

storeContract("SQLite", () => openSqliteStore(file()));
leaseContract("SQLite", () => openSqliteStore(file()));
storeContract("SQLite in memory", () => openSqliteStore(":memory:"));
galleryContract("SQLite", () => openSqliteStore(file()));
sideTagContract("SQLite", () => openSqliteStore(file()));
censusContract("SQLite", () => openSqliteStore(file()));
archiveContract("SQLite", () => openSqliteStore(file()));

describe("SQLite file", () => {
  it("is backed up while it is in use, as docs/operate.md says, and the copy opens", async () => {
    const [path, copy] = [file(), file()];
    const store = await openSqliteStore(path);
    await store.accept(aDelivery(), [anOrder()]);
    const other = new Database(path);
    other.exec(`VACUUM INTO '${copy}'`);
    other.close();
    await store.accept(aDelivery({ id: "later" }), []);
    await store.close();
    const restored = await openSqliteStore(copy);
    expect(await restored.delivery("d1")).toMatchObject({ builds: ["b1"] });
    expect(await restored.build("b1")).toMatchObject({ phase: "queued" });
    expect(await restored.delivery("later")).toBeNull();
    await restored.close();
  });

  it("gives the disk back what was let go of", async () => {
    const path = file();
    const store = await openSqliteStore(path);
    for (let i = 0; i < 200; i++)
      await store.accept(aDelivery({ id: `d${i}`, builds: [], payload: Buffer.alloc(20_000, i) }), []);
    await store.forget("delivery", 9_000, 200);
    await store.shrink();
    await store.close();
    expect(statSync(path).size).toBeLessThan(1_000_000);
  });

  it("keeps everything over a restart", async () => {
    const path = file();
    const first = await openSqliteStore(path);
    await first.accept(aDelivery(), [anOrder()]);
    await first.close();
    const second = await openSqliteStore(path);
    expect(await second.delivery("d1")).toEqual(aDelivery());
    expect(await second.due(9e12, 10)).toHaveLength(2);
    await second.close();
  });

  it("two processes may open it, and see each other's writes", async () => {
    const path = file();
    const [one, two] = await Promise.all([openSqliteStore(path), openSqliteStore(path)]);
    await one.accept(aDelivery(), [anOrder()]);
    expect((await two.accept(aDelivery(), [])).duplicate).toBe(true);
    await Promise.all([one.close(), two.close()]);
  });

  it("says which file cannot be opened", async () => {
    await expect(openSqliteStore(join(directory, "no", "such.db"))).rejects.toThrow(
      /sqlite:.*such\.db cannot be opened/,
    );
  });
});
