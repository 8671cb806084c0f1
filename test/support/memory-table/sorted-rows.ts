import type { Item } from '../../../shared/store/table.ts';

/** An item of the table; `item` is replaced as a whole, never changed. */
export interface Row {
  /** Each row has another. */
  readonly ordinal: number;
  item: Item;
}

/** A row under its sort key in this order: such that JavaScript's `<` is right. */
export interface Entry {
  readonly key: string;
  readonly row: Row;
}

/** A stretch of sort keys: those that are neither below nor above it. */
export interface KeyRange {
  isBelow(key: string): boolean;
  isAbove(key: string): boolean;
}

/** Few enough that to insert into a block is cheap, many enough that there are few blocks. */
const ENTRIES_PER_BLOCK = 512;

/**
 * The rows of one partition in the order of a sort key, those with equal ones in that of their
 * ordinals. Inserts, removes and finds among a hundred thousand about as fast as among a hundred.
 */
export class SortedRows {
  /** None of them empty. */
  readonly #blocks: Entry[][] = [];

  get isEmpty(): boolean {
    return this.#blocks.length === 0;
  }

  insert(entry: Entry): void {
    const at = this.#blockOf(entry);
    const block = this.#blocks[at];
    if (!block) {
      this.#blocks.push([entry]);
      return;
    }
    block.splice(placeIn(block, entry), 0, entry);
    if (block.length > ENTRIES_PER_BLOCK) {
      this.#blocks.splice(at + 1, 0, block.splice(ENTRIES_PER_BLOCK / 2));
    }
  }

  /** Removes a row that is there under this key. */
  remove(entry: Entry): void {
    const at = this.#blockOf(entry);
    const block = this.#blocks[at] ?? [];
    const place = placeIn(block, entry);
    if (block[place]?.row !== entry.row) throw new Error(`no such row: ${entry.key}`);
    block.splice(place, 1);
    if (block.length === 0) this.#blocks.splice(at, 1);
  }

  /** The first rows of a stretch, at most `limit`. */
  within({ isBelow, isAbove }: KeyRange, limit: number): Row[] {
    const found: Row[] = [];
    const isReached = (entry: Entry | undefined) => entry !== undefined && !isBelow(entry.key);
    const first = firstWhere(this.#blocks, (block) => isReached(block.at(-1)));
    let from = firstWhere(this.#blocks[first] ?? [], isReached);
    for (let at = first; at < this.#blocks.length; at++, from = 0) {
      const block = this.#blocks[at] ?? [];
      for (let place = from; place < block.length; place++) {
        const entry = block[place];
        if (!entry || found.length >= limit || isAbove(entry.key)) return found;
        found.push(entry.row);
      }
    }
    return found;
  }

  /** The last rows of a stretch, the very last first, at most `limit`. */
  lastWithin({ isBelow, isAbove }: KeyRange, limit: number): Row[] {
    const found: Row[] = [];
    const isPassed = (entry: Entry | undefined) => entry !== undefined && isAbove(entry.key);
    const last = firstWhere(this.#blocks, (block) => isPassed(block[0])) - 1;
    let from = firstWhere(this.#blocks[last] ?? [], isPassed) - 1;
    for (let at = last; at >= 0; at--, from = Infinity) {
      const block = this.#blocks[at] ?? [];
      for (let place = Math.min(from, block.length - 1); place >= 0; place--) {
        const entry = block[place];
        if (!entry || found.length >= limit || isBelow(entry.key)) return found;
        found.push(entry.row);
      }
    }
    return found;
  }

  /** The first block that does not end before the entry, else the last: where it is or belongs. */
  #blockOf(entry: Entry): number {
    const at = firstWhere(this.#blocks, (block) => !isBefore(block.at(-1), entry));
    return Math.max(0, Math.min(at, this.#blocks.length - 1));
  }
}

function placeIn(block: readonly Entry[], entry: Entry): number {
  return firstWhere(block, (other) => !isBefore(other, entry));
}

function isBefore(a: Entry | undefined, b: Entry): boolean {
  if (a === undefined) return false;
  return a.key === b.key ? a.row.ordinal < b.row.ordinal : a.key < b.key;
}

/** The first place from which on `holds` holds. */
function firstWhere<T>(all: readonly T[], holds: (each: T) => boolean): number {
  let from = 0;
  let to = all.length;
  while (from < to) {
    const middle = (from + to) >>> 1;
    if (holds(all[middle] as T)) to = middle;
    else from = middle + 1;
  }
  return from;
}
