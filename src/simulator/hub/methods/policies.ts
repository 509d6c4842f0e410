import { isStruct, type XmlRpcStruct, type XmlRpcValue } from "../../../adapters/koji/xmlrpc.ts";
import type { Call } from "../core.ts";
import { genericError } from "../fault.ts";
import { str } from "../python.ts";
import { method } from "../registry.ts";
import type { Answer } from "../values.ts";

export const policyMethods = [method("evalPolicy", "name, data", evalPolicy)];

/** The action of the first rule that matches. Of the world's policies only this one is asked by clients. */
function evalPolicy({ core, caller }: Call, name: XmlRpcValue, data: XmlRpcValue): Answer {
  if (name !== "build_from_scm") throw genericError(`no such policy: ${str(name)}`);
  const given: XmlRpcStruct = isStruct(data) ? data : {};
  const user = core.db.users.get(Number(given.user_id)) ?? caller.user;
  const [host, path] = [str(given.scm_host ?? null), str(given.scm_repository ?? null)];
  const reason = core.settings.policy.scm({ host, path, user: user?.name ?? "" });
  return reason === null ? "allow" : `deny ${reason}`;
}
