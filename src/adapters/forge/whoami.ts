/** Asks once per token: a rotated token may belong to somebody else. A failure is not remembered. */
export function rememberLogin<T extends string | null>(token: () => string, ask: () => Promise<T>): () => Promise<T> {
  let known: { readonly token: string; readonly login: Promise<T> } | null = null;
  return () => {
    const current = token();
    if (known?.token !== current) {
      const login = ask();
      known = { token: current, login };
      login.catch(() => {
        known = null;
      });
    }
    return known.login;
  };
}
