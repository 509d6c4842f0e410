/** What a hub method raises: an XML-RPC fault, HTTP 200. Codes: koji-facts, section 5. */
export class HubFault extends Error {
  readonly code: number;
  readonly text: string;
  /** Python's class, for the tracebacks of multiCall. */
  readonly type: string;

  constructor(code: number, text: string, type: string) {
    super(text);
    this.name = "HubFault";
    this.code = code;
    this.text = text;
    this.type = type;
  }
}

const koji =
  (code: number, type: string) =>
  (text: string): HubFault =>
    new HubFault(code, text, `koji.${type}`);

export const genericError = koji(1000, "GenericError");
export const authError = koji(1002, "AuthError");
export const actionNotAllowed = koji(1004, "ActionNotAllowed");
export const buildError = koji(1005, "BuildError");
export const authLockError = koji(1006, "AuthLockError");
export const authExpired = koji(1007, "AuthExpired");
export const sequenceError = koji(1008, "SequenceError");
export const retryError = koji(1009, "RetryError");
export const serverOffline = koji(1014, "ServerOffline");
export const parameterError = koji(1019, "ParameterError");

/** Any other Python exception: fault 1 with its traceback, as a hub with KojiTraceback=normal says it. */
export function pythonError(type: string, text: string): HubFault {
  return new HubFault(
    1,
    `Traceback (most recent call last):\n  File "kojihub.py", line 1, in handler\n${type}: ${text}\n`,
    type,
  );
}
