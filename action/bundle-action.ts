import { join } from "node:path";
import type { Metafile } from "esbuild";
import { bundle } from "./bundle.ts";

const here = import.meta.dirname;

/** The action: nothing is installed when it runs. What only some jobs need lies beside, so that it is not even read by others. */
export function bundleAction(): Promise<Metafile> {
  return bundle(join(here, "main.ts"), join(here, "dist/main.mjs"), {
    target: "node24",
    splitting: true,
    alias: { "better-sqlite3": join(here, "sqlite.ts") },
  });
}

if (import.meta.main) await bundleAction();
