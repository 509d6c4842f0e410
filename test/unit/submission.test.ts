import { expect, test } from "vitest";
import { toSubmission } from "../../src/app/submission.ts";
import type { BuildRequest, Carrier } from "../../src/domain/build.ts";
import { aBuild } from "../contract/store.contract.ts";

const usual = aBuild();
const mark = { custom_user_metadata: { kojibridge: { build: usual.id, attempt: usual.attempt } } };
const { scratch, target } = usual.request;
const SIDE: Carrier = { strategy: "side_tag", target: "f42-build-side-7", tag: "f42-build-side-7" };

test.each<[what: string, request: Partial<BuildRequest>, carrier: Carrier | null, opts: object, rest: object]>([
  ["nothing special", { arches: [] }, null, {}, {}],
  ["arches", { arches: ["x86_64", "aarch64"] }, null, { arch_override: "x86_64 aarch64" }, {}],
  [
    "every option",
    {
      arches: [],
      options: {
        waitRepo: false,
        waitBuilds: ["a-1-1"],
        failFast: true,
        skipTag: true,
        draft: false,
        repoId: 7,
        priority: -5,
        channel: "big",
      },
    },
    null,
    { wait_repo: false, wait_builds: ["a-1-1"], fail_fast: true, skip_tag: true, draft: false, repo_id: 7 },
    { priority: -5, channel: "big" },
  ],
  ["a side tag", { arches: [] }, SIDE, { wait_repo: true }, { target: SIDE.target }],
  [
    "a side tag, whatever was said",
    { arches: [], options: { waitRepo: false } },
    SIDE,
    { wait_repo: true },
    { target: SIDE.target },
  ],
  ["definitions in the spec", { arches: [] }, { strategy: "srpm", target: null, tag: null }, {}, {}],
])("%s", (_, request, carrier, opts, rest) => {
  const build = { ...usual, request: { ...usual.request, ...request }, carrier };
  const source = usual.request.source;
  expect(toSubmission(build)).toEqual({ source, target, opts: { scratch, ...opts, ...mark }, ...rest });
});
