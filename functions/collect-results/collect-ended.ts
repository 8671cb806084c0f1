import type { Analysis } from '../../shared/analysis.ts';
import { backInQueue } from '../../shared/back-in-queue.ts';
import type { Batch } from '../../shared/batch.ts';
import type { ProviderBatch } from '../../shared/twelvelabs/schemas.ts';
import type { Reason } from '../../shared/video.ts';
import { type Step, secondsSince } from '../../shared/waiting-room.ts';
import { closeWithWebhook } from './await-webhook.ts';
import { closeBatch } from './close-batch.ts';
import type { CollectResultsDeps } from './collect-results.ts';
import { judgeNotRun } from './judge-line.ts';
import { countersOf, moveAll, openAnalyses } from './open-batch.ts';
import { isOpen, type Reading, readResults } from './read-results.ts';
import { isComplete, itemsOf, takeSetbacks } from './take-setbacks.ts';
import { waitOrEnd } from './wait-or-end.ts';

/**
 * How long a batch that is over may leave analyses untold: they may be paid, a line that is missing
 * or broken may be right at the next reading, and results are kept for 30 days.
 */
const PATIENCE_SECONDS = 24 * 3_600;
/** In an outage nothing could have become complete: so often at least must they have been read. */
const PATIENCE_READINGS = 20;
/** Readings closer together are one: a burst of hints must not use the patience up. */
const READINGS_APART_SECONDS = 180;
const noMoreIncomplete = {
  incompleteSince: undefined,
  incompleteReadings: undefined,
  incompleteReadAt: undefined,
};

/** Takes the results of a batch that is over; it closes when they are complete, or after a day. */
export async function collectEnded(
  batch: Batch,
  provided: ProviderBatch,
  deps: CollectResultsDeps,
): Promise<void> {
  const now = deps.now();
  const facts = { ...countersOf(provided), endedAt: batch.endedAt ?? endOf(provided, batch, now) };
  const analyses = await deps.store.analysesOf(batch.batchId);
  const reading = await readResults(batch, analyses, deps);
  if (!reading.isWhole) {
    const message = 'there was no time to read all of the results';
    const reason = { code: 'results_unread', message };
    const left = (await openAnalyses(batch, deps)).length;
    // At once as long as it gets on; else a stream without an end would keep a function busy.
    const getsOn = left < analyses.filter(isOpen).length;
    return await waitOrEnd(batch, { ...facts, reason }, deps, getsOn);
  }
  const isAll = isComplete(reading, batch, provided);
  if (isAll) await takeSetbacks(batch, reading, deps);
  const open = await openAnalyses(batch, deps);
  const missing = whatIsMissing(reading, isAll, itemsOf(batch, provided), open);
  if (!missing) {
    await sendUnsentBack(open, batch, deps);
    return await closeWithWebhook(batch, provided, { ...facts, ...noMoreIncomplete }, deps);
  }
  const incompleteSince = batch.incompleteSince ?? now.toISOString();
  const waitedSeconds = secondsSince(incompleteSince, now);
  deps.log.warn('results_incomplete', { batchId: batch.batchId, missing, waitedSeconds });
  const reason = { code: 'results_incomplete', message: missing };
  const readings = countReading(batch, now);
  const isEarly =
    waitedSeconds < PATIENCE_SECONDS || readings.incompleteReadings < PATIENCE_READINGS;
  if (batch.state === 'active' && isEarly) {
    const set = { ...facts, incompleteSince, ...readings, reason };
    return await waitOrEnd(batch, set, deps);
  }
  await takeSetbacks(batch, reading, deps);
  await giveUp(await openAnalyses(batch, deps), reading, batch, deps);
  await closeBatch(batch, { ...facts, incompleteSince, reason }, provided, deps);
}

/** One reading more, unless the last one was just now. */
function countReading({ incompleteReadings = 0, incompleteReadAt }: Batch, now: Date) {
  if (incompleteReadAt && secondsSince(incompleteReadAt, now) < READINGS_APART_SECONDS) {
    return { incompleteReadings, incompleteReadAt };
  }
  return { incompleteReadings: incompleteReadings + 1, incompleteReadAt: now.toISOString() };
}

/**
 * Why the results can't be all yet, in words; undefined when they are: a usable line for each item of
 * the batch, and none about an analysis that is still open.
 */
function whatIsMissing(
  { badLineCount, statuses }: Reading,
  isAll: boolean,
  items: number,
  open: readonly Analysis[],
): string | undefined {
  const isToldOf = ({ customId = '' }: Analysis) => statuses.has(customId);
  // Whom a bad line is about nobody knows.
  const mayBeUnsent = open.length === 0 || badLineCount === 0;
  if (isAll && mayBeUnsent && !open.some(isToldOf)) return undefined;
  return (
    `usable lines for ${statuses.size} of ${items} items, ${badLineCount} unusable ones; ` +
    `${open.length} analyses are open`
  );
}

/**
 * Every line is there and readable, and none is about these: they were claimed, but not in the
 * request. So they are not paid, and go on waiting.
 */
async function sendUnsentBack(
  open: readonly Analysis[],
  batch: Batch,
  deps: CollectResultsDeps,
): Promise<void> {
  const reason = { code: 'never_sent', message: 'its batch was sent without it' };
  await moveAll(open, deps, (analysis) => notRun(analysis, reason, batch, deps));
}

/** What is open after a day: a line that still says `queued` never ran; the others may be paid. */
async function giveUp(
  open: readonly Analysis[],
  reading: Reading,
  batch: Batch,
  deps: CollectResultsDeps,
): Promise<void> {
  await moveAll(open, deps, (analysis) => {
    const status = reading.statuses.get(analysis.customId ?? '');
    if (status === 'queued') {
      const message = 'its batch was over before it was its turn';
      return notRun(analysis, { code: 'never_ran', message }, batch, deps);
    }
    return { to: 'failed', set: { reason: resultMissing(status, reading) } };
  });
}

function notRun(
  analysis: Analysis,
  reason: Reason,
  batch: Batch,
  { now }: CollectResultsDeps,
): Step<Analysis> {
  const fate = judgeNotRun(reason, analysis);
  if (fate.kind === 'failed') return { to: 'failed', set: { reason: fate.reason } };
  const set = { reason: fate.reason, ...fate.counted, parentBatchId: batch.batchId };
  return backInQueue(analysis, batch, now(), set);
}

function resultMissing(status: string | undefined, { badLineCount }: Reading): Reason {
  const told =
    status === 'ready'
      ? 'its line says ready, without an answer'
      : status
        ? `its line still says ${status}`
        : 'the results have no line that tells of it';
  const bad = badLineCount > 0 ? `; ${badLineCount} lines of them are in quarantine` : '';
  const message = `long after its batch was over ${told}${bad}; it may have been paid`;
  return { code: 'result_missing', message };
}

/** By the provider's word, as far as it can be: its clock is not ours. */
function endOf(
  { completed_at, canceled_at, expired_at }: ProviderBatch,
  { intendedAt }: Batch,
  now: Date,
): string {
  const known = Date.parse(completed_at ?? canceled_at ?? expired_at ?? '');
  if (Number.isNaN(known)) return now.toISOString();
  const latest = Math.min(known, now.getTime());
  return new Date(Math.max(latest, Date.parse(intendedAt))).toISOString();
}
