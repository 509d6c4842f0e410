/** An XML-RPC value with its wire type, so that `<int>` and `<double>`, or a missing member and a nil one, are told apart. */
export type Tree =
  | { readonly type: "nil" }
  | { readonly type: "array"; readonly items: Tree[] }
  | { readonly type: "struct"; readonly members: readonly (readonly [string, Tree])[] }
  | { readonly type: string; readonly text: string };

export interface TreeAnswer {
  readonly fault: boolean;
  readonly value: Tree;
}

/** Reads the layout Python's xmlrpc.client writes, and nothing else: what it cannot read is not that layout. */
export function parseTree(xml: string): TreeAnswer {
  const head = "<?xml version='1.0'?>\n<methodResponse>\n";
  const ok = `${head}<params>\n<param>\n`;
  const bad = `${head}<fault>\n`;
  const fault = xml.startsWith(bad);
  if (!fault && !xml.startsWith(ok)) throw new Error(`not Python's layout: ${xml.slice(0, 80)}`);
  const reader = { xml, at: fault ? bad.length : ok.length };
  const value = readValue(reader);
  skip(reader, fault ? "</fault>\n</methodResponse>\n" : "</param>\n</params>\n</methodResponse>\n");
  if (reader.at !== xml.length) throw new Error("something follows the answer");
  return { fault, value };
}

interface Reader {
  readonly xml: string;
  at: number;
}

function skip(reader: Reader, text: string): void {
  if (!reader.xml.startsWith(text, reader.at))
    throw new Error(
      `expected ${JSON.stringify(text)} at ${JSON.stringify(reader.xml.slice(reader.at, reader.at + 60))}`,
    );
  reader.at += text.length;
}

function accept(reader: Reader, text: string): boolean {
  if (!reader.xml.startsWith(text, reader.at)) return false;
  reader.at += text.length;
  return true;
}

function readValue(reader: Reader): Tree {
  if (accept(reader, "<value><nil/></value>")) return { type: "nil" };
  skip(reader, "<value>");
  const tree = readTyped(reader);
  skip(reader, "</value>\n");
  return tree;
}

function readTyped(reader: Reader): Tree {
  if (accept(reader, "<array><data>\n")) {
    const items: Tree[] = [];
    while (!accept(reader, "</data></array>")) items.push(readValue(reader));
    return { type: "array", items };
  }
  if (accept(reader, "<struct>\n")) {
    const members: [string, Tree][] = [];
    while (!accept(reader, "</struct>")) {
      skip(reader, "<member>\n<name>");
      const name = readUntil(reader, "</name>\n");
      members.push([name, readValue(reader)]);
      skip(reader, "</member>\n");
    }
    return { type: "struct", members };
  }
  skip(reader, "<");
  const type = readUntil(reader, ">");
  return { type, text: readUntil(reader, `</${type}>`) };
}

function readUntil(reader: Reader, end: string): string {
  const at = reader.xml.indexOf(end, reader.at);
  if (at < 0) throw new Error(`no ${end}`);
  const text = reader.xml.slice(reader.at, at);
  reader.at = at + end.length;
  return text;
}
