import pMap from 'p-map';
import type { Analysis } from '../../shared/analysis.ts';
import { backInQueue } from '../../shared/back-in-queue.ts';
import type { Batch } from '../../shared/batch.ts';
import { isProviderError, ProviderRefusedError, reasonOf } from '../../shared/twelvelabs/errors.ts';
import {
  cancelableStatuses,
  overStatuses,
  type ProviderBatch,
} from '../../shared/twelvelabs/schemas.ts';
import type { Reason } from '../../shared/video.ts';
import { WRITES_AT_ONCE } from '../../shared/waiting-room.ts';
import type { CollectResultsDeps } from './collect-results.ts';
import { type Reading, readResults } from './read-results.ts';

/** How soon an open batch is looked at again when no webhook comes. */
const NEXT_LOOK_SECONDS = 180;
/** Looks that a batch which is over gets to show a line for each of its analyses. */
const MAX_LOOKS_SINCE_OVER = 5;
/** How long after its expiry a batch that the provider denies is asked for. */
const ABSENCE_SECONDS = 24 * 3_600;
/** How long after its expiry a batch may still call items unfinished. */
const COUNTERS_SECONDS = 6 * 3_600;

/**
 * Takes what a batch has to give now. It closes once the provider calls it over and every one of
 * its analyses is final or back in the queue; until then it comes due again. A closed batch is read
 * once more for an analysis that was left behind all the same.
 */
export async function collectBatch(batch: Batch, deps: CollectResultsDeps): Promise<void> {
  try {
    const provided = await retrieve(batch, deps);
    if (!provided) await afterAbsence(batch, deps);
    else if (hasEnded(batch, provided, deps.now())) await collectEnded(batch, provided, deps);
    else {
      await cancelIfCalledOff(batch, provided, deps);
      await collectRunning(batch, provided, deps);
    }
  } catch (error) {
    if (!isProviderError(error)) throw error;
    await lookAgain(batch, { reason: reasonOf(error) }, deps);
  }
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
  if (secondsSinceExpiry(batch, deps.now()) < ABSENCE_SECONDS) {
    return await lookAgain(batch, { reason }, deps);
  }
  await fail(await openAnalyses(batch, deps), reason, deps);
  await close(batch, { reason }, deps);
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
  if (!isNews) return await lookAgain(batch, facts, deps);
  await readResults(batch, await openAnalyses(batch, deps), undefined, deps);
  const left = (await openAnalyses(batch, deps)).size;
  const isAllTaken = left <= provided.queued_items + provided.processing_items;
  await lookAgain(batch, isAllTaken ? facts : {}, deps);
}

async function collectEnded(
  batch: Batch,
  provided: ProviderBatch,
  deps: CollectResultsDeps,
): Promise<void> {
  // An object of its own for each reading: rows point into it, and the order of lines may change.
  const archiveKey = `batches/${batch.batchId}/${deps.newReadingId()}.jsonl`;
  const reading = await readResults(batch, await openAnalyses(batch, deps), archiveKey, deps);
  const facts = { ...countersOf(provided), endedAt: endOf(provided, deps.now()) };
  if (!reading.isWhole) return await lookAgain(batch, facts, deps, 0);

  const open = await openAnalyses(batch, deps);
  const isComplete = reading.customIds.size >= provided.total_items;
  if (isComplete && reading.isAllOurs && !namesOpen(reading, open)) {
    await sendBack(open, batch, deps);
  } else if (!isComplete || open.size > 0) {
    const looksSinceOver = (batch.looksSinceOver ?? 0) + 1;
    warnIncomplete(batch, provided, reading, open.size, deps);
    if (batch.state === 'active' && looksSinceOver < MAX_LOOKS_SINCE_OVER) {
      return await lookAgain(batch, { ...facts, looksSinceOver }, deps);
    }
    const message = 'the batch ended, and its results held no usable line for this analysis';
    await fail(open, { code: 'result_missing', message }, deps);
  }
  await close(batch, { ...facts, archiveKey }, deps);
}

/** Whether a line named an analysis that is still open all the same (a ready one without data, say). */
function namesOpen({ customIds }: Reading, open: ReadonlyMap<string, Analysis>): boolean {
  return [...open.keys()].some((customId) => customIds.has(customId));
}

/**
 * Every line is there and readable, and none is about these: they were claimed, but not in the
 * request. So they are not paid, and go on waiting.
 */
async function sendBack(
  analyses: ReadonlyMap<string, Analysis>,
  batch: Batch,
  { waitingRoom, now }: CollectResultsDeps,
): Promise<void> {
  const reason = { code: 'never_sent', message: 'its batch was sent without it' };
  await pMap(
    analyses.values(),
    (analysis) => waitingRoom.move(analysis, backInQueue(analysis, batch, now(), { reason })),
    { concurrency: WRITES_AT_ONCE },
  );
}

function warnIncomplete(
  { batchId }: Batch,
  { total_items }: ProviderBatch,
  { customIds }: Reading,
  openAnalyses: number,
  { log }: CollectResultsDeps,
): void {
  const lines = customIds.size;
  log.warn('results_incomplete', { batchId, lines, totalItems: total_items, openAnalyses });
}

/** Closes the batch and wakes the batcher: a slot is free, and analyses may have gone back to it. */
async function close(batch: Batch, set: Partial<Batch>, deps: CollectResultsDeps): Promise<void> {
  if (batch.state === 'active') await deps.waitingRoom.move(batch, { to: 'closed', set });
  await deps.queuedAnalyses.send([{ round: 'due' }]);
}

async function lookAgain(
  batch: Batch,
  set: { readonly [K in keyof Batch]?: Batch[K] | undefined },
  { waitingRoom }: CollectResultsDeps,
  inSeconds = NEXT_LOOK_SECONDS,
): Promise<void> {
  if (batch.state !== 'active') return;
  const by = inSeconds === 0 ? 'message' : 'clock';
  await waitingRoom.move(batch, { to: 'active', inSeconds, by, set });
}

async function fail(
  analyses: ReadonlyMap<string, Analysis>,
  reason: Reason,
  { waitingRoom }: CollectResultsDeps,
): Promise<void> {
  await pMap(
    analyses.values(),
    (analysis) => waitingRoom.move(analysis, { to: 'failed', set: { reason } }),
    { concurrency: WRITES_AT_ONCE },
  );
}

/** The batch's analyses that no line has settled yet, by `custom_id`. */
async function openAnalyses(
  { batchId }: Batch,
  { store }: CollectResultsDeps,
): Promise<Map<string, Analysis>> {
  const analyses = await store.analysesOf(batchId);
  const open = analyses.filter(({ state }) => state === 'submitting' || state === 'submitted');
  return new Map(open.map((analysis) => [analysis.customId ?? '', analysis]));
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

function secondsSinceExpiry({ expiresAt, stateSince }: Batch, now: Date): number {
  return (now.getTime() - Date.parse(expiresAt ?? stateSince)) / 1000;
}

/** By the provider's word, where it is one. */
function endOf({ completed_at, canceled_at, expired_at }: ProviderBatch, now: Date): string {
  const known = Date.parse(completed_at ?? canceled_at ?? expired_at ?? '');
  return (Number.isNaN(known) ? now : new Date(known)).toISOString();
}

function countersOf(provided: ProviderBatch) {
  return {
    providerStatus: provided.status,
    readyItems: provided.ready_items,
    failedItems: provided.failed_items,
    canceledItems: provided.canceled_items,
    reason: undefined,
  };
}
