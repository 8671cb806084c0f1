import { archivePrefix, ROWS_FILE } from '../../shared/archive.ts';
import type { Batch } from '../../shared/batch.ts';
import { VIDEO_SK } from '../../shared/store/keys.ts';
import type { Row } from '../../shared/store/row-reader.ts';
import { movedRow } from '../../shared/store/store.ts';
import type { ProviderBatch } from '../../shared/twelvelabs/schemas.ts';
import type { CollectResultsDeps } from './collect-results.ts';
import { judgeDelivery } from './judge-delivery.ts';

/** What is noted on a batch's row; undefined takes it away. */
export type BatchChanges = { readonly [K in keyof Batch]?: Batch[K] | undefined };

/**
 * Closes a batch, none of whose analyses is open, and wakes the batcher: a slot is free, and analyses
 * may have gone back to it. Before, the rows of the batch go into the archive beside the lines that
 * settled them, so that the table can be rebuilt from it.
 * @param provided the batch as the provider has it; undefined when it can't be asked any more
 */
export async function closeBatch(
  batch: Batch,
  set: BatchChanges,
  provided: ProviderBatch | undefined,
  deps: CollectResultsDeps,
): Promise<void> {
  if (batch.state === 'active') {
    const step = closing(batch, set, provided, deps);
    await archiveRows(movedRow(batch, step), deps);
    await close(batch, step, deps);
  } else {
    await archiveRows(batch, deps);
  }
  await wakeBatcher(deps);
}

/** The last move of a batch: its row then says what became of its webhook. */
export function closing(
  batch: Batch,
  set: BatchChanges,
  provided: ProviderBatch | undefined,
  { webhookUrl, now }: CollectResultsDeps,
) {
  const { endedAt = batch.endedAt } = set;
  const webhook = judgeDelivery({ ...batch, ...(endedAt && { endedAt }) }, provided, webhookUrl);
  return { to: 'closed', set: { ...set, webhook }, at: now() } as const;
}

/** Closes a batch whose rows are archived. */
export async function close(
  batch: Batch,
  step: ReturnType<typeof closing>,
  { waitingRoom, count }: CollectResultsDeps,
): Promise<void> {
  if (await waitingRoom.move(batch, step)) {
    const { outcome } = step.set.webhook;
    count('WebhookDelivery', 1, { outcome });
    if (outcome === 'not_received' || outcome === 'lost_by_us') count('WebhooksLost', 1);
  }
}

/** Tells the batcher that a slot is free, or that there is something to send again. */
export async function wakeBatcher({ queuedAnalyses }: CollectResultsDeps): Promise<void> {
  await queuedAnalyses.send([{ round: 'due' }]);
}

/**
 * What a batch has settled for good so far (without the results), the videos of that, its bad lines,
 * and the batch itself once it is closed: with these and its lines the table can be rebuilt.
 */
export async function archiveRows(
  batch: Batch,
  { store, quarantine, archive }: CollectResultsDeps,
): Promise<void> {
  // While this collector was reading, another one may have closed it.
  const latest = isFinal(batch) ? batch : await store.read(batch);
  const analyses = (await store.analysesOf(batch.batchId)).filter(isFinal);
  const videoKeys = [...new Set(analyses.map(({ pk }) => pk))].map((pk) => ({ pk, sk: VIDEO_SK }));
  const videos = (await store.readMany(videoKeys)).filter(isFinal);
  const rows = [
    ...(latest && isFinal(latest) ? [latest] : []),
    ...videos,
    ...analyses.map(({ result: _, ...row }) => row),
    ...(await quarantine.rowsOf(batch.batchId)),
  ];
  await archive.storeLines(
    `${archivePrefix(batch.batchId)}${ROWS_FILE}`,
    rows.map((row) => Buffer.from(JSON.stringify(row))),
  );
}

function isFinal({ stage }: Row): boolean {
  return stage === undefined;
}
