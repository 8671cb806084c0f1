import { type Batch, type BatchItem, type ItemStatus, itemState } from '../batches/batch.ts';

/** Something that came to its end: an item of a batch, or the batch itself. */
export interface Ending {
  readonly atMs: number;
  readonly item?: { readonly item: BatchItem; readonly status: ItemStatus };
}

/** What of a batch has not been announced yet. */
export class BatchWatch {
  readonly batch: Batch;
  readonly #items: Set<BatchItem>;
  #isBatchTaken = false;

  constructor(batch: Batch) {
    this.batch = batch;
    this.#items = new Set(batch.items);
  }

  /** What has ended by a moment and was not taken before, in the order of ending. */
  takeEnded(nowMs: number): readonly Ending[] {
    const endings: Ending[] = this.takeEndedItems(nowMs);
    if (!this.#isBatchTaken && this.batch.end.atMs <= nowMs) {
      this.#isBatchTaken = true;
      endings.push({ atMs: this.batch.end.atMs });
    }
    // Sorting keeps the batch behind the items that end with it.
    return endings.sort((a, b) => a.atMs - b.atMs);
  }

  /** The items among what has ended. */
  takeEndedItems(nowMs: number): Ending[] {
    const endings: Ending[] = [];
    for (const item of this.#items) {
      const { status, atMs } = this.#endOf(item);
      if (atMs > nowMs) continue;
      this.#items.delete(item);
      endings.push({ atMs, item: { item, status } });
    }
    return endings;
  }

  /**
   * The next moment at which something ends; undefined when nothing more will. Where nobody asks for
   * items, it does not stop at each of them.
   */
  nextMs(withItems: boolean): number | undefined {
    let nextItemMs = Infinity;
    let lastItemMs = -Infinity;
    for (const item of this.#items) {
      const { atMs } = this.#endOf(item);
      if (!Number.isFinite(atMs)) continue;
      nextItemMs = Math.min(nextItemMs, atMs);
      lastItemMs = Math.max(lastItemMs, atMs);
    }
    const batchMs = this.#isBatchTaken ? Infinity : this.batch.end.atMs;
    const nextMs = withItems ? Math.min(nextItemMs, batchMs) : batchMs;
    if (Number.isFinite(nextMs)) return nextMs;
    return Number.isFinite(lastItemMs) ? lastItemMs : undefined;
  }

  /** How an item ends, as far as is known now: what it will be for ever. */
  #endOf(item: BatchItem): { readonly status: ItemStatus; readonly atMs: number } {
    const { status, atMs = Infinity } = itemState(this.batch, item, Infinity);
    return { status, atMs };
  }
}
