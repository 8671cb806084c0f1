import type { Batch } from '../../shared/batch.ts';
import { movedRow } from '../../shared/store/store.ts';
import { isProviderError } from '../../shared/twelvelabs/errors.ts';
import type { ProviderBatch } from '../../shared/twelvelabs/schemas.ts';
import { secondsSince } from '../../shared/waiting-room.ts';
import {
  archiveRows,
  type BatchChanges,
  close,
  closeBatch,
  closing,
  wakeBatcher,
} from './close-batch.ts';
import type { CollectResultsDeps } from './collect-results.ts';
import { hasCome } from './judge-delivery.ts';

/** How long a webhook may be late before it counts as lost: it may be tried several times. */
const LATE_SECONDS = 900;

/**
 * All that a batch had to give is taken. It closes with the hint of its end; where that has not come
 * yet, the batch stays for a quarter of an hour, with nothing to do but to wait for it: so every batch
 * tells what became of its webhook. Nobody waits for the batch: its slot is free, and its results are there.
 */
export async function closeWithWebhook(
  batch: Batch,
  provided: ProviderBatch,
  set: BatchChanges,
  deps: CollectResultsDeps,
): Promise<void> {
  const { endedAt = batch.endedAt } = set;
  const collectedAt = batch.collectedAt ?? deps.now().toISOString();
  if (batch.state !== 'active' || hasCome({ ...batch, ...(endedAt && { endedAt }) })) {
    return await closeBatch(batch, { ...set, collectedAt }, provided, deps);
  }
  // Now, for a newer upload may take the place of an analysis while the webhook is waited for.
  const noted = { ...set, collectedAt, lookedAt: batch.lookedAt };
  await archiveRows(movedRow(batch, { to: 'closed', set: noted, at: deps.now() }), deps);
  await deps.waitingRoom.move(batch, {
    to: 'active',
    inSeconds: LATE_SECONDS,
    by: 'clock',
    set: noted,
  });
  await wakeBatcher(deps);
}

/** Closes a batch that has only waited for its webhook, or lets it wait on. */
export async function closeCollected(batch: Batch, deps: CollectResultsDeps): Promise<void> {
  const waitedSeconds = secondsSince(batch.collectedAt ?? batch.stateSince, deps.now());
  if (!hasCome(batch) && waitedSeconds < LATE_SECONDS) {
    const inSeconds = LATE_SECONDS - waitedSeconds;
    await deps.waitingRoom.move(batch, { to: 'active', inSeconds, by: 'clock' });
    return;
  }
  const provided = await askOnceMore(batch, deps);
  await close(batch, closing(batch, { reason: undefined }, provided, deps), deps);
}

/** What the provider says of its deliveries is worth a question, and no wait. */
async function askOnceMore(
  { providerBatchId = '' }: Batch,
  { provider }: CollectResultsDeps,
): Promise<ProviderBatch | undefined> {
  try {
    return await provider.retrieveBatch(providerBatchId);
  } catch (error) {
    if (isProviderError(error)) return undefined;
    throw error;
  }
}
