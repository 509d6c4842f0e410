import type { Reaction } from "../../ports/forge.ts";

/** Each of these is known to all three forges under one name. */
export const REACTIONS: Readonly<Record<Reaction, "eyes" | "confused">> = { seen: "eyes", refused: "confused" };
