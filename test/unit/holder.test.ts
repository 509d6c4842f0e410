import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, it } from "vitest";
import { createHolder } from "../../src/cli/holder.ts";

it("knows who has ended, where it can be known at all", async () => {
  const me = createHolder();
  const [place] = me.name.split("/");
  const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]);
  await once(child, "spawn");
  const other = `${place}/${child.pid}/x`;
  expect(me.isGone(other), "it lives").toBe(false);
  child.kill("SIGSTOP");
  expect(me.isGone(other), "it stands still").toBe(false);
  child.kill("SIGKILL");
  await once(child, "exit");
  expect(me.isGone(other), "it has ended").toBe(true);
  expect(me.isGone(`elsewhere/${child.pid}/x`), "it had that id on another machine").toBe(false);
  expect(me.isGone(`${place}/${process.pid}/x`), "its id is ours now").toBe(true);
  expect([me.isGone(me.name), me.isGone(createHolder().name)], "ourselves").toEqual([false, false]);
});
