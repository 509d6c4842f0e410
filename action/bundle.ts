import { globSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, extname, parse } from "node:path";
import { type BuildOptions, build, type Metafile } from "esbuild";

/**
 * One file that needs no `node_modules`, but for what is native and loaded only by those who use it. Names stay as they are:
 * stack traces are read by people. Beside it, as `.licenses.txt`, what the authors of the packages in it want to be passed on.
 */
export async function bundle(entry: string, outfile: string, more: BuildOptions = {}): Promise<Metafile> {
  const { metafile } = await build({
    entryPoints: [entry],
    outdir: dirname(outfile),
    entryNames: parse(outfile).name,
    outExtension: { ".js": extname(outfile) },
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node22.19",
    external: ["better-sqlite3", "kerberos", "msgpackr-extract", "pg-native"],
    ...more,
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: "none",
    metafile: true,
    // Packages in CommonJS ask for Node's own modules by `require`, which a module does not have.
    banner: { js: `import { createRequire } from "node:module"; const require = createRequire(import.meta.url);` },
    logLevel: "warning",
  });
  writeFileSync(`${outfile}.licenses.txt`, licensesOf(Object.keys(metafile.inputs)));
  return metafile;
}

/** @param files as esbuild names them: relative to the working directory */
function licensesOf(files: readonly string[]): string {
  const packages = new Set(files.flatMap((file) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file) ?? []));
  const texts = [...packages].sort().map((directory) => {
    const { name, version, license } = JSON.parse(readFileSync(`${directory}/package.json`, "utf8"));
    const written = globSync(`${directory}/{licen[cs]e,LICEN[CS]E,Licen[cs]e,COPYING}*`).map((file) =>
      readFileSync(file, "utf8"),
    );
    return [`${name} ${version} (${license})`, ...written].join("\n\n");
  });
  return `${texts.join(`\n\n${"-".repeat(80)}\n\n`)}\n`;
}

const [entry, outfile] = process.argv.slice(2);
if (import.meta.main && entry !== undefined && outfile !== undefined) await bundle(entry, outfile);
