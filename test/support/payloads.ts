import { createHash } from "node:crypto";
import type { Dialect } from "../../src/simulator/forge/state.ts";
import { type PayloadExample, payloadExamples } from "../../src/simulator/payloads/examples.ts";

/** The forges' own examples with another repo and commit in all their places. */
export interface Told {
  readonly event: string;
  readonly payload: unknown;
  readonly sha: string;
  readonly repo: string;
  readonly mr: number;
}

const REPOS = { github: "Codertocat/Hello-World", gitlab: "mike/diaspora", forgejo: "packages/kilo" } as const;

export function shaOf(seed: string): string {
  return createHash("sha1").update(seed).digest("hex");
}

export function tell(
  dialect: Dialect,
  name: PayloadExample["name"],
  { repo = "rpms/hello", seed = name }: { repo?: string; seed?: string } = {},
): Told {
  const example = payloadExamples.find((one) => one.dialect === dialect && one.name === name);
  if (example === undefined) throw new Error(`no example ${dialect} ${name}`);
  const sha = shaOf(seed);
  const { commit, mr } = placesOf(example.payload);
  const text = JSON.stringify(example.payload).replaceAll(commit, sha).replaceAll(REPOS[dialect], repo);
  return { event: example.event, payload: JSON.parse(text), sha, repo, mr };
}

// biome-ignore lint/suspicious/noExplicitAny: foreign JSON of three forges
function placesOf(payload: any): { commit: string; mr: number } {
  const { pull_request: pull, object_attributes: attributes } = payload;
  const commit = pull?.head.sha ?? attributes?.last_commit.id ?? payload.head_commit?.id ?? payload.checkout_sha;
  return { commit, mr: pull?.number ?? attributes?.iid ?? 0 };
}
