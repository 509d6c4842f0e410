import type { XmlRpcValue } from "../../adapters/koji/xmlrpc.ts";

const FLOAT = Symbol("float");

/** A Python float, which is a `<double>` on the wire even when it is whole (`weight` 1.0); a JavaScript number cannot say that. */
export interface Float {
  readonly [FLOAT]: number;
}

/** What a hub method returns: everything it may have been sent, and floats. */
export type Answer = XmlRpcValue | Float | readonly Answer[] | { readonly [name: string]: Answer };

export interface AnswerStruct {
  readonly [name: string]: Answer;
}

export function float(value: number): Float {
  return { [FLOAT]: value };
}

export function isFloat(value: object): value is Float {
  return FLOAT in value;
}

export function floatValue(value: Float): number {
  return value[FLOAT];
}
