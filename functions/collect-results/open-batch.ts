import pMap from 'p-map';
import type { Analysis } from '../../shared/analysis.ts';
import type { Batch } from '../../shared/batch.ts';
import type { ProviderBatch } from '../../shared/twelvelabs/schemas.ts';
import {
  longerEachTime,
  type Step,
  secondsSince,
  WRITES_AT_ONCE,
} from '../../shared/waiting-room.ts';
import type { CollectResultsDeps } from './collect-results.ts';
import { isOpen } from './read-results.ts';

/** How soon an open batch is looked at again when no webhook comes: often until it should be over. */
const NEXT_LOOK_SECONDS = { least: 180, most: 3_600 };
const LEAST_LIFE_SECONDS = 24 * 3_600;
const MOST_LIFE_SECONDS = 72 * 3_600;

/**
 * Leaves the batch open, to be looked at again: after a few minutes, and the longer it is overdue
 * the later; at once by a message when `isAtOnce`.
 */
export async function lookAgain(
  batch: Batch,
  set: { readonly [K in keyof Batch]?: Batch[K] | undefined },
  { waitingRoom, now }: CollectResultsDeps,
  isAtOnce = false,
): Promise<void> {
  if (batch.state !== 'active') return;
  const endedAt = set.endedAt ?? batch.endedAt;
  const overdueSeconds = endedAt ? secondsSince(endedAt, now()) : secondsSinceExpiry(batch, now());
  const inSeconds = isAtOnce ? 0 : longerEachTime(overdueSeconds, NEXT_LOOK_SECONDS);
  await waitingRoom.move(batch, {
    to: 'active',
    inSeconds,
    by: isAtOnce ? 'message' : 'clock',
    // One that was collected, and has something open again, is not.
    set: { lookedAt: batch.lookedAt, collectedAt: batch.collectedAt, ...set },
  });
}

/** The batch's analyses that no line has settled yet. */
export async function openAnalyses(
  { batchId }: Batch,
  { store }: CollectResultsDeps,
): Promise<Analysis[]> {
  return (await store.analysesOf(batchId)).filter(isOpen);
}

/** Moves analyses, each as `stepOf` says. */
export async function moveAll(
  analyses: readonly Analysis[],
  { waitingRoom }: CollectResultsDeps,
  stepOf: (analysis: Analysis) => Step<Analysis>,
): Promise<void> {
  await pMap(analyses, (analysis) => waitingRoom.move(analysis, stepOf(analysis)), {
    concurrency: WRITES_AT_ONCE,
  });
}

/**
 * Seconds since the batch should have been over; less than 0 while it may go on. A batch lives 24
 * hours, say the pages: another end is believed within reason.
 */
export function secondsSinceExpiry({ expiresAt, intendedAt }: Batch, now: Date): number {
  const age = secondsSince(intendedAt, now);
  const overdue = expiresAt === undefined ? age - LEAST_LIFE_SECONDS : secondsSince(expiresAt, now);
  return Math.min(age - LEAST_LIFE_SECONDS, Math.max(age - MOST_LIFE_SECONDS, overdue));
}

/** What the provider says of the batch, as its row keeps it. */
export function countersOf(provided: ProviderBatch) {
  return {
    providerStatus: provided.status,
    readyItems: provided.ready_items,
    failedItems: provided.failed_items,
    canceledItems: provided.canceled_items,
    reason: undefined,
    absentSince: undefined,
  };
}
