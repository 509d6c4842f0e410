import axe from "axe-core";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { openBrowser, openTab, type Tab } from "../support/browser.ts";
import { type Face, openFace } from "../support/face.ts";
import { describeWithParts } from "../support/parts.ts";
import { changed, story } from "../support/stories.ts";
import { ENV, send, until } from "../support/worlds.ts";

/** What a stranger may write into anything: it has to come out as text. */
const EVIL = `"><img src=x onerror="document.title='owned'"><script>document.title='owned'</script>'&amp;\u202e`;

interface Violation {
  readonly id: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
}

const FIRST_PAINT = `new Promise((done) =>
  new PerformanceObserver((list) => done(list.getEntries()[0].startTime)).observe({ type: "paint", buffered: true }))`;

describeWithParts("the dashboard in a browser", ["chromium"], () => {
  let face: Face;
  let browser: Browser;
  const tabs: Tab[] = [];
  const hostile = changed(story("github", "merge-request", { repo: "rpms/fail-evil" }), (payload) => {
    payload.pull_request.title = EVIL;
    payload.pull_request.head.ref = EVIL;
    payload.pull_request.base.ref = EVIL;
    payload.pull_request.user.login = EVIL;
    payload.sender.login = EVIL;
  });
  beforeAll(async () => {
    face = await openFace({
      stories: [hostile],
      outcome: ({ packageName }) =>
        packageName === "fail-evil" ? { result: "fail", log: `${EVIL}\ntoken ${ENV.GITHUB_TOKEN}\n` } : null,
    });
    browser = await openBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    await face?.close();
  });

  async function visit(path: string, options: BrowserContextOptions = {}): Promise<Page> {
    const tab = await openTab(browser, options);
    tabs.push(tab);
    await tab.page.goto(face.url + path);
    return tab.page;
  }
  const rows = (page: Page) => page.locator("#builds > li");
  const paths = () => [
    "/",
    "/?q=nothing-like-that",
    `/builds/${face.running}`,
    `/builds/${face.failed}`,
    "/deliveries",
    `/deliveries/${face.delivery}`,
    "/hubs",
    "/repos/github/rpms/nano",
    "/sign-in",
    "/builds/none",
  ];

  it("shows a build that begins, runs and ends, without being loaded again", async () => {
    const page = await visit("/");
    await page.evaluate("window.same = true");
    const told = story("github", "push", { repo: "rpms/hello", seed: "live" });
    face.worlds.forge.addCommit("github", told.repo, told.sha, "master");
    await send(face.url, "github", { ...told, id: "live-1" });
    const row = rows(page).filter({ hasText: told.sha.slice(0, 10) });
    await row.locator(".pill.good").waitFor({ timeout: 15_000 });
    expect(await page.evaluate("window.same")).toBe(true);
  });

  it("follows one build: its arches, its timeline, its log", async () => {
    const told = story("github", "push", { repo: "rpms/hello", seed: "one" });
    face.worlds.forge.addCommit("github", told.repo, told.sha, "master");
    const answer = await send(face.url, "github", { ...told, id: "live-2" });
    const page = await visit(`/builds/${answer?.json.builds[0]}`);
    await page.locator(".head .pill.good").waitFor({ timeout: 15_000 });
    expect(await page.locator("ul.bars li").allInnerTexts()).toHaveLength(3);
    await until(
      () => page.locator(".timeline").innerText(),
      (text) => /succeeded[\s\S]*status .* reported/.test(text),
    );
    await page.locator("#logs-live summary", { hasText: "x86_64" }).click();
    await page.locator("#logs-live pre", { hasText: "Mock Version" }).waitFor();
  });

  it("filters, searches and turns pages", async () => {
    const page = await visit("/");
    expect(await rows(page).count()).toBe(50);
    await page.getByRole("link", { name: "Older" }).click();
    const older = await rows(page).count();
    expect(older).toBeGreaterThan(5);
    await page.goto(`${face.url}/`);
    await page.getByLabel("State").selectOption("failed");
    await page.waitForURL(/state=failed/);
    expect(new Set(await page.locator("#builds .pill").allInnerTexts())).toEqual(new Set(["failed"]));
    await page.getByLabel("Author").fill("mei");
    await page.getByRole("button", { name: "Filter" }).click();
    await page.waitForURL(/author=mei/);
    expect((await page.locator("#builds .line").allInnerTexts()).every((text) => text.endsWith("mei"))).toBe(true);
    const only = async (word: string) => {
      await page.goto(`${face.url}/?q=${word}`);
      return rows(page).allInnerTexts();
    };
    expect(await only("nano-8.40-1")).toEqual([expect.stringContaining("nano-8.40-1.fc42")]);
    expect(await only("900400")).toHaveLength(1);
    expect(await only("none-such")).toEqual(["No build is like that."]);
  });

  it("shows nobody a payload, a header or a button, until they are signed in", async () => {
    const page = await visit(`/deliveries/${face.delivery}`);
    const delivery = await page.locator("main").innerText();
    expect(delivery).toContain("on: this is a merge_request, not a push");
    expect(delivery).toContain("HTTP 202");
    expect(delivery).not.toMatch(/x-github-event|"sender"|Replay/);
    await page.goto(`${face.url}/builds/${face.failed}`);
    expect(await page.locator("main").innerText()).not.toContain("Build again");

    await page.goto(`${face.url}/sign-in`);
    await page.getByLabel("API token").fill("wrong");
    await page.getByRole("button", { name: "Sign in" }).click();
    expect(await page.getByRole("alert").innerText()).toBe("This is not the API token.");
    await face.signIn(page);
    await page.goto(`${face.url}/deliveries/${face.delivery}`);
    const seen = await page.locator("main").innerText();
    expect(seen).toMatch(/x-github-event[\s\S]*"sender"/);
    expect(seen).not.toContain("x-hub-signature");
    await page.goto(`${face.url}/deliveries`);
    await page.getByText("Show them").click();
    expect(await page.locator("#refused").innerText()).toMatch(/fits none of the secrets[\s\S]*signature wrong/);
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByRole("link", { name: "Sign in" }).waitFor();
  });

  it("replays a delivery, cancels a build and builds it again", async () => {
    const page = await visit("/");
    await face.signIn(page);
    await page.goto(`${face.url}/deliveries/${face.delivery}`);
    await page.getByRole("button", { name: /Replay/ }).click();
    await page.waitForURL(/replay-\d+$/);
    expect(await page.locator("main").innerText()).toContain("2 builds");

    await page.goto(`${face.url}/builds/${face.running}`);
    await page.getByRole("button", { name: "Cancel" }).click();
    await page.locator(".head .pill", { hasText: "canceled" }).waitFor({ timeout: 15_000 });
    expect(await page.locator("main").innerText()).toContain("canceled by the API token");
    await page.getByRole("button", { name: "Build again" }).click();
    await page.locator(".head .pill", { hasText: "building" }).waitFor({ timeout: 15_000 });
    expect(await page.locator("main").innerText()).toMatch(/Attempt\s+2/);
  });

  it.each(["github", "work", "forgejo"] as const)(
    "lets people in by %s, for what they may write to there",
    async (forge) => {
      const dialect = forge === "work" ? "gitlab" : forge;
      const told = story(forge, "push", { repo: `rpms/fail-build-${dialect}` });
      const { worlds } = face;
      for (const login of ["ada", "mallory"]) worlds.forge.addUser(login, { token: `token of ${login}` });
      worlds.forge.addRepo(dialect, told.repo, { access: { ada: "write", bot: "admin" } });
      const id = `for-people-${forge}`;
      const build = (await send(face.url, forge, { ...told, id }))?.json.builds[0] ?? "";
      await until(
        () => face.store.build(build),
        (one) => one?.phase === "failed",
      );
      const enter = async (login: string) => {
        const page = await visit("/sign-in");
        await page.getByRole("link", { name: `Sign in with ${forge}` }).click();
        await page.getByRole("link", { name: `Authorize as ${login}` }).click();
        await page.getByText(`${login} (${forge})`).waitFor();
        return page;
      };

      const stranger = await enter("mallory");
      await stranger.goto(`${face.url}/deliveries/${id}`);
      expect(await stranger.locator("main").innerText()).toContain("for those who may write");
      await stranger.goto(`${face.url}/builds/${build}`);
      await stranger.getByRole("button", { name: "Build again" }).click();
      await stranger.getByText("needs write access").waitFor();

      const friend = await enter("ada");
      await friend.goto(`${face.url}/deliveries/${id}`);
      await friend.getByRole("button", { name: /Replay/ }).waitFor();
      expect(await friend.locator("main").innerText()).toContain('"repository"');
      await friend.goto(`${face.url}/builds/${build}`);
      await friend.getByRole("button", { name: "Build again" }).click();
      await until(
        () => face.store.build(build),
        (one) => one?.attempt === 2,
      );
      await friend.goto(`${face.url}/builds/${face.failed}`);
      await friend.getByRole("button", { name: "Build again" }).click();
      await friend.getByText("needs write access").waitFor();
    },
  );

  it("lets nobody in by somebody else's sign-in, a forged state or a used code", async () => {
    const page = await visit("/sign-in");
    const begin = async () => {
      await page.goto(`${face.url}/sign-in/work`);
      return (await page.getByRole("link", { name: "Authorize as bot" }).getAttribute("href")) ?? "";
    };
    const back = await begin();
    const other = await visit(back.slice(face.url.length));
    expect(await other.getByRole("alert").innerText()).toMatch(/not begun here/);
    await page.goto(back.replace(/state=[^&]*/, "state=x"));
    expect(await page.getByRole("alert").innerText()).toMatch(/not begun here/);
    await page.goto(back.replace(/code=[^&]*/, "code=x"));
    expect(await page.getByRole("alert").innerText()).toMatch(/invalid_grant/);
    await page.goto(back);
    await page.getByText("bot (work)").waitFor();
    await page.goto(back);
    expect(await page.getByRole("alert").innerText()).toMatch(/invalid_grant/);
  });

  it("takes no form that is not its own", async () => {
    const tab = await openTab(browser);
    await face.signIn(tab.page);
    const cookie = (await tab.page.context().cookies()).map(({ name, value }) => `${name}=${value}`).join("; ");
    await tab.page.goto(`${face.url}/builds/${face.failed}`);
    const key = await tab.page.locator("form[action$=retry] input").getAttribute("value");
    await tab.close();
    const post = async (headers: Record<string, string>, body: Record<string, string>) =>
      (
        await fetch(`${face.url}/builds/${face.failed}/retry`, {
          method: "POST",
          headers,
          body: new URLSearchParams(body),
          redirect: "manual",
        })
      ).status;
    expect(await post({ cookie }, {})).toBe(403);
    expect(await post({ cookie }, { key: "x" })).toBe(403);
    expect(await post({}, { key: key ?? "" })).toBe(403);
    expect(await post({ cookie, "sec-fetch-site": "cross-site" }, { key: key ?? "" })).toBe(403);
    expect(await post({ cookie: cookie.replace(/(kojibridge=)./, "$1X") }, { key: key ?? "" })).toBe(403);
    expect(await post({ cookie }, { key: key ?? "" })).toBe(303);
  });

  it("shows whatever strangers write as text", async () => {
    const answer = await send(face.url, "github", { ...hostile, id: `evil "><script>` });
    const build = answer?.json.builds[0] ?? "";
    await until(
      () => face.store.build(build),
      (one) => one?.phase === "failed",
    );
    const page = await visit("/");
    await face.signIn(page);
    const log = (await face.store.build(build))?.task?.children.find(
      ({ label }) => label === "x86_64" || label === "aarch64",
    );
    const seen: string[] = [];
    for (const path of [
      "/",
      `/builds/${build}`,
      `/builds/${build}/logs/${log?.id}`,
      "/deliveries",
      `/deliveries/${encodeURIComponent(`evil "><script>`)}`,
      `/?author=${encodeURIComponent(EVIL)}`,
      `/?q=${encodeURIComponent(EVIL)}`,
    ]) {
      await page.goto(face.url + path);
      await page.waitForTimeout(50);
      seen.push(await page.locator("main").innerText());
      expect(await page.title(), path).not.toContain("owned");
      expect(await page.locator("img[src=x], main script").count(), path).toBe(0);
    }
    expect(seen.filter((text) => text.includes("<script>")).length).toBeGreaterThan(4);
    expect(seen[2]).toContain("<img src=x");
    expect(seen.join()).not.toContain(ENV.GITHUB_TOKEN);
  });

  it("works without a script", async () => {
    const page = await visit("/", { javaScriptEnabled: false });
    expect(await rows(page).count()).toBe(50);
    await page.getByLabel("Repository").fill("rpms/nano");
    await page.getByRole("button", { name: "Filter" }).click();
    expect((await page.locator("#builds .from a").allInnerTexts()).every((text) => text === "rpms/nano")).toBe(true);
    await page.goto(`${face.url}/builds/${face.failed}`);
    const url = await page.locator("#logs-live a").first().getAttribute("href");
    await page.goto(face.url + url);
    expect(await page.locator("pre").innerText()).toMatch(/\.log/);
  });

  it("fits into 360 pixels", async () => {
    const page = await visit("/", { viewport: { width: 360, height: 740 } });
    await face.signIn(page);
    for (const path of paths()) {
      await page.goto(face.url + path);
      expect(await page.evaluate("document.documentElement.scrollWidth"), path).toBeLessThanOrEqual(360);
    }
  });

  it.each(["light", "dark"] as const)(
    "is for everybody: axe finds nothing, %s",
    { timeout: 120_000 },
    async (colorScheme) => {
      const page = await visit("/", { colorScheme, reducedMotion: "reduce" });
      // Signed in, everything of a page is there; the way in is for strangers.
      for (const path of ["/sign-in", ...paths()]) {
        if (path === "/") await face.signIn(page);
        await page.goto(face.url + path);
        await page.evaluate(axe.source);
        const { violations } = (await page.evaluate("axe.run()")) as { violations: Violation[] };
        const told = violations.map(({ id, nodes }) => `${path} ${id}: ${nodes[0]?.html} ${nodes[0]?.failureSummary}`);
        expect(told).toEqual([]);
      }
    },
  );

  it("paints fifty builds in a tenth of a second", { timeout: 60_000 }, async () => {
    const page = await visit("/");
    const paint = async (path: string) => {
      await page.goto(face.url + path);
      return Number(await page.evaluate(FIRST_PAINT));
    };
    // The best of many, and on a busy machine what they add to the paint of a page with nothing but a form.
    let [best, floor] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
    for (let n = 0; n < 20 && best >= 100; n++) {
      floor = Math.min(floor, await paint("/sign-in"));
      best = Math.min(best, await paint("/"));
    }
    expect(best).toBeLessThan(Math.max(100, floor + 60));
  });

  it("never broke its own policy", { timeout: 60_000 }, async () => {
    for (const path of paths()) {
      const page = await visit(path);
      await page.waitForTimeout(50);
    }
    const complaints = tabs.flatMap((tab) => tab.complaints);
    expect(complaints.filter((text) => !/status of 40[34]|net::ERR_ABORTED|favicon\.ico/.test(text))).toEqual([]);
    for (const tab of tabs) await tab.close();
  });
});
