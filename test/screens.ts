import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { openBrowser, openTab } from "./support/browser.ts";
import { type Face, openFace } from "./support/face.ts";

const OUT = join(import.meta.dirname, "../docs/images");

interface Shot {
  readonly name: string;
  readonly path: string;
  readonly scheme?: "dark";
  readonly width?: number;
  readonly signedIn?: true;
}

function shots(face: Face): readonly Shot[] {
  return [
    { name: "builds", path: "/" },
    { name: "builds-dark", path: "/", scheme: "dark" },
    { name: "builds-phone", path: "/", width: 360 },
    { name: "build", path: `/builds/${face.running}`, signedIn: true },
    { name: "build-failed", path: `/builds/${face.failed}`, scheme: "dark", signedIn: true },
    { name: "build-phone", path: `/builds/${face.failed}`, width: 360 },
    { name: "deliveries", path: "/deliveries" },
    { name: "delivery", path: `/deliveries/${face.delivery}`, signedIn: true },
    { name: "hubs", path: "/hubs" },
    { name: "repo", path: "/repos/github/rpms/nano" },
    { name: "sign-in", path: "/sign-in" },
  ];
}

async function take(browser: Browser, face: Face, { name, path, scheme, width = 1080, signedIn }: Shot): Promise<void> {
  const height = width < 500 ? 740 : 720;
  const { page, close } = await openTab(browser, { viewport: { width, height }, colorScheme: scheme ?? "light" });
  if (signedIn) await face.signIn(page);
  await page.goto(face.url + path);
  await page.waitForTimeout(path === "/hubs" ? 1500 : 300);
  if (path.startsWith("/builds/"))
    await page
      .locator("#logs-live details")
      .last()
      .locator("summary")
      .click({ timeout: 1000 })
      .catch(() => undefined);
  await page.waitForTimeout(300);
  const tall = await page.evaluate("document.documentElement.scrollHeight");
  const clip = { x: 0, y: 0, width, height: path.startsWith("/builds/") ? Math.min(Number(tall), 1000) : height };
  await page.screenshot({ path: join(OUT, `${name}.png`), clip, fullPage: true });
  await close();
}

mkdirSync(OUT, { recursive: true });
const face = await openFace({ speed: 1 });
const browser = await openBrowser();
try {
  for (const shot of shots(face)) await take(browser, face, shot);
} finally {
  await browser.close();
  await face.close();
}
