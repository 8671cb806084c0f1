import type { Batch } from '../../shared/batch.ts';
import { providerReason, type Reason } from '../../shared/video.ts';
import { closeBatch } from './close-batch.ts';
import type { CollectResultsDeps } from './collect-results.ts';
import { lookAgain, moveAll, openAnalyses, secondsSinceExpiry } from './open-batch.ts';

/** After so long the provider has deleted batch and results: 30 days from the creation (Retention). */
const RETENTION_SECONDS = 29 * 24 * 3_600;

/** Looks again; or ends what is open, with its last reason, when there is nothing to be had any more. */
export async function waitOrEnd(
  batch: Batch,
  set: Parameters<typeof lookAgain>[1] & { readonly reason: Reason },
  deps: CollectResultsDeps,
  isAtOnce = false,
): Promise<void> {
  if (secondsSinceExpiry(batch, deps.now()) < RETENTION_SECONDS) {
    return await lookAgain(batch, set, deps, isAtOnce);
  }
  const { code, message } = set.reason;
  const words = `no results in the 30 days for which they are kept; at last: ${message}`;
  await endWithout(batch, providerReason(code, words), deps);
}

/** Ends what is open for this reason, and closes the batch. */
export async function endWithout(
  batch: Batch,
  reason: Reason,
  deps: CollectResultsDeps,
): Promise<void> {
  await moveAll(await openAnalyses(batch, deps), deps, () => ({ to: 'failed', set: { reason } }));
  await closeBatch(batch, { reason }, undefined, deps);
}
