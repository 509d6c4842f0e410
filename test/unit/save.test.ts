import { expect, it } from "vitest";
import { createSave } from "../../src/app/save.ts";
import { tallied } from "../../src/app/tallied.ts";
import type { Build } from "../../src/domain/build.ts";
import type { Held } from "../../src/ports/leases.ts";
import { NO_TALLY } from "../../src/ports/tally.ts";
import { aBuild } from "../contract/store.contract.ts";

it("the lease that a watcher writes under reaches the database, whoever counts on the way", async () => {
  const seen: (Held | null | undefined)[] = [];
  const store = {
    save: async (build: Build, _visible: boolean, under?: Held | null) => {
      seen.push(under);
      return build;
    },
  };
  const save = tallied(
    createSave(store, () => undefined),
    NO_TALLY,
  );
  const held = { name: "watch fedora", token: 7 };
  await save(aBuild(), aBuild({ reason: "x" }), held);
  await save(aBuild(), aBuild({ reason: "x" }));
  expect(seen).toEqual([held, null]);
});
