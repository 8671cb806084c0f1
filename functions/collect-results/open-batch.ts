import pMap from 'p-map';
import type { Analysis } from '../../shared/analysis.ts';
import type { Batch } from '../../shared/batch.ts';
import type { ProviderBatch } from '../../shared/twelvelabs/schemas.ts';
import type { Reason } from '../../shared/video.ts';
import { WRITES_AT_ONCE } from '../../shared/waiting-room.ts';
import type { CollectResultsDeps } from './collect-results.ts';

/** How soon an open batch is looked at again when no webhook comes. */
export const NEXT_LOOK_SECONDS = 180;

/** Leaves the batch open, to be looked at again; after 0 seconds by a message, else by the clock. */
export async function lookAgain(
  batch: Batch,
  set: { readonly [K in keyof Batch]?: Batch[K] | undefined },
  { waitingRoom }: CollectResultsDeps,
  inSeconds = NEXT_LOOK_SECONDS,
): Promise<void> {
  if (batch.state !== 'active') return;
  const by = inSeconds === 0 ? 'message' : 'clock';
  await waitingRoom.move(batch, { to: 'active', inSeconds, by, set });
}

/** The batch's analyses that no line has settled yet, by `custom_id`. */
export async function openAnalyses(
  { batchId }: Batch,
  { store }: CollectResultsDeps,
): Promise<Map<string, Analysis>> {
  const analyses = await store.analysesOf(batchId);
  const open = analyses.filter(({ state }) => state === 'submitting' || state === 'submitted');
  return new Map(open.map((analysis) => [analysis.customId ?? '', analysis]));
}

export async function failAll(
  analyses: Iterable<Analysis>,
  reason: Reason,
  { waitingRoom }: CollectResultsDeps,
): Promise<void> {
  await pMap(
    analyses,
    (analysis) => waitingRoom.move(analysis, { to: 'failed', set: { reason } }),
    { concurrency: WRITES_AT_ONCE },
  );
}

/** What the provider says of the batch, as its row keeps it. */
export function countersOf(provided: ProviderBatch) {
  return {
    providerStatus: provided.status,
    readyItems: provided.ready_items,
    failedItems: provided.failed_items,
    canceledItems: provided.canceled_items,
    reason: undefined,
  };
}
