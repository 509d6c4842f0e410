import type { Build, Phase } from "../../src/domain/build.ts";
import type { ForgeEvent } from "../../src/domain/event.ts";
import type { Task } from "../../src/domain/koji.ts";
import type { Store } from "../../src/ports/store.ts";
import { aBuild, aDelivery, anOrder } from "../contract/store.contract.ts";

const HOUR = 60 * 60_000;
const REPOS = ["rpms/nano", "rpms/bash", "rpms/hello", "rpms/kernel-tools", "dist/python-requests"];
const AUTHORS = ["ada", "grace", "linus", "mei"];

/** Two weeks of work before today, always the same: for charts and for long lists. */
export async function writeHistory(store: Store, count: number, now: number): Promise<void> {
  for (let n = count; n > 0; n--) await writeOne(store, n, now - n * ((14 * 24 * HOUR) / (count + 1)));
}

async function writeOne(store: Store, n: number, at: number): Promise<void> {
  const repo = REPOS[n % REPOS.length] ?? "rpms/nano";
  const forge = n % 3 === 0 ? "work" : "github";
  const sha = ((n * 2654435761) >>> 0).toString(16).padStart(8, "0").repeat(5);
  const phase: Phase = n % 7 === 3 ? "failed" : n % 11 === 5 ? "superseded" : "succeeded";
  const scratch = n % 4 !== 0;
  const author = AUTHORS[n % AUTHORS.length] ?? "ada";
  const wait = 20_000 + (n % 9) * 15_000;
  const took = 180_000 + (n % 13) * 61_000;
  const times = { createdAt: at, updatedAt: at + wait + took, finishedAt: at + wait + took, wakeAt: null };
  const id = `history${n}`;
  const request = {
    ...aBuild().request,
    rule: scratch ? "mr" : "tag",
    hub: "koji",
    target: n % 2 ? "f42-candidate" : "c9s-candidate",
    scratch,
  };
  const build = aBuild({ id, delivery: `of-${id}`, forge, repo, sha, request, ...times, finishedAt: null });
  const event = toEvent(n, forge, repo, sha, author, scratch);
  const delivery = aDelivery({
    id: `of-${id}`,
    forge,
    builds: [id],
    summary: event,
    receivedAt: at,
    payload: Buffer.from("{}"),
  });
  const mr = event.kind === "merge_request" ? { repo, mr: event.mr } : null;
  await store.accept(delivery, [anOrder(build, { mr, context: request.context })]);
  const name = repo.replace(/^.*\//, "");
  const made =
    !scratch && phase === "succeeded"
      ? { buildId: n, nvr: `${name}-8.${n}-1.fc42`, tagging: null, adopted: false }
      : null;
  const reason =
    phase === "failed"
      ? "%build: error: ‘foo’ undeclared"
      : phase === "superseded"
        ? "superseded by a newer commit"
        : null;
  await store.save({ ...build, phase, ...times, made, reason, task: toTask(n, build, at + wait, took, phase) }, false);
  for (const { context } of await store.words(id))
    if (context !== null)
      await store.saveStatus(`${forge} ${repo} ${sha} ${context}`, {
        done: 1,
        tries: 0,
        wakeAt: null,
        said: null,
        outcome: "set",
      });
  if (mr !== null)
    await store.saveComment(`${forge} ${repo} ${mr.mr}`, {
      done: 9,
      tries: 0,
      wakeAt: null,
      said: null,
      outcome: "set",
      comment: "1",
    });
}

function toTask(n: number, { request }: Build, startedAt: number, took: number, phase: Phase): Build["task"] {
  const finishedAt = startedAt + took;
  const end = phase === "succeeded" ? "CLOSED" : phase === "failed" ? "FAILED" : "CANCELED";
  const child = (i: number, method: string, label: string, change: Partial<Task>): Task => ({
    ...{ id: 900_000 + n * 10 + i, parent: 900_000 + n * 10, method, label, arch: label, state: "CLOSED" },
    ...{ createdAt: startedAt, startedAt, finishedAt: startedAt + 30_000, ...change },
  });
  const arch = (i: number, label: string) =>
    child(i, "buildArch", label, {
      createdAt: startedAt + 30_000,
      startedAt: startedAt + 30_000 + i * 5000,
      finishedAt: finishedAt - i * 7000,
      state: i === 2 ? end : phase === "failed" ? "CANCELED" : end,
    });
  const children = [
    child(1, "buildSRPMFromSCM", "srpm", {}),
    arch(2, "x86_64"),
    arch(3, "aarch64"),
    ...(request.target === "f42-candidate" ? [arch(4, "s390x")] : []),
  ];
  return { id: 900_000 + n * 10, state: end, startedAt, finishedAt, children };
}

function toEvent(n: number, forge: string, path: string, sha: string, author: string, isMr: boolean): ForgeEvent {
  const root = forge === "work" ? "https://gitlab.example.org" : "https://github.com";
  const repo = { path, cloneUrl: `${root}/${path}.git`, webUrl: `${root}/${path}`, id: n };
  const base = { forge, repo, author, text: "", sha };
  if (!isMr) return { ...base, kind: "tag", tag: `v8.${n}` };
  const title =
    ["Update to the new version", "Fix the build on s390x", "Drop the patch that went upstream"][n % 3] ?? "";
  return {
    ...{ ...base, kind: "merge_request", mr: n, action: "opened", title, branch: "f42", sourceBranch: "fix" },
    ...{
      draft: false,
      labels: [],
      fork: false,
      source: repo,
      webUrl: `${repo.webUrl}/-/merge_requests/${n}`,
      opener: null,
    },
  };
}
