/** What XML-RPC can say. `bigint` only for whole numbers a double cannot hold. */
export type XmlRpcValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | XmlRpcDate
  | XmlRpcValue[]
  | XmlRpcStruct;

export interface XmlRpcStruct {
  [name: string]: XmlRpcValue;
}

/** `<dateTime.iso8601>`, as written: it has no zone. Koji itself never sends it (transcripts, "Encoding"). */
export interface XmlRpcDate {
  readonly dateTime: string;
}

export function isStruct(value: XmlRpcValue | undefined): value is XmlRpcStruct {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array);
}
