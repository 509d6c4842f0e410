import { join } from "node:path";
import { bundle } from "./bundle.ts";

/** The action: one file with nothing beside it, so that nothing is installed when it runs. */
const here = import.meta.dirname;
await bundle(join(here, "main.ts"), process.argv[2] ?? join(here, "dist/main.mjs"), {
  target: "node24",
  alias: { "better-sqlite3": join(here, "sqlite.ts") },
});
