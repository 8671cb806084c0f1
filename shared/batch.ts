import * as z from 'zod';
import { analysisModes } from './analysis.ts';
import { batchLifecycle } from './lifecycle.ts';
import { type Reason, rowFields } from './video.ts';

/**
 * What became of the webhook that announces a batch's end: it came; it came after the batch was closed;
 * the provider tells of no attempt at our address; of attempts that failed; that we had it, though it
 * never came to the collector; or it could not be asked.
 */
export const webhookOutcomes = [
  'received',
  'late',
  'never_sent',
  'not_received',
  'lost_by_us',
  'unknown',
] as const;

export const webhookDelivery = z.object({
  outcome: z.enum(webhookOutcomes),
  /** The provider's count of its attempts, and why the last one failed. */
  attempts: z.int().optional(),
  lastError: z.string().optional(),
});

export type WebhookDelivery = z.infer<typeof webhookDelivery>;

export const batch = z.object({
  ...rowFields,
  kind: z.literal('batch'),
  state: z.enum(Object.keys(batchLifecycle) as [keyof typeof batchLifecycle]),
  /** Our id, given before the provider knows of it; its analyses carry it too. */
  batchId: z.string(),
  /** The provider's id, once known. */
  providerBatchId: z.string().optional(),
  analysisMode: z.enum(analysisModes),
  intendedAt: z.iso.datetime(),
  /** Set right before the request is sent: without it there can be no batch at the provider. */
  sentAt: z.iso.datetime().optional(),
  /** The analyses in the request. */
  itemCount: z.int().optional(),
  /** No sooner is it believed that the provider never made it, though no answer told. */
  certainAt: z.iso.datetime().optional(),
  /** Since when each look at the provider has shown no such batch. */
  absentSince: z.iso.datetime().optional(),
  expiresAt: z.iso.datetime().optional(),
  /** When it was over, by the provider's word. */
  endedAt: z.iso.datetime().optional(),
  /** Set when an operator called it off: what comes out of it undone is not tried again. */
  cancelRequestedAt: z.iso.datetime().optional(),
  /** The provider's last words: its status and counters. */
  providerStatus: z.string().optional(),
  readyItems: z.int().optional(),
  failedItems: z.int().optional(),
  canceledItems: z.int().optional(),
  /** Since when it is over, and its results still do not tell of each of its analyses. */
  incompleteSince: z.iso.datetime().optional(),
  /** How many readings have found them so. */
  incompleteReadings: z.int().optional(),
  /** When the last of them was counted. */
  incompleteReadAt: z.iso.datetime().optional(),
  /** When the last look at it began: a hint that came before has nothing new to say. */
  lookedAt: z.iso.datetime().optional(),
  /** When the last webhook about it came. */
  hintedAt: z.iso.datetime().optional(),
  /** When all that it had to give was taken. */
  collectedAt: z.iso.datetime().optional(),
  webhook: webhookDelivery.optional(),
});

/** Why an analysis ends whose batch nobody knows any more: its row was deleted, by somebody else than us. */
export function batchRowMissing(batchId: string | undefined): Reason {
  const message = `the row of its batch ${batchId} was deleted; it may have been paid`;
  return { code: 'batch_row_missing', message };
}

export type Batch = z.infer<typeof batch>;
