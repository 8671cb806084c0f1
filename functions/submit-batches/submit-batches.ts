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
  readonly acquireLease: () => Promise<Lease | undefined>;
  readonly profiles: readonly Profile[];
  readonly limits: BatchLimits;
  /** A new id of a batch, never given before. */
  readonly newBatchId: () => string;
  /** Milliseconds that this invocation has left. */
  readonly remainingMs: () => number;
  readonly now: () => Date;
  readonly log: Log;
}

/** How soon to look again while another round is under way, or the provider asked for peace. */
const LEASE_TAKEN_SECONDS = 20;
const OUTAGE_SECONDS = 60;
/** A batch is begun only with time for its claims, the provider's deadline and the record. */
const BATCH_RESERVE_MS = 180_000;

/**
 * One round of the batcher: settles what an earlier round left open, then sends the batches that are
 * to go now. Which message woke it makes no difference; what waits, the table says. Only one round
 * runs at a time.
 */
export async function submitBatches(deps: SubmitBatchesDeps): Promise<void> {
  const lease = await deps.acquireLease();
  if (!lease) {
    await lookAgain(LEASE_TAKEN_SECONDS, deps);
    return;
  }
  try {
    await lookAgain(await round(lease, deps), deps);
  } catch (error) {
    if (!isProviderError(error)) throw error;
    deps.log.warn('round_cut_short', { error: error.message });
    await lookAgain(OUTAGE_SECONDS, deps);
  } finally {
    await lease.release();
  }
}

/** @returns in how many seconds another round makes sense; undefined when only something new can make sense of one */
async function round(lease: Lease, deps: SubmitBatchesDeps): Promise<number | undefined> {
  const waiting = await deps.store.due('submit-batches', deps.now(), readAhead(deps.limits));
  for (const row of waiting) {
    if (row.kind === 'batch') await settleIntent(row, deps);
    if (row.kind === 'analysis' && row.state === 'submitting') await followBatch(row, deps);
  }
  const queued = waiting.filter((row): row is Analysis => isQueued(row));
  if (queued.length === 0) return undefined;

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
    if (deps.remainingMs() < BATCH_RESERVE_MS) return 0;
    if (!(await lease.renew())) return LEASE_TAKEN_SECONDS;
    waits.push(await submitBatch(planned, deps));
  }
  const known = waits.filter((seconds) => seconds !== undefined);
  return known.length > 0 ? Math.min(...known) : undefined;
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

function isQueued(row: { kind: string; state: string }): boolean {
  return row.kind === 'analysis' && row.state === 'queued';
}

/** What waits longer than a minute the clock brings back; a message each time would pile up. */
async function lookAgain(inSeconds: number | undefined, deps: SubmitBatchesDeps): Promise<void> {
  if (inSeconds === undefined || inSeconds >= CLOCK_PERIOD_SECONDS) return;
  await deps.queuedAnalyses.send([{ round: 'due' }], inSeconds);
}
