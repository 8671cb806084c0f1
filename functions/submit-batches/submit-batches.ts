import type { Analysis } from '../../shared/analysis.ts';
import type { RoundDue } from '../../shared/messages.ts';
import type { Log } from '../../shared/observability.ts';
import type { Profile } from '../../shared/profile.ts';
import type { Queue } from '../../shared/queue.ts';
import type { Lease } from '../../shared/store/lease.ts';
import type { Store } from '../../shared/store/store.ts';
import type { TwelveLabs } from '../../shared/twelvelabs/client.ts';
import { isProviderError } from '../../shared/twelvelabs/errors.ts';
import type { BatchLimits } from '../../shared/twelvelabs/limits.ts';
import { activeStatuses } from '../../shared/twelvelabs/schemas.ts';
import { CLOCK_PERIOD_SECONDS, type WaitingRoom } from '../../shared/waiting-room.ts';
import { planBatches } from './plan-batches.ts';
import { followBatch, settleIntent } from './settle-intent.ts';
import { submitBatch } from './submit-batch.ts';

export interface SubmitBatchesDeps {
  readonly provider: Pick<
    TwelveLabs,
    'createBatch' | 'listAssets' | 'listBatches' | 'openResults' | 'retrieveBatch'
  >;
  readonly store: Pick<
    Store,
    'analysesOf' | 'batchOfProvider' | 'countIn' | 'due' | 'intendBatch' | 'read'
  >;
  readonly waitingRoom: WaitingRoom;
  /** Our own queue: a round to come. */
  readonly queuedAnalyses: Queue<RoundDue>;
  readonly acquireLease: () => Promise<Lease | 'taken' | 'paused'>;
  readonly profiles: readonly Profile[];
  readonly limits: BatchLimits;
  /** A new id of a batch, never given before. */
  readonly newBatchId: () => string;
  /** Milliseconds that this invocation has left. */
  readonly remainingMs: () => number;
  readonly now: () => Date;
  readonly log: Log;
}

/** How soon to look again while another round is under way. */
const LEASE_TAKEN_SECONDS = 20;
/** Rows in doubt that one round settles at most. */
const ROWS_TO_SETTLE = 1_000;
/** A batch is begun only with time for its claims, the provider's deadline and the record. */
const BATCH_RESERVE_MS = 180_000;

/** What a round leaves behind: when the next makes sense, and until then whether to keep still. */
export interface Outlook {
  /** Undefined when only something new can make sense of another round. */
  readonly lookAgainInSeconds: number | undefined;
  /** The provider wants no request before that. */
  readonly keepsStill?: boolean;
}

/**
 * One round of the batcher: settles what an earlier round left open, then sends the batches that are
 * to go now. Which message woke it makes no difference; what waits, the table says. Only one round
 * runs at a time.
 */
export async function submitBatches(deps: SubmitBatchesDeps): Promise<void> {
  const lease = await deps.acquireLease();
  if (lease === 'paused') return;
  if (lease === 'taken') return await lookAgain(LEASE_TAKEN_SECONDS, deps);
  let outlook: Outlook = { lookAgainInSeconds: undefined };
  try {
    outlook = await round(lease, deps);
  } catch (error) {
    if (!isProviderError(error)) throw error;
    deps.log.warn('round_cut_short', { error: error.message });
  } finally {
    await lease.release(outlook.keepsStill ? outlook.lookAgainInSeconds : 0);
  }
  await lookAgain(outlook.lookAgainInSeconds, deps);
}

async function round(lease: Lease, deps: SubmitBatchesDeps): Promise<Outlook> {
  await settle(deps);
  const due = await deps.store.due('submit-batches', deps.now(), readAhead(deps.limits));
  const queued = due.filter((row): row is Analysis => row.kind === 'analysis');
  if (queued.length === 0) return { lookAgainInSeconds: undefined };

  const free = await freeSlots(deps);
  const plan = planBatches(queued, free, deps.limits, deps.now());
  deps.log.info('round_planned', {
    queued: queued.length,
    freeSlots: free,
    batches: plan.batches.map(({ analyses }) => analyses.length),
    lookAgainInSeconds: plan.lookAgainInSeconds,
  });
  const waits = [plan.lookAgainInSeconds];
  for (const planned of plan.batches) {
    if (deps.remainingMs() < BATCH_RESERVE_MS) return { lookAgainInSeconds: 0 };
    if (!(await lease.renew())) return { lookAgainInSeconds: LEASE_TAKEN_SECONDS };
    const outlook = await submitBatch(planned, deps);
    if (outlook.keepsStill) return outlook;
    waits.push(outlook.lookAgainInSeconds);
  }
  const known = waits.filter((seconds) => seconds !== undefined);
  return { lookAgainInSeconds: known.length > 0 ? Math.min(...known) : undefined };
}

/** Intents first: their analyses go with them. */
async function settle(deps: SubmitBatchesDeps): Promise<void> {
  const due = await deps.store.due('settle-batches', deps.now(), ROWS_TO_SETTLE);
  for (const row of due) if (row.kind === 'batch') await settleIntent(row, deps);
  for (const row of due) if (row.kind === 'analysis') await followBatch(row, deps);
}

/**
 * What the provider's own list leaves of the account's slots. Batches whose creation is still in
 * doubt are ours to count, for the list may not show them yet.
 */
async function freeSlots({ provider, store, limits }: SubmitBatchesDeps): Promise<number> {
  let taken = 0;
  for await (const _ of provider.listBatches(activeStatuses)) taken += 1;
  const inDoubt = await store.countIn('intended', limits.maxActive);
  return Math.max(0, limits.maxActive - taken - inDoubt);
}

/** As many rows as could go at once. */
function readAhead({ maxActive, maxRequests }: BatchLimits): number {
  return maxActive * maxRequests;
}

/** What waits longer than a minute the clock brings back; a message each time would pile up. */
async function lookAgain(inSeconds: number | undefined, deps: SubmitBatchesDeps): Promise<void> {
  if (inSeconds === undefined || inSeconds >= CLOCK_PERIOD_SECONDS) return;
  await deps.queuedAnalyses.send([{ round: 'due' }], inSeconds);
}
