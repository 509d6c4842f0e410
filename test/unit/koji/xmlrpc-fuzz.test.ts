import { describe, expect, test } from "vitest";
import { readCall, readResponse } from "../../../src/adapters/koji/xmlrpc.ts";
import { KojibridgeError } from "../../../src/domain/errors.ts";

const SEED = Buffer.from(`<?xml version='1.0'?>
<methodResponse>
<params>
<param>
<value><array><data>
${`<value><struct>
<member>
<name>arch</name>
<value><string>noarch &amp; é😀</string></value>
</member>
<member>
<name>awaited</name>
<value><nil/></value></member>
<member>
<name>create_ts</name>
<value><double>1795188828.18629</double></value>
</member>
<member>
<name>id</name>
<value><int>1</int></value>
</member>
<member>
<name>request</name>
<value><array><data>
<value><i8>5368709120</i8></value>
<value><base64>AAEC</base64></value>
<value>bare<!-- x --><![CDATA[<]]></value>
</data></array></value>
</member>
<member>
<name>waiting</name>
<value><boolean>0</boolean></value>
</member>
</struct></value>
`.repeat(3)}</data></array></value>
</param>
</params>
</methodResponse>
`);

/** mulberry32: the same bytes every time, so that a failure can be looked at. */
function createRandom(seed: number): (below: number) => number {
  let a = seed;
  return (below) => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}

const TOKENS = [
  "<value>",
  "</value>",
  "<struct>",
  "<nil/>",
  "<![CDATA[",
  "]]>",
  "<!--",
  "&#x0;",
  "&lol;",
  "<!DOCTYPE a [",
  "<name>__proto__</name>",
  "\u0000",
  "]",
  "<int>",
  "<",
  ">",
  "&",
  "<?",
  "\ufeff",
  "<methodResponse>",
  '<a b="',
];

type Mutation = (bytes: Buffer, random: (below: number) => number) => Buffer;
const MUTATIONS: Record<string, Mutation> = {
  truncate: (bytes, random) => bytes.subarray(0, random(bytes.length)),
  flip: (bytes, random) => {
    const copy = Buffer.from(bytes);
    for (let n = 1 + random(4); n > 0; n--) copy[random(copy.length)] = random(256);
    return copy;
  },
  remove: (bytes, random) => {
    const from = random(bytes.length);
    return Buffer.concat([bytes.subarray(0, from), bytes.subarray(from + 1 + random(40))]);
  },
  insert: (bytes, random) => {
    const at = random(bytes.length);
    return Buffer.concat([bytes.subarray(0, at), Buffer.from(TOKENS[random(TOKENS.length)]!), bytes.subarray(at)]);
  },
  repeat: (bytes, random) => {
    const from = random(bytes.length);
    const part = bytes.subarray(from, from + 1 + random(60));
    return Buffer.concat([bytes.subarray(0, from), ...Array<Buffer>(1 + random(200)).fill(part), bytes.subarray(from)]);
  },
};

/** Reads as far as it goes: true for a value, false for a typed error; any other error is the test's failure. */
function survives(bytes: Buffer): boolean {
  let values = 0;
  for (const read of [readResponse, readCall]) {
    try {
      read(bytes);
      values++;
    } catch (error) {
      if (!(error instanceof KojibridgeError) || !error.code?.startsWith("xmlrpc.")) throw error;
    }
  }
  return values > 0;
}

describe("hostile bytes give a value or a typed error", () => {
  test.each(Object.keys(MUTATIONS))("%s", (name) => {
    const random = createRandom(name.length * 7919);
    let read = 0;
    for (let i = 0; i < 3000; i++) read += survives(MUTATIONS[name]!(SEED, random)) ? 1 : 0;
    expect(read).toBeLessThan(3000);
  });

  test("all of them, on top of each other", () => {
    const random = createRandom(42);
    const mutate = Object.values(MUTATIONS);
    for (let i = 0; i < 3000; i++) {
      let bytes: Buffer = SEED;
      for (let n = 1 + random(5); n > 0; n--) bytes = mutate[random(mutate.length)]!(bytes, random);
      survives(bytes.subarray(0, 200_000));
    }
  });

  const wrap = (value: string): Buffer =>
    Buffer.from(`<methodResponse><params><param>${value}</param></params></methodResponse>`);
  test.each<[string, Buffer, boolean]>([
    ["20 MiB of text", wrap(`<value><string>${"x".repeat(20 << 20)}</string></value>`), true],
    ["5 MiB of ampersands", wrap(`<value><string>${"&".repeat(5 << 20)}</string></value>`), false],
    ["a million references", wrap(`<value><string>${"&#65;".repeat(1_000_000)}</string></value>`), true],
    ["a million comments", wrap(`<value><string>${"<!---->".repeat(1_000_000)}</string></value>`), true],
    ["a tag of 5 MiB", wrap(`<value><${"a".repeat(5 << 20)} </value>`), false],
    ["an attribute of 5 MiB", wrap(`<value a="${"b".repeat(5 << 20)}></value>`), false],
    ["a million attributes", wrap(`<value${' a="b"'.repeat(1_000_000)}></value>`), false],
    ["5 MiB of spaces in a tag", wrap(`<value${" ".repeat(5 << 20)}x></value>`), false],
    ["a million opening tags", wrap("<value><array><data>".repeat(1_000_000)), false],
    [
      "a struct of 100,000 members",
      wrap(
        `<value><struct>${Array.from({ length: 100_000 }, (_, i) => `<member><name>m${i}</name><value/></member>`).join("")}</struct></value>`,
      ),
      true,
    ],
    ["base64 of 5 MiB, almost", wrap(`<value><base64>${"A".repeat(5 << 20)}-</base64></value>`), false],
    [
      "billion laughs",
      Buffer.concat([Buffer.from('<!DOCTYPE l [<!ENTITY a "lol"><!ENTITY b "&a;&a;">]>'), wrap("<value>&b;</value>")]),
      false,
    ],
  ])("%s", { timeout: 5000 }, (_, bytes, readable) => {
    expect(survives(bytes)).toBe(readable);
  });
});
