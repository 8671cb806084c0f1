import type { Clock } from '../clock.ts';
import type { Asset } from './assets/asset.ts';
import { type Batch, type BatchItem, isForgotten, isOver, itemState } from './batches/batch.ts';
import { createIdMaker } from './chance.ts';
import type { BoxLimits, BoxTiming } from './settings.ts';

/** Everything that the box knows. Routes read and change it; nothing else remembers anything. */
export class BoxState {
  readonly clock: Clock;
  readonly timing: BoxTiming;
  readonly limits: BoxLimits;
  /** A new id: 24 hex digits unless told otherwise. */
  readonly makeId: (digits?: number) => string;
  /** Oldest first, as created. */
  readonly assets = new Map<string, Asset>();
  /** Everything that was ever created, deleted or not: what the ledger is made from. */
  readonly createdAssets: Asset[] = [];
  readonly createdBatches: Batch[] = [];
  readonly #batches = new Map<string, Batch>();
  readonly #tasks = new Map<string, { readonly batch: Batch; readonly item: BatchItem }>();

  constructor(clock: Clock, timing: BoxTiming, limits: BoxLimits) {
    this.clock = clock;
    this.timing = timing;
    this.limits = limits;
    this.makeId = createIdMaker(() => clock.nowMs());
  }

  addAsset(asset: Asset): void {
    this.assets.set(asset.assetId, asset);
    this.createdAssets.push(asset);
  }

  /** Deletes an asset. Items that have not begun to read it will fail. */
  deleteAsset(assetId: string): void {
    this.assets.delete(assetId);
    const nowMs = this.clock.nowMs();
    for (const batch of this.#batches.values()) {
      if (isOver(batch, nowMs)) continue;
      for (const item of batch.items) {
        if (item.assetId !== assetId || itemState(batch, item, nowMs).status !== 'queued') continue;
        item.failure = { code: 'asset_unavailable', message: 'The asset could not be read.' };
      }
    }
  }

  addBatch(batch: Batch): void {
    this.#forgetOldBatches();
    this.#batches.set(batch.batchId, batch);
    this.createdBatches.push(batch);
    for (const item of batch.items) this.#tasks.set(item.taskId, { batch, item });
  }

  /** Deletes a batch and its tasks. */
  deleteBatch(batch: Batch): void {
    this.#batches.delete(batch.batchId);
    for (const item of batch.items) this.#tasks.delete(item.taskId);
  }

  /** A batch that is neither deleted nor past its retention. */
  batch(batchId: string): Batch | undefined {
    const batch = this.#batches.get(batchId.toLowerCase());
    return batch && !isForgotten(batch, this.clock.nowMs()) ? batch : undefined;
  }

  /** Every batch that is neither deleted nor past its retention, oldest first. */
  batches(): Batch[] {
    const nowMs = this.clock.nowMs();
    return [...this.#batches.values()].filter((batch) => !isForgotten(batch, nowMs));
  }

  /** The task that an item of a batch is, as long as its batch is remembered. */
  task(taskId: string): { readonly batch: Batch; readonly item: BatchItem } | undefined {
    const task = this.#tasks.get(taskId.toLowerCase());
    return task && !isForgotten(task.batch, this.clock.nowMs()) ? task : undefined;
  }

  /** How many batches are pending, processing or canceling. */
  activeBatchCount(): number {
    const nowMs = this.clock.nowMs();
    return this.batches().filter((batch) => !isOver(batch, nowMs)).length;
  }

  #forgetOldBatches(): void {
    const nowMs = this.clock.nowMs();
    for (const batch of this.#batches.values()) {
      if (!isForgotten(batch, nowMs)) return;
      this.deleteBatch(batch);
    }
  }
}
