import pMap from 'p-map';
import type { Analysis } from '../../shared/analysis.ts';
import { backInQueue } from '../../shared/back-in-queue.ts';
import type { Batch } from '../../shared/batch.ts';
import type { Reason } from '../../shared/video.ts';
import { type Step, secondsSince, WRITES_AT_ONCE } from '../../shared/waiting-room.ts';
import type { SubmitBatchesDeps } from './submit-batches.ts';

/** How soon an open batch is looked at when no webhook comes. */
const FIRST_LOOK_SECONDS = 180;
/** How long after the end of its batch an analysis asks for itself. */
const AFTER_END_SECONDS = 6 * 3_600;

/** Records that the provider has the batch: first on the batch, then on each of its analyses. */
export async function markSubmitted(
  intent: Batch,
  analyses: readonly Analysis[],
  created: { readonly batch_id: string; readonly expires_at?: string | null | undefined },
  deps: SubmitBatchesDeps,
): Promise<void> {
  const step: Step<Batch> = {
    to: 'active',
    inSeconds: FIRST_LOOK_SECONDS,
    by: 'clock',
    set: {
      providerBatchId: created.batch_id,
      expiresAt: expiryOf(created.expires_at, deps.now()),
      absentSince: undefined,
      reason: undefined,
    },
  };
  const active =
    (await deps.waitingRoom.move(intent, step)) ?? (await moveCanceled(intent, step, deps));
  if (!active) return;
  await pMap(analyses, (analysis) => submitted(analysis, active, deps), {
    concurrency: WRITES_AT_ONCE,
  });
}

/** An operator may have called it off while it was sent: then it is looked at, and canceled, at once. */
async function moveCanceled(
  { pk, sk }: Batch,
  step: Step<Batch>,
  { store, waitingRoom }: SubmitBatchesDeps,
): Promise<Batch | undefined> {
  const row = await store.read({ pk, sk });
  if (row?.kind !== 'batch' || row.state !== 'intended' || !row.cancelRequestedAt) return undefined;
  return await waitingRoom.move(row, { ...step, inSeconds: 0 });
}

/**
 * Frees the claims of a batch that does not exist, each back to its old place in the queue, with the
 * reason.
 * @returns the analyses that are back, as they are now
 */
export async function abandon(
  intent: Batch,
  analyses: readonly Analysis[],
  { reason }: { readonly reason: Reason },
  deps: SubmitBatchesDeps,
): Promise<Analysis[]> {
  if (!(await abandonAlone(intent, reason, deps))) return [];
  return await freeAnalyses(analyses, intent, deps, () => ({ reason }));
}

/** Ends an intent. It goes first: from then on nobody can send it, and a claim left behind follows it. */
export async function abandonAlone(
  intent: Batch,
  reason: Reason,
  { waitingRoom }: Pick<SubmitBatchesDeps, 'waitingRoom'>,
): Promise<Batch | undefined> {
  return await waitingRoom.move(intent, { to: 'abandoned', set: { reason } });
}

/** Frees claims. @returns the analyses that are back in the queue, as they are now */
export async function freeAnalyses(
  analyses: readonly Analysis[],
  batch: Batch,
  { waitingRoom, now }: Pick<SubmitBatchesDeps, 'waitingRoom' | 'now'>,
  notes: (analysis: Analysis) => Step<Analysis>['set'] = () => ({}),
): Promise<Analysis[]> {
  const freed = await pMap(
    analyses,
    (analysis) => {
      const set = { batchId: undefined, customId: undefined, ...notes(analysis) };
      return waitingRoom.move(analysis, backInQueue(analysis, batch, now(), set));
    },
    { concurrency: WRITES_AT_ONCE },
  );
  return freed.flatMap((analysis) => (analysis?.state === 'queued' ? [analysis] : []));
}

/** From now on the results say what becomes of it; well after the batch's end it asks for itself. */
export async function submitted(
  analysis: Analysis,
  { expiresAt }: Batch,
  { waitingRoom, now }: Pick<SubmitBatchesDeps, 'waitingRoom' | 'now'>,
): Promise<void> {
  const inSeconds = -secondsSince(expiryOf(expiresAt, now()), now()) + AFTER_END_SECONDS;
  const set = { refusedIn: undefined, isSuspect: undefined };
  await waitingRoom.move(analysis, { to: 'submitted', inSeconds, by: 'clock', set });
}

/** The provider's word on when a batch ends, or the documented 24 hours. */
export function expiryOf(expiresAt: string | null | undefined, now: Date): string {
  const known = expiresAt ? Date.parse(expiresAt) : Number.NaN;
  return new Date(Number.isNaN(known) ? now.getTime() + 24 * 3_600_000 : known).toISOString();
}
