/** What the exit code of `kojibridge build` means; docs/ci.md says the same. */
export const EXIT = {
  ok: 0,
  /** A package does not build. */
  failed: 1,
  /** Flags, `.kojibridge.yaml`, credentials, the spec: nothing was submitted. */
  usage: 2,
  /** Hub, builders or network: building again may help. */
  infrastructure: 3,
  timeout: 4,
  canceled: 5,
} as const;
