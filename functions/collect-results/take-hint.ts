import type { Batch } from '../../shared/batch.ts';
import type { BatchChanged } from '../../shared/messages.ts';
import { secondsSince } from '../../shared/waiting-room.ts';
import type { CollectResultsDeps } from './collect-results.ts';

/** How long the one who takes a hint has for the batch before it comes due again. */
const LOOK_SECONDS = 300;
/** Hints that come within this time of one another are copies of one, or as good as that. */
const SAME_SECONDS = 60;
/** Whoever loses the row so often in a row leaves the hint to the next delivery. */
const TRIES = 5;

/**
 * The batch to look at because of a webhook; undefined when there is nothing to look for. Of twenty
 * copies of a hint that come at once one claims the look, and those that come later, but were received
 * before it began, have nothing new to say.
 */
export async function takeHint(
  hint: BatchChanged,
  deps: CollectResultsDeps,
): Promise<Batch | undefined> {
  const { store, waitingRoom, log, now } = deps;
  const { providerBatchId, receivedAt } = hint;
  for (let tries = 0; tries < TRIES; tries++) {
    const batch = await store.batchOfProvider(providerBatchId);
    const ignored = reasonToIgnore(batch, receivedAt);
    if (!batch || ignored) {
      log.info('hint_ignored', { ...hint, why: ignored });
      return undefined;
    }
    if (batch.state === 'closed') {
      if (!(await store.noteLateHint(batch, receivedAt))) continue;
      deps.count('WebhookDelivery', 1, { outcome: 'late' });
      log.info('hint_late', { ...hint, batchId: batch.batchId });
      return undefined;
    }
    const claimed = await waitingRoom.move(batch, {
      to: 'active',
      inSeconds: LOOK_SECONDS,
      by: 'clock',
      set: { hintedAt: receivedAt, lookedAt: now().toISOString() },
    });
    if (claimed) return claimed;
  }
  throw new Error(`the row of batch ${providerBatchId} was moved by others ${TRIES} times`);
}

/** Why a hint need not be followed, in words; undefined when it must be. */
function reasonToIgnore(batch: Batch | undefined, receivedAt: string): string | undefined {
  if (!batch) return 'not ours';
  const { state, hintedAt, lookedAt } = batch;
  if (state === 'closed') return hintedAt ? 'closed, and its webhook had come' : undefined;
  if (state !== 'active') return `batch is ${state}`;
  const isNoted =
    hintedAt !== undefined && secondsSince(hintedAt, new Date(receivedAt)) < SAME_SECONDS;
  return isNoted && lookedAt !== undefined && receivedAt <= lookedAt ? 'looked since' : undefined;
}
