import type { Credentials } from "../../ci/credentials.ts";
import { type Env, type Pipeline, textOf } from "../../ci/pipeline.ts";
import type { Printer } from "../../ci/printer.ts";
import type { ForgeEvent } from "../../domain/event.ts";
import type { Orders } from "./orders.ts";
import type { Wish } from "./wish.ts";

/** The process around the step. */
export interface Host {
  readonly env: Env;
  readonly write: (text: string) => void;
  readonly warn: (text: string) => void;
  /** A terminal somebody looks at. */
  readonly live: boolean;
  /** Aborted by the signals that end a job. */
  readonly signal: AbortSignal;
}

/** Everything one run knows from its start. */
export interface Step {
  readonly wish: Wish;
  readonly pipeline: Pipeline;
  readonly event: ForgeEvent;
  readonly orders: Orders;
  readonly credentials: Credentials;
  readonly printer: Printer;
  readonly host: Host;
  /** Of this run alone; removed at its end. */
  readonly directory: string;
}

/** For statuses on the commit. */
export function forgeTokenOf({ env }: Host): string | null {
  return textOf(env, "KOJIBRIDGE_FORGE_TOKEN");
}
