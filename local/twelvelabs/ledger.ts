import { assetStatus } from './assets/asset.ts';
import { type Batch, type BatchItem, type ItemStatus, itemState } from './batches/batch.ts';
import { analysisWindow } from './batches/judge-item.ts';
import { simulateAnalysis } from './simulation/simulate-analysis.ts';
import type { BoxState } from './state.ts';

/** The provider's prices of the Developer plan; it names none for batches. */
const USD_PER_INPUT_MINUTE = 0.0292;
const USD_PER_THOUSAND_OUTPUT_TOKENS = 0.0075;

/** What an item has that says nothing of them, by the provider's pages. */
const DEFAULT_TEMPERATURE = 0.2;
const defaultMaxTokens = { general: 4_096, time_based_metadata: 32_768 } as const;

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
  /**
   * The items that asked the same of the same file and are billed, or will be as things stand, where
   * there is more than one, whether it was registered as one asset or as several.
   */
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
        .map((same) => same.filter(willBeBilled))
        .filter((same) => same.length > 1)
        .map((same) => same.map(written)),
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

function willBeBilled({ batch, item }: Entry): boolean {
  return itemState(batch, item, Infinity).status === 'ready';
}

function usdOf({ billedSeconds, outputTokens }: LedgerItem): number {
  return (
    (billedSeconds / 60) * USD_PER_INPUT_MINUTE +
    (outputTokens / 1000) * USD_PER_THOUSAND_OUTPUT_TOKENS
  );
}

/** The same text for the same file and request, however the request was written. */
function requestOf({ batch, item }: Entry): string {
  const { analysisMode, modelName } = batch;
  const { filename, facts, settings } = item;
  const effective = {
    ...settings,
    ...analysisWindow(facts, settings),
    start_time: undefined,
    end_time: undefined,
    temperature: settings.temperature ?? DEFAULT_TEMPERATURE,
    max_tokens: settings.max_tokens ?? defaultMaxTokens[analysisMode],
  };
  const request = [filename, facts, modelName, analysisMode, effective];
  return JSON.stringify(request, (_, value: unknown) => {
    if (typeof value !== 'object' || Array.isArray(value)) return value;
    const given = Object.entries(value ?? {}).filter(([, each]) => each !== null);
    return Object.fromEntries(given.toSorted(([a], [b]) => (a < b ? -1 : 1)));
  });
}
