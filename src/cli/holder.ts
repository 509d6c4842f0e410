import { createHash, randomUUID } from "node:crypto";
import { readFileSync, readlinkSync } from "node:fs";
import type { Holder } from "../app/leases.ts";

/** Of this process: it may run several bridges, as tests do. */
const OURS = new Set<string>();

/** A name that no other process has, before or after; who dies here is known to be dead without waiting. */
export function createHolder(): Holder {
  const place = placeOf();
  const name = `${place}/${process.pid}/${randomUUID()}`;
  OURS.add(name);
  return { name, isGone: (other) => isGone(other, place) };
}

/** Certainly so. Where it cannot be known its leases run out. */
function isGone(name: string, place: string): boolean {
  const [there, pid] = name.split("/");
  if (place === "" || there !== place || OURS.has(name)) return false;
  return Number(pid) === process.pid || !exists(Number(pid));
}

/** Processes of one place see each other by their ids: this start of this machine, this namespace of it. */
function placeOf(): string {
  try {
    const start = readFileSync("/proc/sys/kernel/random/boot_id", "utf8");
    const namespace = readlinkSync("/proc/self/ns/pid");
    return createHash("sha256").update(`${start} ${namespace}`).digest("hex").slice(0, 12);
  } catch {
    // Not Linux.
    return "";
  }
}

function exists(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return !(error instanceof Error && "code" in error && error.code === "ESRCH");
  }
}
