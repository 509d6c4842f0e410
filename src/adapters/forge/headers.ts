import type { Headers } from "../../ports/forge.ts";

/** One header, or null when it is absent, empty or was sent several times: nobody signs twice. */
export function header(headers: Headers, name: string): string | null {
  const value = headers[name];
  return typeof value === "string" && value !== "" ? value : null;
}
