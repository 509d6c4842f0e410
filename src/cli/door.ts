import { BlockList, isIP, isIPv6 } from "node:net";
import type { Config } from "../config/config.ts";
import type { Network } from "../config/network.ts";
import type { DoorPolicy } from "../http/door/door.ts";
import { plainAddress } from "../http/door/rate-limit.ts";

/** The door as the configuration has it now. */
export function createDoorPolicy(config: () => Config): DoorPolicy {
  const lists = new WeakMap<readonly Network[], BlockList>();
  function isIn(networks: readonly Network[], given: string): boolean {
    const address = plainAddress(given);
    // A proxy may write anything into its header.
    if (isIP(address) === 0) return false;
    const list = lists.get(networks) ?? toList(networks);
    lists.set(networks, list);
    return list.check(address, isIPv6(address) ? "ipv6" : "ipv4");
  }
  return {
    rate: () => config().server.rateLimit,
    isProxy: (address) => isIn(config().server.trustProxy, address),
    mayDeliver(forge, address) {
      const { forges } = config();
      const allow = Object.hasOwn(forges, forge) ? forges[forge]?.allow : null;
      return allow === null || allow === undefined || isIn(allow, address);
    },
  };
}

function toList(networks: readonly Network[]): BlockList {
  const list = new BlockList();
  for (const { address, prefix, family } of networks) list.addSubnet(address, prefix, family);
  return list;
}
