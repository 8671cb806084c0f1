import { assetStatus } from './assets/asset.ts';
import { type Batch, type BatchItem, type ItemStatus, itemState } from './batches/batch.ts';
import { analysisWindow } from './batches/judge-item.ts';
import type { BoxState } from './state.ts';

/** An upload that the provider took. */
export interface LedgerAsset {
  readonly assetId: string;
  readonly filename: string;
  readonly method: string;
  readonly status: 'processing' | 'ready' | 'failed';
}

/** An analysis that the provider took, and what it would have cost. */
export interface LedgerItem {
  readonly batchId: string;
  readonly taskId: string;
  readonly customId: string | null;
  readonly assetId: string;
  readonly status: ItemStatus;
  /** Seconds of video on the bill: the window, once for every segment definition; 0 unless ready. */
  readonly billedSeconds: number;
}

/** The provider's books: nothing ever leaves them, whatever is deleted. */
export interface Ledger {
  readonly assets: () => readonly LedgerAsset[];
  readonly items: () => readonly LedgerItem[];
  readonly billedItems: () => readonly LedgerItem[];
}

/** The books of a box, read at the moment of asking. */
export function createLedger(state: BoxState): Ledger {
  const items = () =>
    state.createdBatches.flatMap((batch) =>
      batch.items.map((item) => ledgerItem(batch, item, state.clock.nowMs())),
    );
  return {
    items,
    billedItems: () => items().filter((item) => item.billedSeconds > 0),
    assets: () =>
      state.createdAssets.map((asset) => ({
        assetId: asset.assetId,
        filename: asset.filename,
        method: asset.method,
        status: assetStatus(asset, state.clock.nowMs()),
      })),
  };
}

function ledgerItem(batch: Batch, item: BatchItem, nowMs: number): LedgerItem {
  const { status } = itemState(batch, item, nowMs);
  const { start, end } = analysisWindow(item.facts, item.settings);
  const times = item.settings.response_format?.segment_definitions?.length ?? 1;
  return {
    batchId: batch.batchId,
    taskId: item.taskId,
    customId: item.customId,
    assetId: item.assetId,
    status,
    billedSeconds: status === 'ready' ? (end - start) * times : 0,
  };
}
