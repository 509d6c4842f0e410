import { multiCall } from "../dispatch.ts";
import { type Method, method } from "../registry.ts";
import { buildMethods } from "./build.ts";
import { listTasksMethods } from "./list-tasks.ts";
import { miscMethods } from "./misc.ts";
import { outputMethods } from "./output.ts";
import { sessionMethods } from "./session.ts";
import { tagMethods } from "./tags.ts";
import { taskMethods } from "./tasks.ts";

/** Every method this hub knows, by name. */
export function createMethods(): ReadonlyMap<string, Method> {
  const methods = new Map<string, Method>();
  const all = [sessionMethods, miscMethods, buildMethods, taskMethods, listTasksMethods, outputMethods, tagMethods];
  for (const one of all.flat()) methods.set(one.name, one);
  for (const name of ["multiCall", "system.multicall"])
    methods.set(
      name,
      method(name, "calls", (call, calls) => multiCall(methods, call, calls ?? null)),
    );
  methods.set(
    "system.listMethods",
    method("system.listMethods", "", () => [...methods.keys()]),
  );
  return methods;
}
