import pMap from 'p-map';
import type { Analysis } from '../../shared/analysis.ts';
import type { Batch } from '../../shared/batch.ts';
import { isProviderError, ProviderRefusedError, reasonOf } from '../../shared/twelvelabs/errors.ts';
import { overStatuses, type ProviderBatch } from '../../shared/twelvelabs/schemas.ts';
import type { Reason } from '../../shared/video.ts';
import { WRITES_AT_ONCE } from '../../shared/waiting-room.ts';
import type { CollectResultsDeps } from './collect-results.ts';
import { type Reading, readResults } from './read-results.ts';

/** How soon an open batch is looked at again when no webhook comes. */
const NEXT_LOOK_SECONDS = 180;
/** Looks that a batch which is over gets to show a line for each of its analyses. */
const MAX_LOOKS_SINCE_OVER = 5;

/**
 * Takes what a batch has to give now. It closes once the provider calls it over and every one of
 * its analyses is final or back in the queue; until then it comes due again. A closed batch is read
 * once more for an analysis that was left behind all the same.
 */
export async function collectBatch(batch: Batch, deps: CollectResultsDeps): Promise<void> {
  try {
    const provided = await deps.provider.retrieveBatch(batch.providerBatchId ?? '');
    if (hasEnded(provided)) await collectEnded(batch, provided, deps);
    else await collectRunning(batch, provided, deps);
  } catch (error) {
    if (!isProviderError(error)) throw error;
    if (error instanceof ProviderRefusedError && error.status === 404) await bury(batch, deps);
    else await lookAgain(batch, { reason: reasonOf(error) }, deps);
  }
}

/** Early results: whatever is settled already is taken, and the batch stays open. */
async function collectRunning(
  batch: Batch,
  provided: ProviderBatch,
  deps: CollectResultsDeps,
): Promise<void> {
  const { ready_items, failed_items, canceled_items } = provided;
  if (ready_items + failed_items + canceled_items > 0) {
    await readResults(batch, await openAnalyses(batch, deps), undefined, deps);
  }
  await lookAgain(batch, countersOf(provided), deps);
}

async function collectEnded(
  batch: Batch,
  provided: ProviderBatch,
  deps: CollectResultsDeps,
): Promise<void> {
  const archiveKey = `batches/${batch.batchId}.jsonl`;
  const reading = await readResults(batch, await openAnalyses(batch, deps), archiveKey, deps);
  const facts = countersOf(provided);
  if (!reading.isWhole) return await lookAgain(batch, facts, deps, 0);

  const open = await openAnalyses(batch, deps);
  if (reading.lines < provided.total_items || open.size > 0) {
    const looksSinceOver = (batch.looksSinceOver ?? 0) + 1;
    warnIncomplete(batch, provided, reading, open.size, deps);
    if (batch.state === 'active' && looksSinceOver < MAX_LOOKS_SINCE_OVER) {
      return await lookAgain(batch, { ...facts, looksSinceOver }, deps);
    }
    const message = 'the batch ended, and its results held no readable line for this analysis';
    await fail(open, { code: 'result_missing', message }, deps);
  }
  await close(batch, { ...facts, archiveKey }, deps);
}

function warnIncomplete(
  { batchId }: Batch,
  { total_items }: ProviderBatch,
  { lines }: Reading,
  openAnalyses: number,
  { log }: CollectResultsDeps,
): void {
  log.warn('results_incomplete', { batchId, lines, totalItems: total_items, openAnalyses });
}

/** The batch is gone at the provider (deleted, or past its 30 days): nothing more will come. */
async function bury(batch: Batch, deps: CollectResultsDeps): Promise<void> {
  const reason = { code: 'batch_gone', message: 'the provider has no such batch any more' };
  await fail(await openAnalyses(batch, deps), reason, deps);
  await close(batch, { reason }, deps);
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

/** Over, with nothing still at work: after `expired` some pages say that items may go on. */
function hasEnded({ status, queued_items, processing_items }: ProviderBatch): boolean {
  return overStatuses.has(status) && queued_items + processing_items === 0;
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
