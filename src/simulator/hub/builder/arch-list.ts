import type { XmlRpcStruct } from "../../../adapters/koji/xmlrpc.ts";
import type { Core } from "../core.ts";
import { buildError } from "../fault.ts";
import { str, truthy } from "../python.ts";
import { buildConfigOf } from "../tags.ts";
import type { Goal } from "./goal.ts";
import type { Outcome } from "./outcome.ts";

/** kojid's `getArchList`. */
export function archesOf(
  core: Core,
  goal: Goal,
  extra: string | null,
  opts: XmlRpcStruct,
  plan: Outcome | undefined,
): string[] {
  const { arches } = buildConfigOf(core, goal.buildTag);
  if (!arches) throw buildError(`No arches for tag ${goal.buildTag.name} [${goal.buildTag.id}]`);
  const allowed = splitArches(arches).map(canonicalArch);
  let list = splitArches(`${arches} ${extra ?? ""}`);
  if (plan?.noarch === true) list = ["noarch"];
  if (goal.scratch && truthy(opts.arch_override)) list = splitArches(str(opts.arch_override ?? ""));
  const matching = list.filter((arch) => arch === "noarch" || allowed.includes(canonicalArch(arch)));
  if (matching.length === 0) throw buildError("No matching arches were found");
  return [...new Set(matching)];
}

function splitArches(text: string): string[] {
  return text.split(/\s+/).filter((arch) => arch !== "");
}

/** koji.canonArch, for the arches anybody still builds. */
function canonicalArch(arch: string): string {
  if (/^(i[3456]86|athlon|geode)$/.test(arch)) return "i386";
  if (/^x86_64_v\d$|^amd64$|^ia32e$/.test(arch)) return "x86_64";
  return /^armv[567]/.test(arch) ? "arm" : arch;
}
