/**
 * Group commit: what is asked for while one batch is being written shares the next one, so that each pays a share of an fsync
 * instead of one of its own. `write` settles every item itself and does not throw.
 */
export function createBatches<Item>(write: (batch: readonly Item[]) => Promise<void>): (item: Item) => void {
  let waiting: Item[] = [];
  let writing = false;

  async function drain(): Promise<void> {
    while (waiting.length > 0) {
      const batch = waiting;
      waiting = [];
      await write(batch);
    }
    writing = false;
  }

  return (item) => {
    waiting.push(item);
    if (writing) return;
    writing = true;
    // setImmediate: everything the event loop has at hand in this turn joins the same batch.
    setImmediate(() => void drain());
  };
}
