/** The first cookie of that name, as browsers send them. */
export function readCookie(header: string | undefined, name: string): string | undefined {
  for (const pair of (header ?? "").split(";")) {
    const at = pair.indexOf("=");
    if (at > 0 && pair.slice(0, at).trim() === name) return pair.slice(at + 1).trim();
  }
  return undefined;
}

export interface CookieOptions {
  readonly path: string;
  /** Only over TLS. */
  readonly secure: boolean;
  /** Seconds; 0 removes it. */
  readonly maxAge: number;
}

/** HttpOnly: no script has to see it. Lax: the way back from a forge's sign-in page still counts as ours. */
export function formatCookie(name: string, value: string, { path, secure, maxAge }: CookieOptions): string {
  return `${name}=${value}; Path=${path || "/"}; Max-Age=${maxAge}; HttpOnly; SameSite=Lax${secure ? "; Secure" : ""}`;
}
