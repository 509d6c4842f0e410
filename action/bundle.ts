import { build } from "esbuild";

/**
 * One file that needs no `node_modules`, but for what is native and loaded only by those who use it. Names stay as they are:
 * stack traces are read by people.
 */
export async function bundle(entry: string, outfile: string): Promise<void> {
  await build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node22.19",
    external: ["better-sqlite3", "kerberos", "msgpackr-extract", "pg-native"],
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: "linked",
    // Packages in CommonJS ask for Node's own modules by `require`, which a module does not have.
    banner: { js: `import { createRequire } from "node:module"; const require = createRequire(import.meta.url);` },
    logLevel: "warning",
  });
}

const [entry, outfile] = process.argv.slice(2);
if (import.meta.main && entry !== undefined && outfile !== undefined) await bundle(entry, outfile);
