import { assetStatus } from './assets/asset.ts';
import { type Batch, type BatchItem, type ItemStatus, itemState } from './batches/batch.ts';
import { analysisWindow } from './batches/judge-item.ts';
import { simulateAnalysis } from './simulation/simulate-analysis.ts';
import type { BoxState } from './state.ts';

/** The provider's prices of the Developer plan; it names none for batches. */
const USD_PER_INPUT_MINUTE = 0.0292;
const USD_PER_THOUSAND_OUTPUT_TOKENS = 0.0075;

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
  readonly createdAtMs: number;
  /** Present once it is ready, failed or canceled. */
  readonly endedAtMs?: number;
  /** Segment definitions that were asked for; 1 for a general analysis. */
  readonly definitions: number;
  /** Seconds on the bill: the window, once for every segment definition; 0 unless ready. */
  readonly billedSeconds: number;
  /** Tokens on the bill; 0 unless ready. */
  readonly outputTokens: number;
}

/** The provider's books: nothing ever leaves them, whatever is deleted. */
export interface Ledger {
  readonly assets: () => readonly LedgerAsset[];
  readonly items: () => readonly LedgerItem[];
  readonly billedItems: () => readonly LedgerItem[];
  /** What all of it would have cost. */
  readonly billedUsd: () => number;
  /** The billed items that asked the same of the same file more than once, as one asset or as several. */
  readonly paidTwice: () => readonly (readonly LedgerItem[])[];
}

interface Entry {
  readonly batch: Batch;
  readonly item: BatchItem;
}

/** The books of a box, read at the moment of asking. */
export function createLedger(state: BoxState): Ledger {
  // What is ready never changes again, and may be long.
  const tokens = new WeakMap<BatchItem, number>();
  const tokensOf = ({ batch, item }: Entry): number => {
    const known = tokens.get(item);
    if (known !== undefined) return known;
    const count = simulateAnalysis(batch.analysisMode, item).usage.output_tokens;
    tokens.set(item, count);
    return count;
  };
  const entries = () =>
    state.createdBatches.flatMap((batch) => batch.items.map((item) => ({ batch, item })));
  const written = (entry: Entry) => ledgerItem(entry, state.clock.nowMs(), tokensOf);
  const billedItems = () => entries().map(written).filter(isBilled);
  return {
    items: () => entries().map(written),
    billedItems,
    billedUsd: () => billedItems().reduce((sum, item) => sum + usdOf(item), 0),
    paidTwice: () =>
      [...Map.groupBy(entries(), requestOf).values()]
        .map((same) => same.map(written).filter(isBilled))
        .filter((same) => same.length > 1),
    assets: () =>
      state.createdAssets.map((asset) => ({
        assetId: asset.assetId,
        filename: asset.filename,
        method: asset.method,
        status: assetStatus(asset, state.clock.nowMs()),
      })),
  };
}

function ledgerItem(entry: Entry, nowMs: number, tokensOf: (entry: Entry) => number): LedgerItem {
  const { batch, item } = entry;
  const { status, atMs } = itemState(batch, item, nowMs);
  const { start, end } = analysisWindow(item.facts, item.settings);
  const definitions = definitionsOf(entry);
  return {
    batchId: batch.batchId,
    taskId: item.taskId,
    customId: item.customId,
    assetId: item.assetId,
    status,
    createdAtMs: batch.createdAtMs,
    ...(atMs !== undefined && { endedAtMs: atMs }),
    definitions,
    billedSeconds: status === 'ready' ? (end - start) * definitions : 0,
    outputTokens: status === 'ready' ? tokensOf(entry) : 0,
  };
}

function definitionsOf({ batch, item }: Entry): number {
  if (batch.analysisMode === 'general') return 1;
  return item.settings.response_format?.segment_definitions?.length ?? 1;
}

function isBilled({ status }: LedgerItem): boolean {
  return status === 'ready';
}

function usdOf({ billedSeconds, outputTokens }: LedgerItem): number {
  return (
    (billedSeconds / 60) * USD_PER_INPUT_MINUTE +
    (outputTokens / 1000) * USD_PER_THOUSAND_OUTPUT_TOKENS
  );
}

/** The same text for the same file and request, in whatever order its keys were sent. */
function requestOf({ batch, item }: Entry): string {
  const file = [item.filename, item.facts];
  const request = [file, batch.modelName, batch.analysisMode, item.settings];
  return JSON.stringify(request, (_, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
}
