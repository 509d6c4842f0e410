import { isStruct, type XmlRpcValue } from "../../../adapters/koji/xmlrpc.ts";
import { assertLogin, type Call, hasPermission } from "../core.ts";
import { actionNotAllowed, genericError, pythonError } from "../fault.ts";
import { find } from "../find.ts";
import { checkType, str, truthy } from "../python.ts";
import { method } from "../registry.ts";
import { createTask, DEFAULT_PRIORITY } from "../tasks.ts";
import type { Answer } from "../values.ts";

const SIGNATURE = "target, opts=None, priority=None, channel=None";

export const buildMethods = [
  method("build", `src, ${SIGNATURE}`, (call, src, ...rest) => submit(call, "build", src ?? null, "str", rest)),
  method("chainBuild", `srcs, ${SIGNATURE}`, (call, srcs, ...rest) =>
    submit(call, "chainbuild", srcs ?? null, "list", rest),
  ),
];

/**
 * Checks almost nothing: unknown targets, policy and bad sources are the builder's to refuse (transcripts, "Builds and tasks").
 */
function submit(
  call: Call,
  name: string,
  source: XmlRpcValue,
  type: "str" | "list",
  [target = null, opts = null, priority = null, channel = null]: XmlRpcValue[],
): Answer {
  const user = assertLogin(call.caller);
  checkType(source, type);
  const offset = truthy(priority) ? Number(priority) : 0;
  if (offset < 0 && !hasPermission(call.caller, "admin"))
    throw actionNotAllowed("only admins may create high-priority tasks");
  const chosen = truthy(channel) ? findChannel(call, channel) : 1;
  if (truthy(opts) && !isStruct(opts))
    throw pythonError("TypeError", "list indices must be integers or slices, not str");
  return createTask(call.core, {
    method: name,
    request: [source, target, truthy(opts) ? opts : {}],
    owner: user.id,
    channel: chosen,
    priority: DEFAULT_PRIORITY + offset,
  }).id;
}

function findChannel({ core }: Call, key: XmlRpcValue): number {
  const found = find(core.db.channels.values(), (channel) => channel.name === key || channel.id === key);
  if (found === undefined) throw genericError(`No such channel: ${str(key)}`);
  return found.id;
}
