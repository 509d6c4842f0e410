/** The first that matches; iterators have no `find` in the library we compile against. */
export function find<T>(items: Iterable<T>, matches: (item: T) => boolean): T | undefined {
  for (const item of items) if (matches(item)) return item;
  return undefined;
}
