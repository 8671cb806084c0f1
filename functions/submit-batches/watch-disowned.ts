import type { Batch } from '../../shared/batch.ts';
import { isProviderError, reasonOf } from '../../shared/twelvelabs/errors.ts';
import type { ProviderBatch } from '../../shared/twelvelabs/schemas.ts';
import { longerEachTime, secondsSince } from '../../shared/waiting-room.ts';
import { findBatch } from './find-batch.ts';
import { abandonAlone, expiryOf, freeAnalyses } from './record-outcome.ts';
import { isSubmitting, neverCreated } from './settle-intent.ts';
import type { SubmitBatchesDeps } from './submit-batches.ts';

/** A batch lives a day: how long one that should not exist is looked for, and how often. */
const WATCH_SECONDS = 24 * 3_600;
const LOOKS = { least: 120, most: 600 };

/**
 * Looks once more for a batch that should not exist. Against all argument there it is: it is called
 * off, for its analyses may ride in another, and handed over so that its results are kept.
 */
export async function watchDisowned(batch: Batch, deps: SubmitBatchesDeps): Promise<void> {
  // Claims that a death left behind are free like the others.
  const left = (await deps.store.analysesOf(batch.batchId)).filter(isSubmitting);
  await freeAnalyses(left, batch, deps, () => ({ reason: batch.reason }));
  const search = await findBatch(batch, [], deps);
  if ('found' in search) {
    const { found } = search;
    deps.log.error('batch_turned_up', {
      batchId: batch.batchId,
      providerBatchId: found.batch_id,
    });
    await callOff(batch, found, deps);
    return;
  }
  const watched = secondsSince(batch.stateSince, deps.now());
  if (watched > WATCH_SECONDS) await abandonAlone(batch, batch.reason ?? neverCreated, deps);
  else {
    const inSeconds = longerEachTime(watched, LOOKS);
    await deps.waitingRoom.move(batch, { to: 'disowned', inSeconds, by: 'clock' });
  }
}

async function callOff(
  batch: Batch,
  { batch_id: providerBatchId, expires_at }: ProviderBatch,
  { waitingRoom, provider, now, log }: SubmitBatchesDeps,
): Promise<void> {
  const active = await waitingRoom.move(batch, {
    to: 'active',
    inSeconds: 0,
    by: 'clock',
    set: {
      providerBatchId,
      expiresAt: expiryOf(expires_at, now()),
      cancelRequestedAt: now().toISOString(),
    },
  });
  if (!active) return;
  try {
    await provider.cancelBatch(providerBatchId);
  } catch (error) {
    if (!isProviderError(error)) throw error;
    // It is tried again when the batch is looked at.
    log.warn('batch_not_canceled', { batchId: batch.batchId, reason: reasonOf(error) });
  }
}
