import type { Item } from '../../../shared/store/table.ts';
import type { IndexDefinition } from '../table-indexes.ts';
import type { KeyCondition } from './key-condition.ts';
import { type Row, SortedRows } from './sorted-rows.ts';
import { inUtf8Order } from './utf8-order.ts';

/** The table by one pair of keys: the rows that have both, each partition in order. */
export class MemoryIndex {
  readonly definition: IndexDefinition;
  readonly #partitions = new Map<string, SortedRows>();
  readonly #projected: readonly string[] | undefined;

  constructor(definition: IndexDefinition) {
    this.definition = definition;
    const { hash, range, projected } = definition;
    const keys = range === undefined ? [hash] : [hash, range];
    this.#projected = projected === 'all' ? undefined : ['pk', 'sk', ...keys, ...projected];
  }

  /** Whether a row with this item, if it gets that one, has to be removed and added anew. */
  isMovedBy(from: Item, to: Item): boolean {
    const { hash, range } = this.definition;
    return from[hash] !== to[hash] || (range !== undefined && from[range] !== to[range]);
  }

  /** Adds a row, if it has the keys. */
  add(row: Row): void {
    const hash = this.#hashOf(row);
    if (hash === undefined) return;
    let partition = this.#partitions.get(hash);
    if (!partition) {
      partition = new SortedRows();
      this.#partitions.set(hash, partition);
    }
    partition.insert({ key: this.#sortKeyOf(row), row });
  }

  /** Removes a row, if it has the keys; before they change. */
  remove(row: Row): void {
    const hash = this.#hashOf(row);
    const partition = hash === undefined ? undefined : this.#partitions.get(hash);
    partition?.remove({ key: this.#sortKeyOf(row), row });
    if (hash !== undefined && partition?.isEmpty) this.#partitions.delete(hash);
  }

  /** The first (or, backwards, the last) rows that a key condition asks for, at most `limit`. */
  find({ hash, range }: KeyCondition, limit: number, forward = true): Row[] {
    const partition = this.#partitions.get(hash);
    if (!partition) return [];
    return forward ? partition.within(range, limit) : partition.lastWithin(range, limit);
  }

  /** What the index holds of an item. */
  project(item: Item): Item {
    if (!this.#projected) return item;
    const held: Item = {};
    for (const name of this.#projected) if (item[name] !== undefined) held[name] = item[name];
    return held;
  }

  #hashOf({ item }: Row): string | undefined {
    const { hash, range } = this.definition;
    if (range !== undefined && item[range] === undefined) return undefined;
    return item[hash] as string | undefined;
  }

  #sortKeyOf({ item }: Row): string {
    const { range } = this.definition;
    return range === undefined ? '' : inUtf8Order(item[range] as string);
  }
}
