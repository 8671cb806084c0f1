import { about } from '../../shared/about.ts';
import type { Analysis } from '../../shared/analysis.ts';
import { messageOf } from '../../shared/errors.ts';
import type { RoundDue } from '../../shared/messages.ts';
import type { Measure } from '../../shared/metrics.ts';
import type { Log } from '../../shared/observability.ts';
import type { Queue } from '../../shared/queue.ts';
import type { BatchingMemory, BatchingMemoryStore } from '../../shared/store/batching-memory.ts';
import type { Lease } from '../../shared/store/lease.ts';
import type { Store } from '../../shared/store/store.ts';
import type { TwelveLabs } from '../../shared/twelvelabs/client.ts';
import { isProviderError } from '../../shared/twelvelabs/errors.ts';
import type { BatchLimits } from '../../shared/twelvelabs/limits.ts';
import { CLOCK_PERIOD_SECONDS, type WaitingRoom } from '../../shared/waiting-room.ts';
import type { KnownProfiles } from './claim-analyses.ts';
import { afterAbsence } from './remember.ts';
import { sendQueued } from './send-queued.ts';
import { followBatch, settleIntent } from './settle-intent.ts';
import { watchDisowned } from './watch-disowned.ts';

export interface SubmitBatchesDeps {
  readonly provider: Pick<
    TwelveLabs,
    'cancelBatch' | 'createBatch' | 'listAssets' | 'listBatches' | 'openResults' | 'retrieveBatch'
  >;
  readonly store: Pick<
    Store,
    'analysesOf' | 'batchOfProvider' | 'countIn' | 'due' | 'intendBatch' | 'lastIn' | 'read'
  >;
  readonly memory: BatchingMemoryStore;
  readonly waitingRoom: WaitingRoom;
  /** Our own queue: a round to come. */
  readonly queuedAnalyses: Queue<RoundDue>;
  readonly acquireLease: () => Promise<Lease | 'taken' | { readonly pausedSeconds: number }>;
  readonly profiles: KnownProfiles;
  readonly limits: BatchLimits;
  /** A new id of a batch, never given before. */
  readonly newBatchId: () => string;
  /** Milliseconds that this invocation has left. */
  readonly remainingMs: () => number;
  readonly now: () => Date;
  readonly log: Log;
  readonly measure: Measure;
}

/** How soon to look again while another round is under way. */
export const LEASE_TAKEN_SECONDS = 20;
/** Rounds that find little to do are this far apart, however many messages ask for one. */
export const ROUNDS_APART_SECONDS = 5;
/** Rows in doubt that one round settles at most. */
const ROWS_TO_SETTLE = 1_000;

/** What a round leaves behind. */
export interface Outlook {
  /** When the next makes sense; undefined when only something new can make sense of one. */
  readonly lookAgainInSeconds: number | undefined;
}

/**
 * One round of the batcher: settles what an earlier round left open, then sends the batches that are
 * to go now. Which message woke it makes no difference; what waits, the table says. Only one round
 * runs at a time.
 */
export async function submitBatches(deps: SubmitBatchesDeps): Promise<void> {
  const lease = await deps.acquireLease();
  if (lease === 'taken') return await lookAgain(LEASE_TAKEN_SECONDS, deps);
  if ('pausedSeconds' in lease) return await lookAgain(lease.pausedSeconds, deps);
  let outlook: Outlook = { lookAgainInSeconds: undefined };
  try {
    outlook = await round(lease, deps);
  } catch (error) {
    if (!isProviderError(error)) throw error;
    // The list can't be had, say: nothing was sent, and the clock brings another round.
    deps.log.warn('round_cut_short', { error: error.message });
  } finally {
    const { lookAgainInSeconds = ROUNDS_APART_SECONDS } = outlook;
    await lease.release(Math.min(lookAgainInSeconds, ROUNDS_APART_SECONDS));
  }
  await lookAgain(outlook.lookAgainInSeconds, deps);
}

async function round(lease: Lease, deps: SubmitBatchesDeps): Promise<Outlook> {
  const memory = await deps.memory.read();
  return await sendQueued(lease, await settle(memory, deps), deps);
}

/** Intents first: their analyses go with them. */
async function settle(memory: BatchingMemory, deps: SubmitBatchesDeps): Promise<BatchingMemory> {
  const due = await deps.store.due('settle-batches', deps.now(), ROWS_TO_SETTLE);
  let remembered = memory;
  for (const row of due) {
    if (row.kind !== 'batch') continue;
    await unlessStopped(row.batchId, deps, async () => {
      if (row.state === 'disowned') return await watchDisowned(row, deps);
      const lost = await settleIntent(row, remembered.absences === 0, deps);
      if (lost) remembered = afterAbsence(remembered, lost, deps.now());
    });
  }
  const left = due.filter((row): row is Analysis => row.kind === 'analysis');
  const byBatch = Map.groupBy(left, ({ batchId = '' }) => batchId);
  for (const [batchId, analyses] of byBatch) {
    await unlessStopped(batchId, deps, () => followBatch(batchId, analyses, deps));
  }
  if (remembered !== memory) await deps.memory.write(remembered);
  return remembered;
}

/** What ails one batch (a row that nobody can read, say) must not stop the others. */
async function unlessStopped(
  batchId: string,
  { log }: SubmitBatchesDeps,
  settleOne: () => Promise<void>,
): Promise<void> {
  await about({ batchId }, async () => {
    try {
      await settleOne();
    } catch (error) {
      log.error('settle_failed', { error: messageOf(error) });
    }
  });
}

/** What waits longer than a minute the clock brings back; a message each time would pile up. */
async function lookAgain(inSeconds: number | undefined, deps: SubmitBatchesDeps): Promise<void> {
  if (inSeconds === undefined || inSeconds >= CLOCK_PERIOD_SECONDS) return;
  await deps.queuedAnalyses.send([{ round: 'due' }], inSeconds);
}
