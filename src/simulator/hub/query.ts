import { isStruct, type XmlRpcValue } from "../../adapters/koji/xmlrpc.ts";
import { genericError } from "./fault.ts";
import { str, truthy } from "./python.ts";
import { type Answer, type AnswerStruct, floatValue, isFloat } from "./values.ts";

/** `queryOpts`: order, offset, limit, countOnly, asList, as the hub's QueryProcessor applies them. */
export function applyQuery(rows: readonly AnswerStruct[], queryOpts: XmlRpcValue): Answer {
  const opts = isStruct(queryOpts) ? queryOpts : {};
  const sorted = sortRows(rows, opts.order);
  const offset = Number(opts.offset ?? 0);
  const page =
    opts.limit === undefined || opts.limit === null
      ? sorted.slice(offset)
      : sorted.slice(offset, offset + Number(opts.limit));
  if (truthy(opts.countOnly)) return page.length;
  return truthy(opts.asList) ? page.map((row) => Object.values(row)) : page;
}

/** `-id`, `priority,create_time`; an unknown column is fault 1000. */
function sortRows(rows: readonly AnswerStruct[], order: XmlRpcValue | undefined): readonly AnswerStruct[] {
  if (order === undefined || !truthy(order)) return rows;
  const keys = str(order).split(",");
  const [first] = rows;
  for (const key of keys)
    if (first !== undefined && !Object.hasOwn(first, key.replace("-", "")))
      throw genericError(`Invalid order: ${key.replace("-", "")}`);
  return rows.toSorted((a, b) => {
    for (const key of keys) {
      const name = key.replace("-", "");
      const result = compare(a[name] ?? null, b[name] ?? null);
      if (result !== 0) return key.startsWith("-") ? -result : result;
    }
    return 0;
  });
}

/** As PostgreSQL: nulls last. */
function compare(a: Answer, b: Answer): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1;
  const [x, y] = [scalar(a), scalar(b)];
  return x < y ? -1 : x > y ? 1 : 0;
}

function scalar(value: Answer): number | string {
  if (typeof value === "number") return value;
  return typeof value === "object" && value !== null && isFloat(value) ? floatValue(value) : str(value);
}

/** The hub's queries sort their columns by name; what is added to a row afterwards comes behind them. */
export function sortColumns(row: AnswerStruct): AnswerStruct {
  return Object.fromEntries(Object.entries(row).sort(([a], [b]) => (a < b ? -1 : 1)));
}
