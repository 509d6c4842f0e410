import type { Printer } from "./printer.ts";

/** `512 B`, `1.5 MB`: for people. */
export function formatSize(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  return bytes < 999_950 ? `${(bytes / 1000).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

const EVERY_MS = 5_000;

/** Says now and then how far it is; never what takes a moment only. */
export function createProgress(printer: Printer, title: string, now: () => number = Date.now) {
  let last = now();
  return (done: number, total: number, name = "") => {
    if (now() - last < EVERY_MS || done >= total) return;
    last = now();
    const share = total === 0 ? 100 : Math.floor((100 * done) / total);
    printer.line(`${title} ${name}: ${share} % of ${formatSize(total)}`.replace(" :", ":"));
  };
}
