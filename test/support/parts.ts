import { existsSync, globSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname } from "node:path";
import { describe, it } from "vitest";

export const CHROMIUM = "/usr/bin/chromium";

/** Parts of a real installation that a test runs, and the Debian package or npm package each comes from. */
const PARTS = {
  openssl: { from: "Debian package openssl", there: () => existsSync("/usr/bin/openssl") },
  apache: { from: "Debian package apache2", there: () => existsSync("/usr/sbin/apache2") },
  gssapiModule: {
    from: "Debian package libapache2-mod-auth-gssapi",
    there: () => existsSync("/usr/lib/apache2/modules/mod_auth_gssapi.so"),
  },
  kdc: {
    from: "Debian packages krb5-kdc and krb5-admin-server",
    there: () => existsSync("/usr/sbin/krb5kdc") && existsSync("/usr/sbin/kadmin.local"),
  },
  kerberosPackage: {
    from: "npm package kerberos, compiled (Debian package libkrb5-dev)",
    there: () => {
      try {
        createRequire(import.meta.url)("kerberos");
        return true;
      } catch {
        return false;
      }
    },
  },
  kinit: { from: "Debian package krb5-user", there: () => existsSync("/usr/bin/kinit") },
  rpm: {
    from: "Debian package rpm, and root to install into another root",
    there: () => existsSync("/usr/bin/rpmbuild") && process.getuid?.() === 0,
  },
  systemd: { from: "Debian package systemd", there: () => existsSync("/usr/bin/systemd-analyze") },
  nginx: { from: "Debian package nginx-light", there: () => existsSync("/usr/sbin/nginx") },
  redis: { from: "Debian package redis-server", there: () => existsSync("/usr/bin/redis-server") },
  chromium: { from: "Debian package chromium", there: () => existsSync(CHROMIUM) },
  postgres: { from: "Debian package postgresql", there: () => postgresBinaries() !== null },
} as const;

/** Debian keeps each version apart, and none of it in PATH. */
export function postgresBinaries(): string | null {
  const versions = globSync("/usr/lib/postgresql/*/bin/initdb").map(dirname);
  return versions.sort((a, b) => a.localeCompare(b, "en", { numeric: true })).at(-1) ?? null;
}

export type Part = keyof typeof PARTS;

/**
 * `describe`, if all parts are there. Otherwise it is skipped and says what is missing; with KOJIBRIDGE_TEST_REQUIRE_ALL=1, as CI has
 * it, it fails.
 */
export function describeWithParts(title: string, parts: readonly Part[], body: () => void): void {
  const missing = parts.filter((part) => !PARTS[part].there()).map((part) => PARTS[part].from);
  if (missing.length === 0) return void describe(title, body);
  const reason = `needs ${missing.join(", ")}`;
  if (process.env.KOJIBRIDGE_TEST_REQUIRE_ALL === "1")
    return void it(title, () => {
      throw new Error(`${title} ${reason}`);
    });
  console.warn(`SKIPPED ${title}: ${reason}`);
  describe.skip(`${title} (${reason})`, body);
}
