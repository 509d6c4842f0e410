import { isKind, type KojibridgeError } from "../../domain/errors.ts";

/** 403, and 404 where a forge does not even admit that the place exists. */
export function isForbidden(error: unknown): error is KojibridgeError {
  return isKind(error, "rejected") && (error.context.status === 403 || error.context.status === 404);
}

/** `forbidden` is a value: what to do then is policy. */
export async function orForbidden<T>(write: Promise<T>): Promise<T | "forbidden"> {
  return write.catch((error: unknown) => {
    if (isForbidden(error)) return "forbidden";
    throw error;
  });
}
