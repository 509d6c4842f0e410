#!/usr/bin/env node
// Nothing newer than old Nodes can read may stand in this file: it is what tells their users which Node to take.
const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);

if (major < 22 || (major === 22 && minor < 19)) {
  process.stderr.write(`kojibridge needs Node.js 22.19 or newer; this is ${process.versions.node}.\n`);
  process.exitCode = 2;
} else {
  const { enableCompileCache } = await import("node:module");
  const { CACHE_DIRECTORY, XDG_CACHE_HOME, HOME } = process.env;
  const home = XDG_CACHE_HOME || (HOME && `${HOME}/.cache`);
  // Never where Node would put it by itself: what lies below /tmp may be another user's code.
  const cache = CACHE_DIRECTORY || (home && `${home}/kojibridge`);
  if (cache) enableCompileCache(cache);
  const { main } = await import("./main.ts");
  await main(process.argv);
}
