import type { Batch } from '../../shared/batch.ts';
import type { BatchChanged } from '../../shared/messages.ts';
import { secondsSince } from '../../shared/waiting-room.ts';
import type { CollectResultsDeps } from './collect-results.ts';
import { hasCome } from './judge-delivery.ts';

/** How long the one who takes a hint has for the batch before it comes due again. */
const LOOK_SECONDS = 300;
/** A batch is not looked at more often than this because of hints, however many come. */
const LOOKS_APART_SECONDS = 10;
/** Hints that come within this time of one another are copies of one, or as good as that. */
const SAME_SECONDS = 60;
/** Whoever loses the row so often in a row leaves the hint to the next delivery. */
const TRIES = 5;

/**
 * The batch to look at because of a webhook; undefined when there is nothing to look for now. Of twenty
 * copies of a hint that come at once one claims the look. Those that were received before it began have
 * nothing new to say, and those that come right after it wait some seconds, and are then as old.
 */
export async function takeHint(
  hint: BatchChanged,
  deps: CollectResultsDeps,
): Promise<Batch | undefined> {
  const { store, waitingRoom, changedBatches, log, now } = deps;
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
      // A batch of nothing is there for an event of the doctor's.
      if (batch.itemCount !== 0) deps.count('WebhookDelivery', 1, { outcome: 'late' });
      log.info('hint_late', { ...hint, batchId: batch.batchId });
      return undefined;
    }
    const waitSeconds = secondsToWait(batch, now());
    if (waitSeconds > 0) {
      await changedBatches.send([hint], waitSeconds);
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
  if (state === 'closed') {
    if (hasCome(batch)) return 'closed, and its webhook had come';
    return hasCome({ ...batch, hintedAt: receivedAt }) ? undefined : 'from before the end';
  }
  if (state !== 'active') return `batch is ${state}`;
  const isNoted =
    hintedAt !== undefined && secondsSince(hintedAt, new Date(receivedAt)) < SAME_SECONDS;
  return isNoted && lookedAt !== undefined && receivedAt <= lookedAt ? 'looked since' : undefined;
}

/** Until it may be looked at again; one that only waits for its webhook is closed at once. */
function secondsToWait({ lookedAt, collectedAt }: Batch, now: Date): number {
  if (lookedAt === undefined || collectedAt !== undefined) return 0;
  return LOOKS_APART_SECONDS - secondsSince(lookedAt, now);
}
