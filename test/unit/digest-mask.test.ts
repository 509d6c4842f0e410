import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { maskSecrets } from "../../src/domain/digest/mask.ts";

// Put together here, so that no scanner of this repository takes them for real ones.
const AWS = `${"AK"}IAIOSFODNN7EXAMPLE`;
const GITHUB = `${"gh"}p_${"a1B2".repeat(9)}`;
const GITLAB = `${"gl"}pat-${"x9Y8".repeat(5)}`;
const BASE64 = "MIIEpAIBAAKCAQEA7V3n9fK2".repeat(3);
const KEY = `-----BEGIN RSA ${"PRIVATE"} KEY-----\n${BASE64}\n${BASE64}\n-----END RSA ${"PRIVATE"} KEY-----`;

describe("secrets by their shape", () => {
  it.each([
    ["git clone https://bot:hunter22@git.example.org/a.git", "git clone https://***@git.example.org/a.git"],
    ["git clone https://oauth2token@git.example.org/a.git", "git clone https://***@git.example.org/a.git"],
    ["> Authorization: Bearer abc.def-123", "> Authorization: Bearer ***"],
    ["authorization: Basic dXNlcjpwYXNz", "authorization: Basic ***"],
    ["curl -H 'PRIVATE-TOKEN: s3cr3t-value' https://x", "curl -H 'PRIVATE-TOKEN: ***' https://x"],
    ["koji-session-key: 12-AbCdEfGhIj", "koji-session-key: ***"],
    ["GET /a?page=2&access_token=abcdef&x=1", "GET /a?page=2&access_token=***&x=1"],
    ["https://s3.example.org/o?X-Amz-Signature=deadbeef", "https://s3.example.org/o?X-Amz-Signature=***"],
    ["+ export NPM_TOKEN=abcdefgh1234", "+ export NPM_TOKEN=***"],
    ['"password": "correct horse"', '"password": "*** horse"'],
    ["aws_secret_access_key = wJalrXUtnFEMI/K7MDENG", "aws_secret_access_key = ***"],
    [`key ${AWS} used`, "key *** used"],
    [`remote: ${GITHUB}.`, "remote: ***."],
    [`using ${GITLAB} for`, "using *** for"],
    [`a\n${KEY}\nb`, "a\n***\nb"],
    [`-----BEGIN ${"PRIVATE"} KEY-----\nMIIEpAIB`, "***"],
    [BASE64, "***"],
  ])("%s", (text, masked) => {
    expect(maskSecrets(text)).toBe(masked);
  });

  it.each([
    "src/token.c:12:5: error: expected ';' before 'password'",
    "error: no matching package named `secret-service` found",
    "CMake Error at cmake/FindKey.cmake:3 (message):",
    "https://git.example.org/rpms/hello.git#8cf36b8fc980dea0b17db30e404a3c8481365257",
    "PASS: tests/authorization.sh",
    "token: 12",
    "nothing provides libfoo.so.1()(64bit) needed by bar-1-1.fc42.x86_64",
  ])("leaves alone: %s", (text) => {
    expect(maskSecrets(text)).toBe(text);
  });
});

describe("known secrets", () => {
  it("masks the longest first, in a URL as well", () => {
    expect(maskSecrets("abcd abcdefgh a%2Fb%20c-d", ["abcd", "abcdefgh", "a/b c-d"])).toBe("*** *** ***");
  });

  it("masks each line of a key of several lines", () => {
    expect(maskSecrets("x line-one y line-two", ["line-one\nline-two\n"])).toBe("x *** y ***");
  });

  it("never lets one appear again, whatever they are", () => {
    const secret = fc.oneof(
      fc.string({ minLength: 4, maxLength: 20 }),
      fc.string({ unit: fc.constantFrom("*", "a"), minLength: 4, maxLength: 9 }),
    );
    fc.assert(
      fc.property(fc.array(secret, { maxLength: 5 }), fc.array(fc.string()), (secrets, noise) => {
        const text = noise.flatMap((word, at) => [word, secrets[at % (secrets.length || 1)] ?? ""]).join("");
        const masked = maskSecrets(text, secrets);
        for (const known of secrets) if (known.trim().length >= 4) expect(masked).not.toContain(known);
      }),
      { numRuns: 500 },
    );
  });
});
