import { randomBytes } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { adler32, toHex } from "../../../src/adapters/koji/adler32.ts";
import { createConnection } from "../../../src/adapters/koji/connection.ts";
import { createUpload, type Upload } from "../../../src/adapters/koji/upload.ts";
import { AUTH, createScriptedHub, type Reply, type Seen, withLogin } from "./scripted-hub.ts";

test.each<[string, Uint8Array, string]>([
  ["nothing (transcript rawUpload-empty)", Buffer.alloc(0), "00000001"],
  ["two bytes", Buffer.from("zz"), "017000f5"],
  ["Wikipedia", Buffer.from("Wikipedia"), "11e60398"],
  ["a run beyond 5552 bytes of 0xff", Buffer.alloc(100_000, 0xff), "149a302c"],
])("adler32 of %s", (_, bytes, hex) => {
  expect(toHex(adler32(bytes))).toBe(hex);
});

/** The definition, without the trick. */
function slow(bytes: Uint8Array): number {
  let [a, b] = [1, 0];
  for (const byte of bytes) {
    a = (a + byte) % 65521;
    b = (b + a) % 65521;
  }
  return b * 65536 + a;
}

test("adler32 goes on where it was", () => {
  const bytes = randomBytes(20_000);
  expect(adler32(bytes.subarray(7000), adler32(bytes.subarray(0, 7000)))).toBe(slow(bytes));
});

interface World extends AsyncDisposable {
  readonly upload: Upload;
  /** What the hub has on its disk. */
  readonly files: Map<string, Buffer>;
  readonly chunks: Seen[];
}

/** A hub that stores uploads; `spoil` may answer a chunk instead. */
async function world(spoil: (n: number, seen: Seen) => Reply | undefined = () => undefined): Promise<World> {
  const files = new Map<string, Buffer>();
  const chunks: Seen[] = [];
  const hub = await createScriptedHub(
    withLogin((seen) => {
      if (seen.method === "checkUpload") return check(files.get(`${seen.params[0]}/${seen.params[1]}`));
      if (seen.method !== "rawUpload") return { value: null };
      chunks.push(seen);
      return spoil(chunks.length, seen) ?? store(files, seen);
    }),
  );
  const connection = createConnection({ url: hub.url, auth: AUTH, resendAfter: [1], breaker: { threshold: 1000 } });
  return {
    upload: createUpload(connection.sessions, connection.caller, [1, 1, 1]),
    files,
    chunks,
    async [Symbol.asyncDispose]() {
      await connection.close();
      await hub[Symbol.asyncDispose]();
    },
  };
}

function store(files: Map<string, Buffer>, seen: Seen): Reply {
  const query = new URL(seen.path, "http://hub").searchParams;
  const path = `${query.get("filepath")}/${query.get("filename")}`;
  const offset = Number(query.get("offset"));
  files.set(path, Buffer.concat([(files.get(path) ?? Buffer.alloc(0)).subarray(0, offset), seen.body]));
  return {
    value: { size: seen.body.length, fileverify: query.get("fileverify"), offset, hexdigest: toHex(slow(seen.body)) },
  };
}

function check(file: Buffer | undefined): Reply {
  return {
    value:
      file === undefined
        ? null
        : { size: file.length, mtime: 1.5, sumlength: file.length, hexdigest: toHex(slow(file)) },
  };
}

const BYTES = randomBytes(2 * 2 ** 20 + 100);

describe("upload", () => {
  test("in chunks, with progress, to the path build() takes", async () => {
    await using hub = await world();
    const progress: [number, number][] = [];
    const path = await hub.upload(BYTES, {
      name: "hello.src.rpm",
      onProgress: (sent, total) => progress.push([sent, total]),
    });
    expect(path).toMatch(/^cli-build\/\d+\.[\d.]*[0-9a-f]{12}\/hello\.src\.rpm$/);
    expect(hub.files.get(path)?.equals(BYTES)).toBe(true);
    expect(progress).toEqual([1048576, 2097152, BYTES.length].map((sent) => [sent, BYTES.length]));
    expect(hub.chunks[0]?.headers).toMatchObject({
      "content-type": "application/octet-stream",
      "koji-session-callnum": "0",
    });
    expect(hub.chunks[0]?.path).toMatch(/fileverify=adler32&offset=0&overwrite=1/);
  });

  test("of a file, and of an empty one", async () => {
    await using hub = await world();
    const directory = await mkdtemp(join(tmpdir(), "kojibridge-upload-"));
    await writeFile(join(directory, "a.src.rpm"), BYTES);
    await writeFile(join(directory, "empty"), "");
    expect(hub.files.get(await hub.upload(join(directory, "a.src.rpm")))?.equals(BYTES)).toBe(true);
    expect(hub.files.get(await hub.upload(join(directory, "empty"), { directory: "cli-build/mine" }))?.length).toBe(0);
    expect([...hub.files.keys()][1]).toBe("cli-build/mine/empty");
    await rm(directory, { recursive: true });
  });

  test.each<[string, Reply]>([
    ["a lost answer", { reset: true }],
    ["a locked file", { fault: [1001, "file is locked"] }],
    ["HTTP 502", { status: 502 }],
    ["an outage", { fault: [1014, "outage"] }],
    ["other bytes than sent", { value: { size: 5, hexdigest: "00000000" } }],
  ])("goes on from the broken chunk after %s", async (_, reply) => {
    await using hub = await world((n) => (n === 2 || n === 3 || n === 4 ? reply : undefined));
    const path = await hub.upload(BYTES, { name: "hello.src.rpm" });
    expect(hub.files.get(path)?.equals(BYTES)).toBe(true);
    const offsets = hub.chunks.map((chunk) => new URL(chunk.path, "http://hub").searchParams.get("offset"));
    expect([...new Set(offsets)]).toEqual(["0", "1048576", "2097152"]);
    expect(offsets.filter((offset) => offset === "0")).toHaveLength(1);
  });

  test("is refused at once where the hub says no", async () => {
    await using hub = await world(() => ({ fault: [1000, "Invalid upload directory, not owner"] }));
    await expect(hub.upload(BYTES, { name: "x" })).rejects.toMatchObject({ kind: "rejected" });
    expect(hub.chunks).toHaveLength(1);
  });

  test("ends after enough tries", async () => {
    await using hub = await world(() => ({ value: { size: 1, hexdigest: "00000000" } }));
    await expect(hub.upload(BYTES, { name: "x" })).rejects.toMatchObject({
      kind: "transient",
      code: "koji.upload_broken",
    });
    expect(hub.chunks).toHaveLength(4);
  });

  test.each(["", ".hidden", "a/b"])("the name %j is refused", async (name) => {
    await using hub = await world();
    await expect(hub.upload(BYTES, { name })).rejects.toMatchObject({ kind: "invalid", code: "koji.upload_name" });
  });
});
