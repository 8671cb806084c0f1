/** So many bytes are held at most before they are handed on; a single item may be larger. */
const CHUNK_BYTES = 4 * 1024 * 1024;

export interface Chunks<T> {
  /** Takes one more item; resolves later when two chunks are full, so that a slow sink slows the source. */
  add(item: T): Promise<void>;
  /** Hands on what is held, and resolves when all is dealt with. @throws what a sink threw */
  finish(): Promise<void>;
  /** How many chunks were handed on. */
  count(): number;
}

/** Collects items and hands them on in chunks, one after the other, while the next is filled. */
export function inChunks<T>(
  bytesOf: (item: T) => number,
  sink: (items: readonly T[], number: number) => Promise<void>,
  chunkBytes = CHUNK_BYTES,
): Chunks<T> {
  let held: T[] = [];
  let heldBytes = 0;
  let number = 0;
  let underWay = Promise.resolve();
  const handOn = async () => {
    await underWay;
    const items = held;
    held = [];
    heldBytes = 0;
    underWay = sink(items, ++number);
    // It shows where it is waited for.
    underWay.catch(() => {});
  };
  return {
    add: async (item) => {
      held.push(item);
      heldBytes += bytesOf(item);
      if (heldBytes >= chunkBytes) await handOn();
    },
    finish: async () => {
      if (held.length > 0) await handOn();
      await underWay;
    },
    count: () => number,
  };
}
