import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Credentials, readCredentials } from "../../ci/credentials.ts";
import { EXIT } from "../../ci/exit.ts";
import type { Pipeline } from "../../ci/pipeline.ts";
import { createPrinter } from "../../ci/printer.ts";
import { exitOf, stateOf } from "../../ci/result.ts";
import { explain, isKind } from "../../domain/errors.ts";
import { type ForgeEvent, isIgnored } from "../../domain/event.ts";
import { definitionsOf } from "../../domain/macros.ts";
import { plan } from "../../domain/rules.ts";
import { conclude } from "./conclude.ts";
import { type Orders, refusalOf, toOrders, withNames } from "./orders.ts";
import { prepareSrpms } from "./package.ts";
import type { Host, Step } from "./step.ts";
import { readPipeline } from "./surroundings.ts";
import { type Flags, toWish, type Wish } from "./wish.ts";
import { work } from "./work.ts";

/** Builds what the flags and the pipeline ask for, and waits. @returns the exit code */
export async function runStep(flags: Flags, host: Host): Promise<number> {
  try {
    const wish = toWish(flags, host.env);
    const pipeline = readPipeline(host.env, wish.origin);
    const credentials = readCredentials(host.env);
    const directory = mkdtempSync(join(tmpdir(), "kojibridge-build-"));
    try {
      return await runInside(wish, pipeline, credentials, directory, host);
    } finally {
      credentials.remove();
      rmSync(directory, { recursive: true, force: true });
    }
  } catch (error) {
    host.warn(`kojibridge: ${explain(error)}\n`);
    return isKind(error, "invalid", "auth", "rejected") ? EXIT.usage : EXIT.infrastructure;
  }
}

async function runInside(
  wish: Wish,
  pipeline: Pipeline,
  credentials: Credentials,
  directory: string,
  host: Host,
): Promise<number> {
  const { secrets } = credentials;
  const printer = createPrinter({ kind: pipeline.kind, secrets, write: host.write, live: host.live, now: Date.now });
  const nothing = (why: string) => {
    printer.line(`kojibridge: nothing was built: ${why}`);
    return EXIT.ok;
  };
  const { event } = pipeline;
  if (isIgnored(event)) return nothing(event.ignored);
  if (pipeline.withoutSecrets && credentials.auth === null)
    return nothing("the pipelines of forks get no secrets, so there are no credentials for Koji");
  const orders = await toOrders(wish);
  const verdict = whatToDo(event, orders, wish, pipeline);
  if ("problem" in verdict) {
    printer.line(`kojibridge: ${verdict.problem}`);
    printer.annotate({ level: "error", title: "Koji", message: verdict.problem, file: null, line: null });
    return EXIT.usage;
  }
  if (verdict.ignored !== null) return nothing(verdict.ignored);
  const first: Step = { wish, pipeline, event, orders, credentials, printer, host, directory };
  const srpms = await prepareSrpms(first);
  const step: Step = { ...first, orders: withNames(orders, srpms) };
  const worked = await work(step, srpms, `step-${randomUUID()}`);
  const results = await conclude(step, worked);
  return exitOf(stateOf(results, worked.interruption));
}

type Verdict = { readonly problem: string } | { readonly ignored: string | null };

/** The same `plan` as the engine's: said before anything is opened. */
function whatToDo(event: ForgeEvent, { rules }: Orders, wish: Wish, pipeline: Pipeline): Verdict {
  if (wish.scratch === false && event.kind === "merge_request")
    return { problem: "merge requests only get scratch builds" };
  if (wish.origin.kind !== "spec" && rules.some(({ build }) => definitionsOf(build.macros).length > 0))
    return { problem: "--macro, --with and --without need --spec: the SRPM carries them" };
  const { builds, trace, ignored } = plan(event, rules, { comments: "always" });
  const refused = [
    ...trace.flatMap((one) => one.refused),
    ...builds.flatMap((build) => refusalOf(build, pipeline) ?? []),
    ...(ignored?.startsWith("configuration error") ? [ignored] : []),
  ];
  const [problem] = refused;
  if (problem !== undefined) return { problem };
  const reasons = trace.flatMap(({ rule, reason }) => (reason === null ? [] : [`${rule}: ${reason}`]));
  return { ignored: ignored === null ? null : [ignored, ...reasons].join("; ") };
}
