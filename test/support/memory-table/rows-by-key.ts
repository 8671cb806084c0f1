import type { RowKey } from '../../../shared/store/keys.ts';
import type { Row } from './sorted-rows.ts';

/** The rows of a table by their keys. */
export class RowsByKey {
  readonly #partitions = new Map<string, Map<string, Row>>();
  #added = 0;
  #removed = 0;

  get size(): number {
    return this.#added - this.#removed;
  }

  at({ pk, sk }: RowKey): Row | undefined {
    return this.#partitions.get(pk)?.get(sk);
  }

  /** Makes a row, without attributes as yet, where none is. */
  add({ pk, sk }: RowKey): Row {
    const row = { ordinal: this.#added++, item: {} };
    const partition = this.#partitions.get(pk) ?? new Map<string, Row>();
    this.#partitions.set(pk, partition.set(sk, row));
    return row;
  }

  /** Removes the row that is there. */
  remove({ pk, sk }: RowKey): void {
    const partition = this.#partitions.get(pk);
    if (partition?.delete(sk)) this.#removed++;
    if (partition?.size === 0) this.#partitions.delete(pk);
  }

  all(): Row[] {
    return [...this.#partitions.values()].flatMap((rows) => [...rows.values()]);
  }
}
