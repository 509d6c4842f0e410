import { multiCall } from "../dispatch.ts";
import { str } from "../python.ts";
import { type Method, method } from "../registry.ts";
import { buildMethods } from "./build.ts";
import { buildInfoMethods } from "./builds.ts";
import { listTasksMethods } from "./list-tasks.ts";
import { miscMethods } from "./misc.ts";
import { outputMethods } from "./output.ts";
import { packageMethods } from "./packages.ts";
import { policyMethods } from "./policies.ts";
import { repoMethods } from "./repos.ts";
import { sessionMethods } from "./session.ts";
import { sidetagMethods } from "./sidetags.ts";
import { tagEditMethods } from "./tag-edit.ts";
import { tagMethods } from "./tags.ts";
import { taskMethods } from "./tasks.ts";
import { uploadMethods } from "./uploads.ts";

/** Every method this hub knows, by name. */
export function createMethods(): ReadonlyMap<string, Method> {
  const methods = new Map<string, Method>();
  const all = [
    sessionMethods,
    miscMethods,
    buildMethods,
    buildInfoMethods,
    taskMethods,
    listTasksMethods,
    outputMethods,
    tagMethods,
    tagEditMethods,
    sidetagMethods,
    packageMethods,
    policyMethods,
    repoMethods,
    uploadMethods,
  ];
  for (const one of all.flat()) methods.set(one.name, one);
  for (const name of ["multiCall", "system.multicall"])
    methods.set(
      name,
      method(name, "calls", (call, calls) => multiCall(methods, call, calls ?? null)),
    );
  methods.set(
    "system.methodSignature",
    method("system.methodSignature", "method", () => "signatures not supported"),
  );
  methods.set(
    "system.methodHelp",
    method("system.methodHelp", "method", (_call, name) => methods.get(str(name ?? null))?.help ?? ""),
  );
  methods.set(
    "system.listMethods",
    method("system.listMethods", "", () => [...methods.keys()]),
  );
  return methods;
}
