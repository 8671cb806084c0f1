import type { Batch } from '../../shared/batch.ts';
import { isProviderError, ProviderRefusedError, reasonOf } from '../../shared/twelvelabs/errors.ts';
import {
  cancelableStatuses,
  overStatuses,
  type ProviderBatch,
} from '../../shared/twelvelabs/schemas.ts';
import { providerReason, reasonOfOurs } from '../../shared/video.ts';
import { secondsSince } from '../../shared/waiting-room.ts';
import { closeCollected } from './await-webhook.ts';
import { collectEnded } from './collect-ended.ts';
import type { CollectResultsDeps } from './collect-results.ts';
import { countersOf, lookAgain, openAnalyses, secondsSinceExpiry } from './open-batch.ts';
import { readResults } from './read-results.ts';
import { isComplete, takeSetbacks } from './take-setbacks.ts';
import { endWithout, waitOrEnd } from './wait-or-end.ts';

/** How long after its expiry a batch that the provider denies is asked for: a wrong key may be mended. */
const ABSENCE_SECONDS = 7 * 24 * 3_600;
/** How long it must have been denied at every look. */
const ABSENT_SECONDS = 24 * 3_600;
/** How long before it expires a batch is read whatever its counters say: some lag. */
const LAST_CALL_SECONDS = 600;
/** How long after its expiry a batch may still call items unfinished. */
const COUNTERS_SECONDS = 6 * 3_600;

/**
 * Takes what a batch has to give now. It closes once the provider calls it over and every one of
 * its analyses is final or back in the queue; until then it comes due again, and whatever the provider
 * answers, no longer than results are kept. A closed batch is read once more for an analysis that was
 * left behind all the same.
 */
export async function collectBatch(row: Batch, deps: CollectResultsDeps): Promise<void> {
  // What goes wrong there must not make it uncollected: it would be read, and archived, anew.
  if (await isCollected(row, deps)) return await closeCollected(row, deps);
  const { collectedAt: _reopened, ...rest } = row;
  const batch: Batch = { ...rest, lookedAt: deps.now().toISOString() };
  try {
    const provided = await retrieve(batch, deps);
    if (!provided) await afterAbsence(batch, deps);
    else if (hasEnded(batch, provided, deps.now())) await collectEnded(batch, provided, deps);
    else {
      await cancelIfCalledOff(batch, provided, deps);
      await collectRunning(batch, provided, deps);
    }
  } catch (error) {
    if (isProviderError(error)) return await waitOrEnd(batch, { reason: reasonOf(error) }, deps);
    // A defect of ours, or of what we stand on: the row says so, and is looked at again all the same.
    await waitOrEnd(batch, { reason: reasonOfOurs(error) }, deps);
    throw error;
  }
}

/** Whether only its webhook is waited for. */
async function isCollected(batch: Batch, deps: CollectResultsDeps): Promise<boolean> {
  if (batch.state !== 'active' || batch.collectedAt === undefined) return false;
  return (await openAnalyses(batch, deps)).length === 0;
}

async function retrieve(
  { providerBatchId = '' }: Batch,
  { provider }: CollectResultsDeps,
): Promise<ProviderBatch | undefined> {
  try {
    return await provider.retrieveBatch(providerBatchId);
  } catch (error) {
    if (error instanceof ProviderRefusedError && error.status === 404) return undefined;
    throw error;
  }
}

/** An operator's word, or ours of a batch that should not be: it is kept even if it was lost on the way. */
async function cancelIfCalledOff(
  { batchId, cancelRequestedAt }: Batch,
  { batch_id, status }: ProviderBatch,
  { provider, log }: CollectResultsDeps,
): Promise<void> {
  if (!cancelRequestedAt || !cancelableStatuses.has(status)) return;
  try {
    await provider.cancelBatch(batch_id);
    log.info('batch_canceled', { batchId, providerBatchId: batch_id });
  } catch (error) {
    // 409: it was over, or canceling, before we came.
    if (!(error instanceof ProviderRefusedError && error.status === 409)) throw error;
  }
}

/**
 * The provider says that there is no such batch. It may be a slip, or the key of another account: as
 * long as there may be results, that is not believed.
 */
async function afterAbsence(batch: Batch, deps: CollectResultsDeps): Promise<void> {
  const reason = { code: 'batch_gone', message: 'the provider has no such batch any more' };
  const now = deps.now();
  const absentSince = batch.absentSince ?? now.toISOString();
  const isLong = secondsSince(absentSince, now) > ABSENT_SECONDS;
  if (isLong && secondsSinceExpiry(batch, now) > ABSENCE_SECONDS) {
    return await endWithout(batch, reason, deps);
  }
  await lookAgain(batch, { reason, absentSince }, deps);
}

/**
 * Early results: whatever is new is taken, and the batch stays open. The counters are noted as taken
 * only once all that they count is settled: a line may lag behind them, or time run out.
 */
async function collectRunning(
  batch: Batch,
  provided: ProviderBatch,
  deps: CollectResultsDeps,
): Promise<void> {
  const facts = countersOf(provided);
  const isNews = (['readyItems', 'failedItems', 'canceledItems'] as const).some(
    (name) => facts[name] !== (batch[name] ?? 0),
  );
  const toExpirySeconds = -secondsSinceExpiry(batch, deps.now());
  const isLastCall = toExpirySeconds > 0 && toExpirySeconds <= LAST_CALL_SECONDS;
  if (!isNews && !isLastCall) return await lookOn(batch, provided, facts, deps);
  const reading = await readResults(batch, await deps.store.analysesOf(batch.batchId), deps);
  const isAll = isComplete(reading, batch, provided);
  if (isAll) await takeSetbacks(batch, reading, deps);
  const open = (await openAnalyses(batch, deps)).length;
  // Those whose setback is not believed yet are told of, and nothing new.
  const left = open - (isAll ? 0 : reading.setbacks.length);
  const isAllTaken = left <= provided.queued_items + provided.processing_items;
  await lookOn(batch, provided, isAllTaken ? facts : {}, deps);
}

/** It goes on; where it should have been over long ago, its row says so. */
async function lookOn(
  batch: Batch,
  { status }: ProviderBatch,
  facts: Partial<ReturnType<typeof countersOf>>,
  deps: CollectResultsDeps,
): Promise<void> {
  if (secondsSinceExpiry(batch, deps.now()) < COUNTERS_SECONDS) {
    return await lookAgain(batch, facts, deps);
  }
  const message = `hours after its expiry the provider still says ${status}`;
  await waitOrEnd(batch, { ...facts, reason: providerReason('batch_overdue', message) }, deps);
}

/**
 * Over, with nothing still at work: after `expired` some pages say that items may go on. Well after
 * the batch's end its counters are not waited for any more.
 */
function hasEnded(batch: Batch, provided: ProviderBatch, now: Date): boolean {
  const { status, queued_items, processing_items } = provided;
  if (!overStatuses.has(status)) return false;
  return queued_items + processing_items === 0 || secondsSinceExpiry(batch, now) > COUNTERS_SECONDS;
}
