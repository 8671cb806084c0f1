import type { MediaFacts } from '../assets/media-facts.ts';
import { BATCH_RETENTION_MS } from '../settings.ts';
import type { BoxSwitches } from '../switches.ts';
import type { AnalysisMode, ItemSettings } from './batch-request.ts';

/** The status of an item; the provider never reports `pending` for one. */
export type ItemStatus = 'queued' | 'processing' | 'ready' | 'failed' | 'canceled';

/** The status of a batch; it never fails as a whole. */
export type BatchStatus =
  | 'pending'
  | 'processing'
  | 'canceling'
  | 'canceled'
  | 'completed'
  | 'expired';

/** Why an item failed or was canceled. */
export interface ItemError {
  readonly code: string;
  readonly message: string;
}

/** One analysis of a batch. Its whole course is planned when the batch is made. */
export interface BatchItem {
  readonly taskId: string;
  readonly customId: string | null;
  readonly assetId: string;
  readonly filename: string;
  readonly facts: MediaFacts;
  readonly settings: ItemSettings;
  readonly startsAtMs: number;
  readonly endsAtMs: number;
  /** Its text is half of what it would be, because it hit its token limit. */
  readonly isTruncated?: boolean;
  /** About so long is its result padded to be. */
  readonly resultBytes?: number;
  /** Set when the item will fail instead of becoming ready. */
  failure?: ItemError;
  /** Its task was deleted; the batch keeps the item. */
  isTaskDeleted?: boolean;
  /** Present once its end was announced to an endpoint. */
  webhooks?: WebhookDelivery[];
}

/** How and when a batch ends, as far as is known now. */
export interface BatchEnd {
  readonly status: 'completed' | 'canceled' | 'expired';
  readonly atMs: number;
}

/** What became of the notification of one webhook endpoint. */
export interface WebhookDelivery {
  readonly url: string;
  delivered: boolean;
  attempts: number;
  last_error?: string;
}

/** A batch as the box remembers it. */
export interface Batch {
  readonly batchId: string;
  readonly analysisMode: AnalysisMode;
  readonly modelName: string;
  readonly createdAtMs: number;
  readonly expiresAtMs: number;
  /** What becomes of the items in process at its expiry, as it was read when the batch was made. */
  readonly expiry: BoxSwitches['expiry'];
  readonly items: readonly BatchItem[];
  cancelRequestedAtMs?: number;
  end: BatchEnd;
  webhooks: WebhookDelivery[];
}

/** The status of a batch at a moment. */
export function batchStatus(batch: Batch, nowMs: number): BatchStatus {
  if (nowMs >= batch.end.atMs) return batch.end.status;
  if (batch.cancelRequestedAtMs !== undefined) return 'canceling';
  return batch.items.some((item) => nowMs >= item.startsAtMs) ? 'processing' : 'pending';
}

/** Whether a batch is in a status that it never leaves. */
export function isOver(batch: Batch, nowMs: number): boolean {
  return nowMs >= batch.end.atMs;
}

/** Whether the provider has deleted a batch because of its age. */
export function isForgotten(batch: Batch, nowMs: number): boolean {
  return nowMs >= batch.createdAtMs + BATCH_RETENTION_MS;
}

/** The status of an item at a moment, and the reason if it did not become ready. */
export function itemState(
  batch: Omit<Batch, 'end'>,
  item: BatchItem,
  nowMs: number,
): { readonly status: ItemStatus; readonly atMs?: number; readonly error?: ItemError } {
  const { cancelRequestedAtMs = Infinity, expiresAtMs } = batch;
  if (nowMs >= cancelRequestedAtMs && item.startsAtMs > cancelRequestedAtMs) {
    const error = { code: 'batch_canceled', message: 'The batch was canceled.' };
    return { status: 'canceled', atMs: cancelRequestedAtMs, error };
  }
  const isCut = nowMs >= expiresAtMs && item.endsAtMs > expiresAtMs;
  if (isCut && (item.startsAtMs >= expiresAtMs || batch.expiry === 'cancel-all')) {
    const error = { code: 'batch_expired', message: 'The batch expired.' };
    return { status: 'canceled', atMs: expiresAtMs, error };
  }
  if (isCut && batch.expiry === 'fail-processing') {
    return { status: 'failed', atMs: expiresAtMs, error: processingTimeout };
  }
  if (nowMs < item.startsAtMs) return { status: 'queued' };
  if (nowMs < item.endsAtMs) return { status: 'processing' };
  return item.failure
    ? { status: 'failed', atMs: item.endsAtMs, error: item.failure }
    : { status: 'ready', atMs: item.endsAtMs };
}

/** Why an item fails that is still in process when its batch expires. */
export const processingTimeout: ItemError = {
  code: 'batch_processing_timeout',
  message: 'The item was still in process when the batch expired.',
};

/** The batch object: what retrieving, listing and canceling answer. Its counters may be late. */
export function batchBody(batch: Batch, nowMs: number, countedAtMs = nowMs) {
  const status = batchStatus(batch, nowMs);
  const count = { queued: 0, processing: 0, ready: 0, failed: 0, canceled: 0 };
  for (const item of batch.items) count[itemState(batch, item, countedAtMs).status] += 1;
  return {
    batch_id: batch.batchId,
    analysis_mode: batch.analysisMode,
    model_name: batch.modelName,
    status,
    total_items: batch.items.length,
    created_at: new Date(batch.createdAtMs).toISOString(),
    expires_at: new Date(batch.expiresAtMs).toISOString(),
    ...(isOver(batch, nowMs) && { [`${status}_at`]: new Date(batch.end.atMs).toISOString() }),
    queued_items: count.queued,
    processing_items: count.processing,
    ready_items: count.ready,
    failed_items: count.failed,
    canceled_items: count.canceled,
    ...(batch.webhooks.length > 0 && { webhooks: batch.webhooks.map((each) => ({ ...each })) }),
  };
}

/** The batch object on the wire. */
export type BatchBody = ReturnType<typeof batchBody>;
