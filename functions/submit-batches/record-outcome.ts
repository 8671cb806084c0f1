import pMap from 'p-map';
import type { Analysis } from '../../shared/analysis.ts';
import type { Batch } from '../../shared/batch.ts';
import type { Reason } from '../../shared/video.ts';
import { WRITES_AT_ONCE } from '../../shared/waiting-room.ts';
import type { SubmitBatchesDeps } from './submit-batches.ts';

/** How soon an open batch is looked at when no webhook comes. */
const FIRST_LOOK_SECONDS = 180;

/** Records that the provider has the batch: first on the batch, then on each of its analyses. */
export async function markSubmitted(
  intent: Batch,
  analyses: readonly Analysis[],
  created: { readonly batch_id: string; readonly expires_at?: string | null | undefined },
  deps: SubmitBatchesDeps,
): Promise<void> {
  const active = await deps.waitingRoom.move(intent, {
    to: 'active',
    inSeconds: FIRST_LOOK_SECONDS,
    by: 'clock',
    set: {
      providerBatchId: created.batch_id,
      expiresAt: expiryOf(created.expires_at, deps.now()),
      reason: undefined,
    },
  });
  if (!active) return;
  await pMap(analyses, (analysis) => submitted(analysis, active, deps), {
    concurrency: WRITES_AT_ONCE,
  });
}

/**
 * Frees the claims of a batch that certainly does not exist, each back to its old place in the queue.
 * The intent goes first: from then on nobody can send it, and a claim left behind follows it.
 */
export async function abandon(
  intent: Batch,
  analyses: readonly Analysis[],
  { reason, batchCeiling }: { readonly reason: Reason; readonly batchCeiling?: number },
  deps: SubmitBatchesDeps,
): Promise<void> {
  const abandoned = await deps.waitingRoom.move(intent, {
    to: 'abandoned',
    set: { reason, ceilingIfAbsent: batchCeiling },
  });
  if (!abandoned) return;
  await pMap(analyses, (analysis) => backToQueue(analysis, batchCeiling, deps), {
    concurrency: WRITES_AT_ONCE,
  });
}

/** Back to its old place in the queue, as if it had never been claimed. */
export async function backToQueue(
  analysis: Analysis,
  batchCeiling: number | undefined,
  { waitingRoom, now }: SubmitBatchesDeps,
): Promise<void> {
  await waitingRoom.move(analysis, {
    to: 'queued',
    inSeconds: (Date.parse(analysis.queuedAt) - now().getTime()) / 1000,
    by: 'clock',
    set: { batchId: undefined, customId: undefined, ...(batchCeiling && { batchCeiling }) },
  });
}

/** From now on the results say what becomes of it; well after the batch's end it asks for itself. */
export async function submitted(
  analysis: Analysis,
  batch: Batch,
  deps: SubmitBatchesDeps,
): Promise<void> {
  const end = Date.parse(expiryOf(batch.expiresAt, deps.now()));
  const inSeconds = (end - deps.now().getTime()) / 1000 + 6 * 3_600;
  await deps.waitingRoom.move(analysis, { to: 'submitted', inSeconds, by: 'clock' });
}

/** The provider's word on when a batch ends, or the documented 24 hours. */
function expiryOf(expiresAt: string | null | undefined, now: Date): string {
  const known = expiresAt ? Date.parse(expiresAt) : Number.NaN;
  return new Date(Number.isNaN(known) ? now.getTime() + 24 * 3_600_000 : known).toISOString();
}
