/**
 * What runs in the browser; without it every page still works. It hears that builds changed, loads the page again, and
 * exchanges what is different below `data-live`, child by child, so that nothing moves under people's hands.
 */
export const script = `"use strict";
(() => {
  const body = document.body;
  const pulse = document.getElementById("pulse");
  let loading = false;
  let again = false;

  const ago = (ms) => {
    const s = Math.max(0, Math.round(ms / 1000));
    if (s < 60) return s + "s";
    const m = Math.floor(s / 60);
    if (m < 60) return m + "m";
    if (m >= 2880) return Math.floor(m / 1440) + "d";
    return Math.floor(m / 60) + "h" + (m % 60 ? " " + (m % 60) + "m" : "");
  };
  const tick = () => {
    for (const time of document.querySelectorAll("time[data-age]"))
      time.textContent = ago(Date.now() - Date.parse(time.dateTime)) + " ago";
  };

  const exchange = (old, fresh) => {
    const kept = new Map([...old.children].map((child) => [child.id, child]));
    const next = [...fresh.children].map((child, i) => {
      const mine = child.id ? kept.get(child.id) : old.children[i];
      if (mine && (mine.hasAttribute("data-keep") || mine.isEqualNode(child) || mine.dataset.was === child.outerHTML)) return mine;
      const copy = document.importNode(child, true);
      copy.dataset.was = child.outerHTML;
      return copy;
    });
    const focus = document.activeElement;
    const mark = old.contains(focus) ? focus.getAttribute("href") || focus.id : null;
    if (next.length !== old.children.length || next.some((child, i) => child !== old.children[i])) old.replaceChildren(...next);
    if (mark && !old.contains(document.activeElement))
      [...old.querySelectorAll("a, button, summary")].find((e) => (e.getAttribute("href") || e.id) === mark)?.focus();
  };

  const load = async () => {
    if (loading) { again = true; return; }
    loading = true;
    try {
      const answer = await fetch(location.href, { headers: { accept: "text/html" } });
      if (answer.ok) {
        const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
        body.dataset.again = fresh.body.dataset.again ?? "";
        for (const old of document.querySelectorAll("[data-live]")) {
          const found = fresh.getElementById(old.id);
          if (found) exchange(old, found);
        }
        tick();
      }
    } catch {
      // The next event, or the next connection, tries again.
    }
    setTimeout(() => {
      loading = false;
      if (again) { again = false; load(); }
    }, 700);
  };

  if (body.dataset.events) {
    const source = new EventSource(body.dataset.events);
    let opened = false;
    source.addEventListener("open", () => {
      pulse.textContent = "Live";
      if (opened) load();
      opened = true;
    });
    source.addEventListener("error", () => { pulse.textContent = "Connection lost, trying again"; });
    source.addEventListener("builds", (event) => {
      const ids = JSON.parse(event.data);
      if (body.dataset.watch === "*" || ids.includes(body.dataset.watch)) load();
    });
  }
  const look = () => {
    const seconds = Number(body.dataset.again);
    if (seconds > 0 && !document.hidden) load();
    setTimeout(look, (seconds || 5) * 1000);
  };
  setTimeout(look, (Number(body.dataset.again) || 5) * 1000);

  const follow = async (details) => {
    const pre = details.querySelector("pre");
    if (!details.open || !pre) return;
    try {
      const answer = await fetch(details.dataset.log, { headers: { accept: "text/html" } });
      const found = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("pre");
      const atEnd = pre.scrollHeight - pre.scrollTop - pre.clientHeight < 40;
      if (found && pre.textContent !== found.textContent) {
        pre.textContent = found.textContent;
        if (atEnd) pre.scrollTop = pre.scrollHeight;
      }
      if (found && found.hasAttribute("data-final")) return;
    } catch {
      // Later, perhaps.
    }
    setTimeout(() => follow(details), 3000);
  };
  document.addEventListener("toggle", (event) => {
    if (event.target instanceof HTMLDetailsElement && event.target.dataset.log) follow(event.target);
  }, true);

  const filter = document.querySelector("form.filter");
  if (filter) for (const choice of filter.querySelectorAll("select")) choice.addEventListener("change", () => filter.requestSubmit());
  tick();
  setInterval(tick, 15000);
})();
`;
