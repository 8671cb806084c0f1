import type { Analysis } from '../../shared/analysis.ts';
import type { Batch } from '../../shared/batch.ts';
import { batchKey } from '../../shared/store/keys.ts';
import { findBatch } from './find-batch.ts';
import { abandon, backToQueue, markSubmitted, submitted } from './record-outcome.ts';
import type { SubmitBatchesDeps } from './submit-batches.ts';

/** How often a batch that may exist is looked for. */
export const DOUBT_SECONDS = 120;
/**
 * When it is certain that a batch which the list does not show was never made. The provider's own
 * deadline for creating one ends in a 504 long before.
 */
const CERTAIN_AFTER_SECONDS = 1_800;

/** Settles an intent whose outcome is not known: adopts the provider's batch, or frees the claims. */
export async function settleIntent(intent: Batch, deps: SubmitBatchesDeps): Promise<void> {
  const analyses = (await deps.store.analysesOf(intent.batchId)).filter(isSubmitting);
  if (!intent.sentAt) {
    const reason = {
      code: 'never_sent',
      message: 'the function ended before the request was sent',
    };
    return await abandon(intent, analyses, { reason }, deps);
  }
  const search = await findBatch(intent, deps);
  if ('found' in search) {
    const { found } = search;
    deps.log.info('batch_adopted', { batchId: intent.batchId, providerBatchId: found.batch_id });
    return await markSubmitted(intent, analyses, found, deps);
  }
  const sentForSeconds = (deps.now().getTime() - Date.parse(intent.sentAt)) / 1000;
  if ('unknown' in search || sentForSeconds < CERTAIN_AFTER_SECONDS) {
    const set = 'unknown' in search ? { reason: search.unknown } : {};
    await deps.waitingRoom.move(intent, {
      to: 'intended',
      inSeconds: DOUBT_SECONDS,
      by: 'clock',
      set,
    });
    return;
  }
  const reason = { code: 'never_created', message: 'the provider has no batch with its items' };
  const batchCeiling = intent.ceilingIfAbsent;
  await abandon(intent, analyses, { reason, ...(batchCeiling && { batchCeiling }) }, deps);
}

/** A claimed analysis whose own due time came: does what its batch did. */
export async function followBatch(analysis: Analysis, deps: SubmitBatchesDeps): Promise<void> {
  const row = await deps.store.read(batchKey(analysis.batchId ?? ''));
  if (row?.kind !== 'batch') {
    // Intents are written before claims and never deleted by us: whether it was sent, nobody knows.
    const message = `the row of its batch ${analysis.batchId} was deleted; it may have been paid`;
    const reason = { code: 'batch_row_missing', message };
    await deps.waitingRoom.move(analysis, { to: 'failed', set: { reason } });
  } else if (row.state === 'abandoned') {
    await backToQueue(analysis, row.ceilingIfAbsent, deps);
  } else if (row.state === 'intended') {
    await deps.waitingRoom.move(analysis, {
      to: 'submitting',
      inSeconds: DOUBT_SECONDS,
      by: 'clock',
    });
  } else {
    await submitted(analysis, row, deps);
  }
}

function isSubmitting({ state }: Analysis): boolean {
  return state === 'submitting';
}
