import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { openSqliteStore } from "../../src/adapters/store/sqlite.ts";
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

describe("SQLite file", () => {
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
