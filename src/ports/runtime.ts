/** What the core may ask of the process. */

/** Epoch milliseconds. */
export type Clock = () => number;

/** Constant message plus facts; pino fits as it is. */
export interface Log {
  debug(facts: object, message: string): void;
  info(facts: object, message: string): void;
  warn(facts: object, message: string): void;
  error(facts: object, message: string): void;
}
