import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { marked } from "marked";
import type { Build } from "../src/domain/build.ts";
import { toPage } from "../src/domain/check-page.ts";
import { toComment } from "../src/domain/comment.ts";
import { defaultComment } from "../src/domain/comment-template.ts";
import { EN } from "../src/domain/words/words.ts";
import { aBuild } from "./contract/store.contract.ts";
import { openBrowser } from "./support/browser.ts";
import { aFailedBuild, anArch } from "./support/failed-builds.ts";

/** The comment and the page of a check run as a browser shows their Markdown: docs/images/comment-*.png, check-*.png. */

const OUT = join(import.meta.dirname, "../docs/images");
const LINKS = { webUrl: "https://koji.example.org/koji", topUrl: "https://pkgs.example.org", command: "koji" };
const links = () => LINKS;

/** Close to how GitHub shows it. */
const STYLE = `
body { font: 14px/1.5 sans-serif; color: #1f2328; margin: 24px; max-width: 860px }
table { border-collapse: collapse } td, th { border: 1px solid #d1d9e0; padding: 6px 13px; text-align: left }
pre { background: #f6f8fa; padding: 12px; border-radius: 6px; overflow-x: auto } code { font: 12px monospace }
a { color: #0969da; text-decoration: none } p code, li code { background: #eff1f3; padding: 2px 5px; border-radius: 5px }`;

const { request } = aBuild();
const task = { id: 7, state: "CLOSED" as const, startedAt: 0, finishedAt: 400_000 };
const children = [anArch(9, "aarch64", "CLOSED", 380), anArch(10, "x86_64", "CLOSED", 190)];
const macros = [{ name: "dist", value: ".an8", layer: "rule" as const }];
const old = aBuild({ id: "b0", sha: "b".repeat(40), phase: "superseded", reason: "superseded by aaaaaaaaaaaa" });
const built = aBuild({
  phase: "succeeded",
  task: { ...task, children },
  request: { ...request, target: "c9s", macros },
});
const failed = aFailedBuild("compiler/parallel-make", ["aarch64", "x86_64"], { id: "b2" });
const infra = aFailedBuild("network/dns", ["x86_64"], { id: "b3", retries: [{ task: 5, cause: "Curl error (28)" }] });

function comment(builds: readonly Build[]): string {
  return toComment(builds, true, defaultComment(), { words: EN, links }) ?? "";
}

/** Servers rarely have a font with emoji; these signs are in every one. */
const SIGNS = [
  ["✅", "green", "✔"],
  ["❌", "#d1242f", "✘"],
  ["⏹️", "gray", "■"],
  ["🕓", "gray", "◷"],
] as const;

function toHtml(markdown: string): string {
  const html = marked.parse(markdown, { gfm: true, async: false }).replaceAll("<details>", "<details open>");
  return SIGNS.reduce(
    (text, [icon, color, sign]) => text.replaceAll(icon, `<b style="color: ${color}">${sign}</b>`),
    html,
  );
}

const page = toPage(failed, ["greet.c"], { words: EN, links });
const SCREENS = {
  "comment-failed": comment([old, built, failed]),
  "comment-infrastructure": comment([infra]),
  "comment-approval": comment([aBuild({ hold: { reason: "approval" } })]),
  "check-failed": `## ${page.title}\n\n${page.summary}\n\n${page.text}`,
};

mkdirSync(OUT, { recursive: true });
const browser = await openBrowser();
const view = await browser.newPage({ viewport: { width: 920, height: 200 } });
for (const [name, markdown] of Object.entries(SCREENS)) {
  await view.setContent(`<meta charset="utf-8"><style>${STYLE}</style>${toHtml(markdown)}`);
  await view.screenshot({ path: join(OUT, `${name}.png`), fullPage: true });
}
await browser.close();
