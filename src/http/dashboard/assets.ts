import { createHash } from "node:crypto";
import { script } from "./script.ts";
import { style } from "./style.ts";

export interface Asset {
  /** With a digest of what is in it: a browser may keep it for ever. */
  readonly path: string;
  readonly type: string;
  readonly body: string;
}

function toAsset(name: string, ending: string, type: string, body: string): Asset {
  const digest = createHash("sha256").update(body).digest("base64url").slice(0, 10);
  return { path: `/assets/${name}.${digest}.${ending}`, type, body };
}

export const STYLE = toAsset("style", "css", "text/css; charset=utf-8", style);
export const SCRIPT = toAsset("live", "js", "text/javascript; charset=utf-8", script);

const ICON = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" fill="#0b57d0"/><path d="M5 22c0-6 5-11 11-11s11 5 11 11M5 22h22M10.500 22v-8.500M16 22V11M21.500 22v-8.500" fill="none" stroke="#fff" stroke-width="2" stroke-linecap="round"/></svg>`;

export const ASSETS: readonly Asset[] = [
  STYLE,
  SCRIPT,
  { path: "/assets/icon.svg", type: "image/svg+xml", body: ICON },
];
