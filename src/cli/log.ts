import { type Logger, pino } from "pino";

/** For people; a service never loads it. */
const pretty = process.stdout.isTTY ? (await import("pino-pretty")).default : null;

/** Replaces secrets in a text; those of less than four letters would take half of it away. */
export function createRedaction(secrets: readonly string[]): (text: string) => string {
  const hidden = secrets.filter((secret) => secret.length >= 4).toSorted((a, b) => b.length - a.length);
  return (text) => hidden.reduce((left, secret) => left.replaceAll(secret, "[redacted]"), text);
}

/**
 * One JSON line per fact; readable lines on a terminal. Nobody is meant to log a secret, and if somebody does, its value
 * is cut out of the finished line here.
 */
export function createLog(secrets: readonly string[] | (() => readonly string[]), level = "info"): Logger {
  const current = typeof secrets === "function" ? secrets : () => secrets;
  let known: readonly string[] | null = null;
  let redact = createRedaction([]);
  const streamWrite = (text: string) => {
    if (known !== current()) {
      known = current();
      redact = createRedaction(known.map((secret) => JSON.stringify(secret).slice(1, -1)));
    }
    return redact(text);
  };
  const options = { level, base: null, hooks: { streamWrite }, timestamp: pino.stdTimeFunctions.isoTime };
  return pretty === null
    ? pino(options, pino.destination({ fd: 1, sync: true }))
    : pino(options, pretty({ colorize: true, ignore: "time", sync: true }));
}
