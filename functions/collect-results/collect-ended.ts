import pMap from 'p-map';
import type { Analysis } from '../../shared/analysis.ts';
import { backInQueue } from '../../shared/back-in-queue.ts';
import type { Batch } from '../../shared/batch.ts';
import type { ProviderBatch } from '../../shared/twelvelabs/schemas.ts';
import type { Reason } from '../../shared/video.ts';
import {
  longerEachTime,
  type Step,
  secondsSince,
  WRITES_AT_ONCE,
} from '../../shared/waiting-room.ts';
import { closeBatch } from './close-batch.ts';
import type { CollectResultsDeps } from './collect-results.ts';
import { judgeNotRun } from './judge-line.ts';
import { countersOf, lookAgain, NEXT_LOOK_SECONDS, openAnalyses } from './open-batch.ts';
import { type Reading, readResults } from './read-results.ts';

/**
 * How long a batch that is over may leave analyses untold: they may be paid, a line that is missing
 * or broken may be right at the next reading, and results are kept for 30 days.
 */
const PATIENCE_SECONDS = 24 * 3_600;
/** A reading costs a download: often at first, then less and less. */
const NEXT_READING_SECONDS = { least: NEXT_LOOK_SECONDS, most: 3_600 };

/** Takes the results of a batch that is over; it closes when they are complete, or after a day. */
export async function collectEnded(
  batch: Batch,
  provided: ProviderBatch,
  deps: CollectResultsDeps,
): Promise<void> {
  const now = deps.now();
  const facts = { ...countersOf(provided), endedAt: batch.endedAt ?? endOf(provided, now) };
  const reading = await readResults(batch, await openAnalyses(batch, deps), deps);
  if (!reading.isWhole) return await lookAgain(batch, facts, deps, 0);

  const open = await openAnalyses(batch, deps);
  const items = Math.max(provided.total_items, batch.itemCount ?? 0);
  const missing = whatIsMissing(reading, items, open);
  if (!missing) {
    await sendUnsentBack(open, batch, deps);
    return await closeBatch(batch, { ...facts, incompleteSince: undefined }, deps);
  }
  const incompleteSince = batch.incompleteSince ?? now.toISOString();
  const waited = secondsSince(incompleteSince, now);
  deps.log.warn('results_incomplete', { batchId: batch.batchId, missing, waitedSeconds: waited });
  if (batch.state === 'active' && waited < PATIENCE_SECONDS) {
    const reason = { code: 'results_incomplete', message: missing };
    const inSeconds = longerEachTime(waited, NEXT_READING_SECONDS);
    return await lookAgain(batch, { ...facts, incompleteSince, reason }, deps, inSeconds);
  }
  await giveUp(open, reading, batch, deps);
  const reason = open.size > 0 ? { code: 'results_incomplete', message: missing } : undefined;
  await closeBatch(batch, { ...facts, incompleteSince, ...(reason && { reason }) }, deps);
}

/**
 * Why the results can't be all yet, in words; undefined when they are: as many lines as the batch
 * has items, each one usable, and none about an analysis that is still open.
 */
function whatIsMissing(
  { lineCount, badLineCount, statuses }: Reading,
  items: number,
  open: ReadonlyMap<string, Analysis>,
): string | undefined {
  const unsettled = [...open.keys()].filter((customId) => statuses.has(customId)).length;
  const isComplete = statuses.size >= items && unsettled === 0;
  // Whom a bad line is about nobody knows; when all are told of without it, about none of ours.
  if (isComplete && (badLineCount === 0 || open.size === 0)) return undefined;
  return (
    `${lineCount} lines for ${items} items, ${badLineCount} of them unusable, ` +
    `tell of ${statuses.size} analyses; ${open.size} are open`
  );
}

/**
 * Every line is there and readable, and none is about these: they were claimed, but not in the
 * request. So they are not paid, and go on waiting.
 */
async function sendUnsentBack(
  open: ReadonlyMap<string, Analysis>,
  batch: Batch,
  deps: CollectResultsDeps,
): Promise<void> {
  const reason = { code: 'never_sent', message: 'its batch was sent without it' };
  await moveAll(open.values(), deps, (analysis) => sentBack(analysis, batch, { reason }, deps));
}

/** What is open after a day: a line that still says `queued` never ran; the others may be paid. */
async function giveUp(
  open: ReadonlyMap<string, Analysis>,
  reading: Reading,
  batch: Batch,
  deps: CollectResultsDeps,
): Promise<void> {
  await moveAll(open.values(), deps, (analysis) => {
    const status = reading.statuses.get(analysis.customId ?? '');
    if (status === 'queued') {
      const message = 'its batch was over before it was its turn';
      const fate = judgeNotRun({ code: 'never_ran', message }, analysis);
      if (fate.kind === 'failed') return { to: 'failed', set: { reason: fate.reason } };
      return sentBack(analysis, batch, { reason: fate.reason, ...fate.counted }, deps);
    }
    return { to: 'failed', set: { reason: resultMissing(status, reading) } };
  });
}

function resultMissing(status: string | undefined, { badLineCount }: Reading): Reason {
  const told =
    status === 'ready'
      ? 'its line says ready, without an answer'
      : status
        ? `its line still says ${status}`
        : 'the results have no line that tells of it';
  const bad = badLineCount > 0 ? `; ${badLineCount} lines of them are in quarantine` : '';
  const message = `a day after its batch was over ${told}${bad}; it may have been paid`;
  return { code: 'result_missing', message };
}

function sentBack(
  analysis: Analysis,
  batch: Batch,
  set: Partial<Analysis>,
  { now }: CollectResultsDeps,
) {
  return backInQueue(analysis, batch, now(), { ...set, parentBatchId: batch.batchId });
}

async function moveAll(
  analyses: Iterable<Analysis>,
  { waitingRoom }: CollectResultsDeps,
  stepOf: (analysis: Analysis) => Step<Analysis>,
): Promise<void> {
  await pMap(analyses, (analysis) => waitingRoom.move(analysis, stepOf(analysis)), {
    concurrency: WRITES_AT_ONCE,
  });
}

/** By the provider's word, where it is one. */
function endOf({ completed_at, canceled_at, expired_at }: ProviderBatch, now: Date): string {
  const known = Date.parse(completed_at ?? canceled_at ?? expired_at ?? '');
  return (Number.isNaN(known) ? now : new Date(known)).toISOString();
}
