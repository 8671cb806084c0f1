import type { Clock } from '../clock.ts';
import type { Asset } from './assets/asset.ts';
import {
  type Batch,
  type BatchItem,
  batchStatus,
  isForgotten,
  isOver,
  itemState,
} from './batches/batch.ts';
import { createIdMaker } from './chance.ts';
import { FaultPlan } from './faults/fault-plan.ts';
import type { Operation } from './http/operation.ts';
import { RateLimits } from './http/rate-limits.ts';
import type { MultipartUpload } from './multipart/multipart-upload.ts';
import type { BoxLimits, BoxSettings, BoxTiming } from './settings.ts';
import type { BoxSwitches } from './switches.ts';

/** Everything that the box knows. Routes read and change it; nothing else remembers anything. */
export class BoxState {
  readonly clock: Clock;
  #settings: BoxSettings;
  /** Called when something else was chosen. */
  readonly onSettings: (() => void)[] = [];
  readonly faults = new FaultPlan();
  rates = new RateLimits();
  /** Every request that had the right key, in the order in which they came. */
  readonly requests: Operation[] = [];
  /** How many 429s were answered, since their bodies may differ in turn. */
  rateLimitAnswers = 0;
  /** A new id: 24 hex digits unless told otherwise. */
  readonly makeId: (digits?: number) => string;
  /** Oldest first, as created. */
  readonly assets = new Map<string, Asset>();
  /** Oldest first, whatever became of them. */
  readonly uploads = new Map<string, MultipartUpload>();
  /** Everything that was ever created, deleted or not: what the ledger is made from. */
  readonly createdAssets: Asset[] = [];
  readonly createdBatches: Batch[] = [];
  readonly #batches = new Map<string, Batch>();
  readonly #tasks = new Map<string, { readonly batch: Batch; readonly item: BatchItem }>();
  readonly #settingsAtStart: BoxSettings;

  constructor(clock: Clock, settings: BoxSettings) {
    this.clock = clock;
    this.#settings = settings;
    this.#settingsAtStart = settings;
    this.makeId = createIdMaker(() => clock.nowMs());
  }

  /** Replaced whole when something is changed while the box runs. */
  get settings(): BoxSettings {
    return this.#settings;
  }

  set settings(settings: BoxSettings) {
    this.#settings = settings;
    for (const tell of this.onSettings) tell();
  }

  get timing(): BoxTiming {
    return this.settings.timing;
  }

  get limits(): BoxLimits {
    return this.settings.limits;
  }

  get switches(): BoxSwitches {
    return this.settings.switches;
  }

  /** Forgets all that has happened and all that was chosen since the start; time and ids go on. */
  reset(): void {
    this.settings = this.#settingsAtStart;
    this.faults.reset();
    this.rates = new RateLimits();
    this.requests.length = 0;
    this.rateLimitAnswers = 0;
    this.assets.clear();
    for (const upload of this.uploads.values()) upload.discard();
    this.uploads.clear();
    this.createdAssets.length = 0;
    this.createdBatches.length = 0;
    this.#batches.clear();
    this.#tasks.clear();
  }

  addAsset(asset: Asset): void {
    this.assets.set(asset.assetId, asset);
    this.createdAssets.push(asset);
  }

  /** Whether an item that has not ended is about this asset. */
  isAssetInUse(assetId: string): boolean {
    const nowMs = this.clock.nowMs();
    return this.batches().some((batch) =>
      batch.items.some(
        (item) =>
          item.assetId === assetId &&
          ['queued', 'processing'].includes(itemState(batch, item, nowMs).status),
      ),
    );
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

  /** How many batches take a slot: pending, processing and, unless switched off, canceling ones. */
  activeBatchCount(): number {
    const nowMs = this.clock.nowMs();
    const free = this.switches.cancelingIsActive ? [] : ['canceling'];
    return this.batches().filter(
      (batch) => !isOver(batch, nowMs) && !free.includes(batchStatus(batch, nowMs)),
    ).length;
  }

  #forgetOldBatches(): void {
    const nowMs = this.clock.nowMs();
    for (const batch of this.#batches.values()) {
      if (!isForgotten(batch, nowMs)) return;
      this.deleteBatch(batch);
    }
  }
}
