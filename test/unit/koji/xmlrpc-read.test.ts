import { describe, expect, test } from "vitest";
import { readCall, readResponse } from "../../../src/adapters/koji/xmlrpc.ts";
import { KojibridgeError } from "../../../src/domain/errors.ts";

const response = (value: string): string =>
  `<?xml version='1.0'?>\n<methodResponse>\n<params>\n<param>\n${value}\n</param>\n</params>\n</methodResponse>\n`;
const read = (value: string): unknown => {
  const answer = readResponse(response(value));
  return "value" in answer ? answer.value : answer;
};

const struct = "<value><struct>\n<member>\n<name>a</name>\n<value><int>1</int></value>\n</member>\n</struct></value>";

describe("values", () => {
  test.each<[string, string, unknown]>([
    ["int", "<value><int>-12</int></value>", -12],
    ["int with a plus", "<value><int>+12</int></value>", 12],
    ["int, negative zero", "<value><int>-0</int></value>", 0],
    ["i4", "<value><i4>7</i4></value>", 7],
    ["i8 in the safe range", "<value><i8>5368709120</i8></value>", 5368709120],
    ["ex:i8", "<value><ex:i8>7</ex:i8></value>", 7],
    ["i8 beyond it", "<value><i8>9007199254740993</i8></value>", 9007199254740993n],
    ["int with 16 digits", "<value><int>9007199254740991</int></value>", 9007199254740991],
    ["nil", "<value><nil/></value>", null],
    ["nil, open", "<value><nil></nil></value>", null],
    ["ex:nil", `<value><ex:nil xmlns:ex="http://ws.apache.org/xmlrpc/namespaces/extensions"/></value>`, null],
    ["boolean", "<value><boolean>1</boolean></value>", true],
    ["boolean, false", "<value><boolean>0</boolean></value>", false],
    ["double", "<value><double>1795189032.807461</double></value>", 1795189032.807461],
    ["double with exponent", "<value><double>1e+300</double></value>", 1e300],
    ["string", "<value><string>hello</string></value>", "hello"],
    ["string, closed", "<value><string/></value>", ""],
    ["string of white space", "<value><string> \n</string></value>", " \n"],
    ["bare string", "<value>bare</value>", "bare"],
    ["bare white space", "<value>  </value>", "  "],
    ["bare, empty", "<value></value>", ""],
    ["bare, closed", "<value/>", ""],
    ["entities", "<value><string>&lt;&amp;&gt;&quot;&apos;</string></value>", `<&>"'`],
    ["character references", "<value><string>&#233;&#x1F600;&#xd;</string></value>", "é😀\r"],
    ["CDATA", "<value><string>a<![CDATA[<b>&amp;]]>c</string></value>", "a<b>&amp;c"],
    ["CDATA, bare", "<value><![CDATA[<b>]]></value>", "<b>"],
    ["line ends", "<value><string>a\r\nb\rc</string></value>", "a\nb\nc"],
    ["a comment inside a text", "<value><string>a<!-- < -->b<?x y?></string></value>", "ab"],
    [
      "control characters, as the hub may send them",
      "<value><string>a\u0001\u001bb</string></value>",
      "a\u0001\u001bb",
    ],
    ["base64 with line ends", "<value><base64>\nAAFi\naW5hcnk=\n</base64></value>", Buffer.from("\0\u0001binary")],
    [
      "dateTime",
      "<value><dateTime.iso8601>20240131T23:59:59</dateTime.iso8601></value>",
      { dateTime: "20240131T23:59:59" },
    ],
    [
      "array",
      "<value><array><data>\n<value><int>1</int></value>\n<value><nil/></value></data></array></value>",
      [1, null],
    ],
    ["array, closed data", "<value><array><data/></array></value>", []],
    ["struct", struct, { a: 1 }],
    ["struct, closed", "<value><struct/></value>", {}],
    ["struct, empty as Python writes it", "<value><struct>\n</struct></value>", {}],
    [
      "an empty member name",
      "<value><struct><member><name></name><value>x</value></member></struct></value>",
      { "": "x" },
    ],
    ["a member without text", "<value><struct><member><name>a</name><value/></member></struct></value>", { a: "" }],
    [
      "space everywhere",
      `<value > <struct > <member ><name >a</name > <value >1</value > </member > </struct > </value >`,
      { a: "1" },
    ],
  ])("%s", (_, xml, expected) => {
    expect(read(xml)).toEqual(expected);
  });

  test("a list whose structs change their members", () => {
    const member = (name: string, n: number): string =>
      `<member>\n<name>${name}</name>\n<value><int>${n}</int></value>\n</member>\n`;
    const item = (...names: string[]): string => `<value><struct>\n${names.map(member).join("")}</struct></value>\n`;
    const xml = `<value><array><data>\n${item("a", "b")}${item("a", "b", "c")}${item("b", "a")}${item()}${item("a&amp;b", "a")}${item("a&amp;b")}</data></array></value>`;
    expect(read(xml)).toEqual([
      { a: 0, b: 1 },
      { a: 0, b: 1, c: 2 },
      { b: 0, a: 1 },
      {},
      { "a&b": 0, a: 1 },
      { "a&b": 0 },
    ]);
  });

  test("__proto__ is an ordinary member", () => {
    const xml = `<value><struct>
<member>
<name>__proto__</name>
<value><struct>\n<member>\n<name>admin</name>\n<value><boolean>1</boolean></value>\n</member>\n</struct></value>
</member>
</struct></value>`;
    const value = read(xml) as Record<string, unknown>;
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
    expect(value.admin).toBeUndefined();
    expect(Object.getOwnPropertyDescriptor(value, "__proto__")?.value).toEqual({ admin: true });
  });
});

describe("messages", () => {
  test("a fault", () => {
    const xml = `<methodResponse><fault><value><struct><member><name>faultCode</name><value><int>1000</int></value></member>
      <member><name>faultString</name><value><string>Invalid method: None</string></value></member></struct></value></fault></methodResponse>`;
    expect(readResponse(xml)).toEqual({ fault: { code: 1000, message: "Invalid method: None" } });
  });

  test.each<[string, string | Buffer, unknown]>([
    [
      "params",
      "<methodCall><methodName>echo</methodName><params><param><value>é</value></param></params></methodCall>",
      { method: "echo", params: ["é"] },
    ],
    ["no params element", "<methodCall><methodName>hello</methodName></methodCall>", { method: "hello", params: [] }],
    [
      "no method (transcript malformed-no-method)",
      "<methodCall><params></params></methodCall>",
      { method: null, params: [] },
    ],
    [
      "a byte order mark",
      "\ufeff<methodCall><methodName>hello</methodName><params/></methodCall>",
      { method: "hello", params: [] },
    ],
    [
      "Latin-1, declared (transcript xml-latin1-declared)",
      Buffer.from(
        "<?xml version='1.0' encoding='iso-8859-1'?><methodCall><methodName>echo</methodName><params><param><value>é</value></param></params></methodCall>",
        "latin1",
      ),
      { method: "echo", params: ["é"] },
    ],
  ])("a call with %s", (_, xml, expected) => {
    expect(readCall(xml)).toEqual(expected);
  });
});

describe("refused, with the place", () => {
  const nested = (levels: number): string =>
    "<value><array><data>".repeat(levels) + "</data></array></value>".repeat(levels);

  test.each<[string, string | Buffer, string, string]>([
    ["HTML", "<html><body>502</body></html>", "xmlrpc.root", "<html>"],
    ["nothing", "", "xmlrpc.root", "its end"],
    ["plain text", "Invalid request", "xmlrpc.root", "Invalid"],
    ["a call", "<methodCall><methodName>a</methodName></methodCall>", "xmlrpc.root", "methodCall"],
    ["invalid UTF-8", Buffer.from([0x3c, 0xff]), "xmlrpc.utf8", "UTF-8"],
    ["another encoding", Buffer.from("<?xml version='1.0' encoding='utf-16'?><a/>"), "xmlrpc.encoding", "utf-16"],
    [
      "a document type",
      `<!DOCTYPE x [<!ENTITY a "b">]>${response("<value>&a;</value>")}`,
      "xmlrpc.dtd",
      "document type",
    ],
    ["a foreign entity", response("<value>&nbsp;</value>"), "xmlrpc.entity", "&nbsp"],
    ["a bare ampersand", response("<value>a & b</value>"), "xmlrpc.entity", "&"],
    ["a reference to NUL", response("<value>&#0;</value>"), "xmlrpc.entity", "&#0"],
    ["a reference to half a pair", response("<value>&#xD800;</value>"), "xmlrpc.entity", "&#xD800"],
    ["mismatched tags", response("<value><string>a</int></value>"), "xmlrpc.syntax", "</string>"],
    [
      "mismatched tags in Python's layout",
      response("<value><struct>\n<member>\n<name>a</name>\n<value><int>1</int></value>\n</struct></value>"),
      "xmlrpc.syntax",
      "</member>",
    ],
    ["trailing junk", `${response(struct)}x`, "xmlrpc.syntax", "goes on"],
    ["a second document", response(struct) + response(struct), "xmlrpc.syntax", "goes on"],
    ["cut short", response(struct).slice(0, -30), "xmlrpc.syntax", "belongs"],
    ["no param", "<methodResponse><params></params></methodResponse>", "xmlrpc.syntax", "0 params"],
    [
      "two params",
      "<methodResponse><params><param><value/></param><param><value/></param></params></methodResponse>",
      "xmlrpc.syntax",
      "2 params",
    ],
    [
      "a fault that is none",
      "<methodResponse><fault><value>x</value></fault></methodResponse>",
      "xmlrpc.fault",
      "faultCode",
    ],
    ["letters in an int", response("<value><int>12abc</int></value>"), "xmlrpc.value", "12abc"],
    ["an empty int", response("<value><int/></value>"), "xmlrpc.value", "int"],
    ["a gigantic int", response(`<value><int>${"9".repeat(50_000)}</int></value>`), "xmlrpc.value", "int"],
    ["boolean 2", response("<value><boolean>2</boolean></value>"), "xmlrpc.value", "boolean"],
    ["a double that is none", response("<value><double>1.5.1</double></value>"), "xmlrpc.value", "double"],
    ["a double beyond doubles", response("<value><double>1e999</double></value>"), "xmlrpc.value", "double"],
    ["base64 that is none", response("<value><base64>a-b=</base64></value>"), "xmlrpc.value", "base64"],
    ["an unknown type", response("<value><float>1</float></value>"), "xmlrpc.value", "<float>"],
    ["an array without data", response("<value><array/></value>"), "xmlrpc.syntax", "data"],
    [
      "the value before the name",
      response("<value><struct><member><value>a</value><name>b</name></member></struct></value>"),
      "xmlrpc.syntax",
      "<name>",
    ],
    ["an element inside a text", response("<value>a<int>1</int></value>"), "xmlrpc.syntax", "</value>"],
    ["101 levels", response(nested(101)), "xmlrpc.depth", "100"],
    ["100,000 levels", response(nested(100_000)), "xmlrpc.depth", "100"],
  ])("%s", (_, xml, code, words) => {
    const attempt = (): unknown => readResponse(xml);
    expect(attempt).toThrow(KojibridgeError);
    expect(attempt).toThrow(
      expect.objectContaining({ kind: "invalid", code, message: expect.stringContaining(words) }),
    );
    expect(attempt).toThrow(expect.objectContaining({ context: { offset: expect.any(Number) } }));
  });

  test("100 levels are read", () => {
    expect(() => readResponse(response(nested(100)))).not.toThrow();
  });

  test("the offset counts bytes", () => {
    const xml = response("<value>é</value>x");
    expect(() => readResponse(xml)).toThrow(
      expect.objectContaining({ context: { offset: Buffer.byteLength(xml.slice(0, xml.indexOf("x\n</param>"))) } }),
    );
  });
});
