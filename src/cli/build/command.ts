import { Command } from "commander";
import type { Flags } from "./wish.ts";

const collect = (value: string, all: readonly string[]): string[] => [...all, value];

export function buildCommand(): Command {
  return new Command("build")
    .description("Build in a CI job: submit, or find the earlier job's task again, show it, wait, leave results.")
    .option("-c, --config <file>", "rules of this repository (default: .kojibridge.yaml, if there is no --target)")
    .option("--hub-url <url>", "the hub's XML-RPC address (KOJI_HUB_URL)")
    .option("--web-url <url>", "Koji's web pages, for links (KOJI_WEB_URL)")
    .option("--top-url <url>", "where Koji's files are served, for downloads (KOJI_TOP_URL)")
    .option("--profile <name>", "a Koji profile to take these from, such as fedora")
    .option("--target <name>", "build target; may be repeated", collect, [])
    .option("--scratch", "scratch builds (the default of flags; else as the rules say)")
    .option("--no-scratch", "real builds: of protected branches and tags only")
    .option("--arch <arch>", "scratch builds for this one only; may be repeated", collect, [])
    .option("--macro <name=value>", "RPM macro override, with --spec; may be repeated", collect, [])
    .option("--with <name>", "build conditional on, with --spec; may be repeated", collect, [])
    .option("--without <name>", "build conditional off, with --spec; may be repeated", collect, [])
    .option("--source <url>", "what Koji clones (default: this repository at this commit)")
    .option("--srpm <file>", "upload this source package and build it")
    .option("--spec <file>", "make the source package here, of this spec and the sources beside it")
    .option("--sources-command <command>", "run in the spec's folder first, such as 'spectool -g hello.spec'")
    .option("--no-wait", "end as soon as the tasks are there")
    .option("--timeout <duration>", "wait no longer than this, such as 2h")
    .option("--patience <duration>", "how long a hub may be away", "15m")
    .option("--poll-interval <duration>", "how often the tasks are looked at", "5s")
    .option("--download <directory>", "fetch packages and logs into it")
    .option("--report <kind=file>", "junit=FILE or dotenv=FILE; may be repeated", collect, [])
    .option("--json <file>", "write everything known of the builds")
    .option("--follow", "print the builders' logs while they grow")
    .option("--force", "build again, even what is built or being built")
    .option("--no-cancel", "leave the tasks running when the job is canceled or the timeout is over")
    .option("--verbose", "say on standard error what is done")
    .action(async (flags: Flags) => {
      const { runStep } = await import("./run.ts");
      process.exitCode = await runStep(flags, {
        env: process.env,
        write: (text) => void process.stdout.write(text),
        warn: (text) => void process.stderr.write(text),
        live: process.stdout.isTTY === true && process.env.CI === undefined,
        signal: untilSignal(),
      });
    });
}

/** The second signal does not wait for anything. */
function untilSignal(): AbortSignal {
  const controller = new AbortController();
  const stop = () => {
    if (controller.signal.aborted) process.exit(5);
    controller.abort();
  };
  process.on("SIGTERM", stop);
  process.on("SIGINT", stop);
  return controller.signal;
}
