import { type Logger, pino } from "pino";
import pretty from "pino-pretty";

/**
 * One JSON line per fact; readable lines on a terminal. Nobody is meant to log a secret, and if somebody does, its value
 * is cut out of the finished line here.
 */
export function createLog(secrets: readonly string[], level = "info"): Logger {
  const hidden = secrets.filter((secret) => secret.length >= 4).toSorted((a, b) => b.length - a.length);
  const escaped = hidden.map((secret) => JSON.stringify(secret).slice(1, -1));
  const streamWrite = (line: string) => escaped.reduce((text, secret) => text.replaceAll(secret, "[redacted]"), line);
  const options = { level, base: null, hooks: { streamWrite }, timestamp: pino.stdTimeFunctions.isoTime };
  return process.stdout.isTTY
    ? pino(options, pretty({ colorize: true, ignore: "time", sync: true }))
    : pino(options, pino.destination({ fd: 1, sync: true }));
}
