import type { Analysis } from '../../shared/analysis.ts';
import type { BatchingMemory } from '../../shared/store/batching-memory.ts';
import type { Lease } from '../../shared/store/lease.ts';
import { CLOCK_PERIOD_SECONDS, later, secondsSince } from '../../shared/waiting-room.ts';
import { requestBytes } from './batch-request.ts';
import { holdBack } from './hold-back.ts';
import { nextBatch, type PlannedBatch, type Situation } from './next-batch.ts';
import type { Outcome } from './outcome.ts';
import type { Slots } from './partial-wait.ts';
import { readSlots } from './read-slots.ts';
import { rememberOutcome } from './remember-outcome.ts';
import { submitBatch } from './submit-batch.ts';
import {
  LEASE_TAKEN_SECONDS,
  type Outlook,
  ROUNDS_APART_SECONDS,
  type SubmitBatchesDeps,
} from './submit-batches.ts';

/** A batch is begun only with time for its claims, the provider's deadline and the record. */
const BATCH_RESERVE_MS = 180_000;
/** How long the provider is left alone that wants no batch at all; twice as long each time. */
const LEAST_PAUSE_SECONDS = 60;
const MOST_PAUSE_SECONDS = 3_600;
/** So many may be refused alone in a row before that slows the round down. */
const MANY_REFUSED_ALONE = 10;

/** What a round works on: what waits, the slots, and what is remembered of earlier batches. */
interface Round {
  waiting: readonly Analysis[];
  slots: Slots;
  memory: BatchingMemory;
}

/**
 * Sends the batches that are to go now, one after the other, each decided in the light of what became
 * of the one before. Reads only as much of what waits as there are slots for.
 */
export async function sendQueued(
  lease: Lease,
  memory: BatchingMemory,
  deps: SubmitBatchesDeps,
): Promise<Outlook> {
  const pausedSeconds = -secondsSince(memory.pausedUntil ?? deps.now().toISOString(), deps.now());
  if (pausedSeconds > 0) return { lookAgainInSeconds: pausedSeconds };
  const slots = await readSlots(deps);
  deps.measure('SlotsUsed', slots.maxActive - slots.free);
  if (slots.free === 0) return { lookAgainInSeconds: undefined };
  const readAhead = slots.free * deps.limits.maxRequests;
  const due = await deps.store.due('submit-batches', deps.now(), readAhead);
  const waiting = due.flatMap((row) => (row.kind === 'analysis' ? [asAskedNow(row, deps)] : []));
  const round: Round = { waiting, slots, memory };
  deps.log.info('round_begun', { waiting: waiting.length, freeSlots: slots.free });
  for (;;) {
    const step = nextBatch(round.waiting, situationOf(round, deps));
    if ('holdBack' in step) {
      await holdBack(step.holdBack, round.memory, deps);
      round.waiting = without(round.waiting, step.holdBack);
    } else if ('send' in step) {
      if (deps.remainingMs() < BATCH_RESERVE_MS) return { lookAgainInSeconds: 0 };
      if (!(await lease.renew())) return { lookAgainInSeconds: LEASE_TAKEN_SECONDS };
      const outlook = await sendOne(step.send, round, deps);
      if (outlook) return outlook;
    } else if (round.waiting.length === 0 && due.length === readAhead) {
      return { lookAgainInSeconds: 0 };
    } else return step;
  }
}

/** @returns what to do instead of going on */
async function sendOne(
  planned: PlannedBatch,
  round: Round,
  deps: SubmitBatchesDeps,
): Promise<Outlook | undefined> {
  const outcome = await submitBatch(planned, round.memory.pausesInARow, deps);
  round.waiting = [...without(round.waiting, planned.analyses), ...outcome.freed];
  const remembered = rememberOutcome(planned, outcome, round.memory, deps);
  if (remembered !== round.memory) await deps.memory.write(remembered);
  round.memory = remembered;

  if (outcome.kind === 'taken' || outcome.kind === 'doubt') {
    const active = [...round.slots.active, { ageSeconds: 0, items: planned.analyses.length }];
    round.slots = { ...round.slots, active, free: round.slots.free - 1 };
    deps.measure('SlotsUsed', round.slots.maxActive - round.slots.free);
  }
  const pauseSeconds = await pauseAfter(outcome, remembered, deps);
  if (pauseSeconds === undefined) return undefined;
  const pausedUntil = later(deps.now(), pauseSeconds).toISOString();
  await deps.memory.write({ ...remembered, pausedUntil });
  return { lookAgainInSeconds: pauseSeconds };
}

/** How long to send nothing, if at all, after an outcome that is `remembered` already. */
async function pauseAfter(
  outcome: Outcome,
  { pausesInARow, refusedAloneInARow }: BatchingMemory,
  deps: SubmitBatchesDeps,
): Promise<number | undefined> {
  if (outcome.kind === 'refused-alone') {
    // Where one after the other is refused alone, it is hardly the videos: each costs more time then.
    const tooMany = refusedAloneInARow - MANY_REFUSED_ALONE;
    return tooMany > 0 ? longerAfter(tooMany) : undefined;
  }
  if (outcome.kind !== 'not-now') return undefined;
  // A 429 may mean the slots or the rate: the list tells. Slots come free when a batch ends.
  const isForSlots = outcome.mayBeSlots && (await readSlots(deps)).free === 0;
  return isForSlots
    ? CLOCK_PERIOD_SECONDS
    : Math.max(ROUNDS_APART_SECONDS, outcome.asked ?? longerAfter(pausesInARow));
}

function longerAfter(times: number): number {
  return Math.min(MOST_PAUSE_SECONDS, LEAST_PAUSE_SECONDS * 2 ** Math.min(10, times - 1));
}

function situationOf({ slots, memory }: Round, { profiles, limits, now }: SubmitBatchesDeps) {
  return {
    slots,
    memory,
    limits,
    versionOf: (profile) => profiles.get(profile)?.version ?? '',
    bytesOf: (batch) => requestBytes(batch, profiles),
    now: now(),
  } satisfies Situation;
}

/** A profile may have been changed since the analysis was queued. */
function asAskedNow(analysis: Analysis, { profiles }: SubmitBatchesDeps): Analysis {
  const analysisMode = profiles.get(analysis.profile)?.profile.analysis_mode;
  return analysisMode ? { ...analysis, analysisMode } : analysis;
}

function without(all: readonly Analysis[], some: readonly Analysis[]): Analysis[] {
  const gone = new Set(some);
  return all.filter((analysis) => !gone.has(analysis));
}
