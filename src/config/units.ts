const MILLISECONDS: Partial<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `500ms`, `5s`, `2m`, `1h`, `1d` in milliseconds; null for anything else, and for zero. */
export function parseDuration(text: string): number | null {
  const parts = /^(\d{1,9})(ms|s|m|h|d)$/.exec(text);
  return (parts && Number(parts[1]) * (MILLISECONDS[parts[2] ?? ""] ?? 0)) || null;
}

const BYTES: Partial<Record<string, number>> = { KB: 1024, MB: 1024 * 1024 };

/** `512KB`, `25MB` in bytes, a KB being 1024; null for anything else, and for zero. */
export function parseSize(text: string): number | null {
  const parts = /^(\d{1,4})(KB|MB)$/.exec(text);
  return (parts && Number(parts[1]) * (BYTES[parts[2] ?? ""] ?? 0)) || null;
}

export interface Address {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
}

/** `127.0.0.1:8080`, `localhost:8080`, `[::1]:8080`; null for anything else. */
export function parseAddress(text: string): Address | null {
  const parts = /^(?:\[([0-9a-fA-F:.]+)\]|([A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?)):(\d{1,5})$/.exec(text);
  const port = Number(parts?.[3]);
  return parts && port <= 65_535 ? { host: parts[1] ?? parts[2] ?? "", port } : null;
}

/** What is wrong with an address of a server, or null. The text itself is not repeated: it may hold a password. */
export function urlProblem(text: string): string | null {
  const url = /^https?:\/\/[^\s/]\S*$/.test(text) ? URL.parse(text) : null;
  if (url === null) return "write an http:// or https:// URL, such as https://koji.example.org/kojihub";
  if (url.username !== "" || url.password !== "") return "no user or password in a URL: whoever sees the URL has it";
  if (/[?#]/.test(text)) return "no `?` and no `#` in this URL";
  return null;
}
