import { createClient, createHub, type HubOptions, type KojiClient, type OpenHub } from "../../adapters/koji/index.ts";
import { createLocalQueue } from "../../adapters/queue/local.ts";
import { openSqliteStore } from "../../adapters/store/sqlite.ts";
import { createRepoFiles } from "../../app/repo-files.ts";
import type { Credentials } from "../../ci/credentials.ts";
import { createResumingHub, type ResumeDeps } from "../../ci/resume.ts";
import type { TaskFiles } from "../../ci/task-files.ts";
import type { HubConfig } from "../../config/config.ts";
import { parseRepoFile } from "../../config/repo-file.ts";
import type { Build } from "../../domain/build.ts";
import { USUAL_ROLES } from "../../domain/commands.ts";
import { defaultComment } from "../../domain/comment-template.ts";
import { type HubLinks, NO_LINKS } from "../../domain/links.ts";
import { EN } from "../../domain/words/en.ts";
import type { Forge } from "../../ports/forge.ts";
import type { Hub } from "../../ports/hub.ts";
import type { Log } from "../../ports/runtime.ts";
import type { Store } from "../../ports/store.ts";
import { NO_TALLY } from "../../ports/tally.ts";
import type { Parts } from "../bridge.ts";
import { resolveHub } from "../hubs.ts";
import { createTaskFiles } from "./task-files.ts";

/** One hub of the step: the engine's view of it, and what lies beside. */
export interface StepHub {
  readonly hub: Hub;
  readonly client: KojiClient;
  readonly files: TaskFiles;
  readonly webUrl: string | null;
  readonly links: HubLinks;
  readonly ca: string | null;
  /** Whether we can build there: who only reads cannot. */
  readonly canBuild: boolean;
  close(): Promise<void>;
}

/** Nothing is contacted yet. The credentials are the environment's; a profile's count where it has none. */
export async function openHub(
  config: HubConfig,
  credentials: Credentials,
  resume: Omit<ResumeDeps, "hub" | "toSource">,
  uploader: (client: KojiClient) => ResumeDeps["toSource"],
): Promise<StepHub> {
  const { options, webUrl, topUrl, links } = await resolveHub(config);
  const auth = credentials.auth ?? options.auth;
  const all: HubOptions = { ...options, auth, ca: credentials.ca ?? options.ca };
  const open: OpenHub = createHub(all);
  const client = createClient(all);
  return {
    hub: createResumingHub({ ...resume, hub: open, toSource: uploader(client) }),
    client,
    files: createTaskFiles(client, topUrl),
    webUrl,
    links,
    ca: credentials.ca ?? options.ca,
    canBuild: auth.method !== "none",
    async close() {
      await Promise.all([open.close(), client.close()]);
    },
  };
}

/** How many keys are worked on at a time. */
const LANE_LIMIT = 8;

/** The engine's parts, on a database that ends with the process. */
export async function openStepParts(
  hubs: ReadonlyMap<string, StepHub>,
  forges: ReadonlyMap<string, Forge>,
  configs: Readonly<Record<string, HubConfig>>,
  secrets: readonly string[],
  log: Log,
  saved: (build: Build) => void,
): Promise<Omit<Parts, "rules">> {
  const store = await openSqliteStore(":memory:");
  return {
    store: withNews(store, saved),
    queue: createLocalQueue(LANE_LIMIT),
    hubs: new Map([...hubs].map(([name, { hub }]) => [name, hub])),
    forges,
    facts: new Map(),
    // The pipeline says whether its branch or tag is protected (orders.ts).
    guards: null,
    repoFiles: createRepoFiles(parseRepoFile),
    roles: USUAL_ROLES,
    repos: [],
    comments: "always",
    // The CI job is that.
    summary: null,
    webUrl: (hub) => hubs.get(hub)?.webUrl ?? null,
    links: (hub) => hubs.get(hub)?.links ?? NO_LINKS,
    comment: defaultComment(),
    pollInterval: (hub) => configs[hub]?.pollInterval ?? 5_000,
    // A job that waits minutes between attempts blocks its runner: whoever reads "infrastructure" runs it again.
    infraRetries: () => 0,
    words: EN,
    secrets,
    macrosIn: "srpm",
    sidetagLifetime: () => 7 * 86_400_000,
    isReserved: () => false,
    ownLogin: () => null,
    tally: NO_TALLY,
    log,
    now: Date.now,
  };
}

function withNews(store: Store, saved: (build: Build) => void): Store {
  return {
    ...store,
    async save(build, visible) {
      const after = await store.save(build, visible);
      saved(after);
      return after;
    },
  };
}
