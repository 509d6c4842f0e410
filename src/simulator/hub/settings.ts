/** The parts of hub.conf that change what a client sees. */
export interface Settings {
  /** LoginCreatesUser. */
  loginCreatesUser: boolean;
  /** DisableURLSessions. */
  disableUrlSessions: boolean;
  /** SessionRenewalTimeout, in milliseconds; 0: sessions never expire. */
  sessionLifetime: number;
  /** MaxRequestLength, in bytes. */
  maxRequestLength: number;
  /** ProxyDNs and ProxyPrincipals: who may log in as somebody else. */
  proxies: readonly string[];
  /** ServerOffline with its OfflineMessage. */
  offline: string | null;
  /** LockOut: only admins get in. */
  lockOut: boolean;
  /** Policies: a reason to refuse, or null. */
  policy: Policy;
}

export interface Policy {
  /** `build_rpm`, asserted by the builder. */
  build(subject: { readonly user: string; readonly scratch: boolean; readonly target: string | null }): string | null;
  /** `build_from_scm`: the builder's allowed SCMs. */
  scm(subject: { readonly host: string; readonly path: string; readonly user: string }): string | null;
  /** `package_list`. */
  packageList(subject: { readonly user: string; readonly permissions: ReadonlySet<string> }): string | null;
  /** `tag`. */
  tag(subject: { readonly user: string; readonly tag: string }): string | null;
}

/** hub.conf as installed, and no policy but the one for package lists. */
export const DEFAULT_SETTINGS: Settings = {
  loginCreatesUser: true,
  disableUrlSessions: false,
  sessionLifetime: 24 * 3600 * 1000,
  maxRequestLength: 4_194_304,
  proxies: [],
  offline: null,
  lockOut: false,
  policy: {
    build: () => null,
    scm: () => null,
    packageList: ({ permissions }) => (permissions.has("admin") ? null : "only admin/tag may change package lists"),
    tag: () => null,
  },
};
