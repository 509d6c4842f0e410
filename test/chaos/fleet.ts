import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { COMMAND, type Started, start } from "../support/cli.ts";
import { ENV } from "../support/worlds.ts";

export type Role = "all" | "web" | "worker";

/** Processes of `kojibridge serve`, which are killed and come back. */
export interface Fleet {
  /** Where one of the receivers listens; null while it is dead. */
  url(door: number): string | null;
  /** SIGKILL, and a new one of its kind `ms` later. False: it was dead already. */
  kill(which: number, ms: number): Promise<boolean>;
  /** Resolves when all of them live. */
  whole(): Promise<void>;
  /** What they logged, one text for each that ever lived. */
  logs(): readonly string[];
}

interface Member {
  readonly role: Role;
  url: string | null;
  process: Started | null;
  reviving: Promise<void>;
}

export interface FleetOptions {
  readonly directory: string;
  readonly yaml: string;
  readonly env: Readonly<Record<string, string>>;
  readonly roles: readonly Role[];
}

export async function startFleet({ directory, yaml, env, roles }: FleetOptions): Promise<Fleet> {
  const config = join(directory, "kojibridge.yaml");
  writeFileSync(config, yaml);
  const logs: { text: string }[] = [];
  const members = roles.map((role): Member => ({ role, url: null, process: null, reviving: Promise.resolve() }));

  async function launch(member: Member): Promise<void> {
    const listen = member.role === "worker" ? [] : ["--listen", "127.0.0.1:0"];
    const started = start([COMMAND, "serve", "-c", config, "--role", member.role, ...listen], {
      cwd: directory,
      env: { ...ENV, ...env },
    });
    const log = { text: "" };
    logs.push(log);
    started.process.stdout?.on("data", (chunk) => {
      log.text += chunk;
    });
    member.process = started;
    const [, url = ""] = await started.prints(/"url":"([^"]*)","role"/);
    member.url = url;
  }

  /** It cannot start while its database is away: its supervisor tries again, as systemd would. */
  async function revive(member: Member): Promise<void> {
    for (const deadline = Date.now() + 60_000; ; await delay(200)) {
      try {
        return await launch(member);
      } catch (error) {
        if (Date.now() > deadline) throw error;
      }
    }
  }

  await Promise.all(members.map(revive));
  const receivers = members.filter(({ role }) => role !== "worker");
  return {
    url: (door) => receivers[door % receivers.length]?.url ?? null,
    async kill(which, ms) {
      const member = members[which % members.length];
      if (member?.process == null || member.url === null) return false;
      const { process, ended } = member.process;
      Object.assign(member, { url: null, process: null });
      process.kill("SIGKILL");
      await ended;
      member.reviving = delay(ms).then(() => revive(member));
      member.reviving.catch(() => {});
      return true;
    },
    async whole() {
      await Promise.all(members.map(({ reviving }) => reviving));
    },
    logs: () => logs.map(({ text }) => text),
  };
}
