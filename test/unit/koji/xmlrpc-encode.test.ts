import { Readable } from "node:stream";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import Deserializer from "xmlrpc/lib/deserializer.js";
import { serializeFault, serializeMethodResponse } from "xmlrpc/lib/serializer.js";
import { encodeCall, named, readCall, readResponse } from "../../../src/adapters/koji/xmlrpc.ts";

/** The `xmlrpc` package's own reader: the second opinion. */
function theirs(xml: string): Promise<unknown[]> {
  return new Promise((resolve, reject) => {
    new Deserializer("utf8").deserializeMethodCall(Readable.from([xml]), (error, _method, params) =>
      error === null ? resolve(params) : reject(error),
    );
  });
}

describe("sent as written", () => {
  test.each<[string, unknown, string]>([
    ["a small int", 2147483647, "<int>2147483647</int>"],
    ["an int beyond 32 bits", 5368709120, "<i8>5368709120</i8>"],
    ["a negative one", -2147483649, "<i8>-2147483649</i8>"],
    ["the smallest 32-bit int", -2147483648, "<int>-2147483648</int>"],
    ["a whole number beyond doubles' integers", 1e300, "<double>1e+300</double>"],
    ["a double", 1732116746.123456, "<double>1732116746.123456</double>"],
    ["null", null, "<nil/>"],
    ["markup", "a<b>&]]>]]>", "<string>a&lt;b&gt;&amp;]]&gt;]]&gt;</string>"],
    ["a carriage return", "a\r\n", "<string>a&#xD;\n</string>"],
    ["control characters are removed", "a\u0000\u001bb\uffff\t", "<string>ab\t</string>"],
    ["bytes", new Uint8Array([0, 1, 2]), "<base64>AAEC</base64>"],
    ["part of a buffer", Buffer.from("abcdef").subarray(1, 4), "<base64>YmNk</base64>"],
    [
      "a null-prototype object",
      Object.assign(Object.create(null), { a: 1 }),
      "<member><name>a</name><value><int>1</int></value></member>",
    ],
  ])("%s", (_, value, xml) => {
    expect(encodeCall("echo", [value])).toContain(xml);
  });

  test("named arguments", () => {
    expect(readCall(encodeCall("build", [named({ src: "x", opts: undefined, target: null })])).params).toEqual([
      { src: "x", target: null, __starstar: true },
    ]);
  });
});

describe("refused", () => {
  const cyclic: unknown[] = [];
  cyclic.push(cyclic);
  class Thing {}
  const cases: [string, unknown, string][] = [
    ["undefined", [undefined], "params[0][0]"],
    ["an undefined member", { opts: { scratch: undefined } }, "params[0].opts.scratch"],
    ["NaN", Number.NaN, "params[0]"],
    ["infinity", [1, Number.NEGATIVE_INFINITY], "params[0][1]"],
    ["a bigint", 1n, "params[0]"],
    ["a function", () => 1, "params[0]"],
    ["a symbol", Symbol("x"), "params[0]"],
    ["a symbol as name", { [Symbol("x")]: 1 }, "params[0]"],
    ["a Date", { at: new Date(0) }, "params[0].at"],
    ["a Map", new Map(), "params[0]"],
    ["an instance", new Thing(), "params[0]"],
    ["a hole", Object.assign(new Array(3), { 0: 1, 2: 3 }), "params[0][1]"],
    ["half a surrogate pair", "a\ud800", "params[0]"],
    ["a control character in a name", { "a\u0001": 1 }, "params[0].a\u0001"],
    ["__proto__", JSON.parse('{"__proto__": 1}'), "params[0].__proto__"],
    ["a cycle", cyclic, "params[0][0]"],
  ];
  test.each(cases)("%s", (_, value, path) => {
    expect(() => encodeCall("echo", [value])).toThrow(
      expect.objectContaining({ kind: "invalid", code: "xmlrpc.encode", message: expect.stringContaining(path) }),
    );
  });

  test.each(["", "a b", "<x>", "é"])("the method name %j", (method) => {
    expect(() => encodeCall(method, [])).toThrow(expect.objectContaining({ code: "xmlrpc.encode" }));
  });
});

// biome-ignore lint/suspicious/noControlCharactersInRegex: what XML cannot carry
const unsendable = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/;
const text = fc.string({ unit: "binary" }).filter((s) => !unsendable.test(s));
const number = fc.oneof(fc.maxSafeInteger(), fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true }));
const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    text,
    number.map((n) => n + 0),
    fc.boolean(),
    fc.constant(null),
    fc.uint8Array().map((bytes) => Buffer.from(bytes)),
    fc.array(tie("value"), { maxLength: 5 }),
    fc.dictionary(
      text.filter((s) => s !== "__proto__"),
      tie("value"),
      { maxKeys: 5 },
    ),
  ),
}));

describe("properties", () => {
  test("what is encoded is read back", () => {
    fc.assert(
      fc.property(fc.array(value, { maxLength: 4 }), (params) => {
        expect(readCall(encodeCall("echo", params))).toEqual({ method: "echo", params });
      }),
      { seed: 20261120, numRuns: 500 },
    );
  });

  test("the xmlrpc package reads the same as we do", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(value, { maxLength: 4 }), async (params) => {
        const xml = encodeCall("echo", params);
        expect(withoutI8(await theirs(xml))).toEqual(withoutI8(readCall(xml).params));
      }),
      { seed: 20261121, numRuns: 300 },
    );
  });

  test("we read what the xmlrpc package writes", () => {
    const plain = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 4 },
        // its CDATA loses CR and breaks at the second ]]>
        text.filter((s) => !/\r|\]\]>/.test(s)),
        fc.integer(),
        fc.boolean(),
        fc.array(tie("value"), { maxLength: 5 }),
        fc.dictionary(
          text.filter((s) => s !== "__proto__"),
          tie("value"),
          { maxKeys: 5 },
        ),
      ),
    })).value;
    fc.assert(
      fc.property(plain, fc.integer(), text, (result, code, message) => {
        expect(readResponse(serializeMethodResponse(result))).toEqual({ value: result });
        const fault = serializeFault({ faultCode: code, faultString: message.replace(/\r|\]\]>/g, "") });
        expect(readResponse(fault)).toEqual({ fault: { code, message: message.replace(/\r|\]\]>/g, "") } });
      }),
      { seed: 20261122, numRuns: 300 },
    );
  });
});

/** The package gives `<i8>` as text; ours are numbers. */
function withoutI8(tree: unknown): unknown {
  if (typeof tree === "number") return String(tree);
  if (Array.isArray(tree)) return tree.map(withoutI8);
  if (typeof tree !== "object" || tree === null || Buffer.isBuffer(tree)) return tree;
  return Object.fromEntries(Object.entries(tree).map(([name, member]) => [name, withoutI8(member)]));
}
