import { archivePrefix, ROWS_FILE } from '../../shared/archive.ts';
import type { Batch } from '../../shared/batch.ts';
import { VIDEO_SK } from '../../shared/store/keys.ts';
import { movedRow, type Row } from '../../shared/store/store.ts';
import type { ProviderBatch } from '../../shared/twelvelabs/schemas.ts';
import type { CollectResultsDeps } from './collect-results.ts';
import { judgeDelivery } from './judge-delivery.ts';

/**
 * Closes a batch, none of whose analyses is open, and wakes the batcher: a slot is free, and analyses
 * may have gone back to it. Before, the rows of the batch go into the archive beside the lines that
 * settled them, so that the table can be rebuilt from it. Its row then says what became of its webhook.
 * @param provided the batch as the provider has it; undefined when it can't be asked any more
 */
export async function closeBatch(
  batch: Batch,
  set: { readonly [K in keyof Batch]?: Batch[K] | undefined },
  provided: ProviderBatch | undefined,
  deps: CollectResultsDeps,
): Promise<void> {
  if (batch.state === 'active') {
    const { endedAt = batch.endedAt } = set;
    const ended = { ...batch, ...(endedAt && { endedAt }) };
    const webhook = judgeDelivery(ended, provided, deps.webhookUrl);
    const step = { to: 'closed', set: { ...set, webhook }, at: deps.now() } as const;
    await archiveRows(movedRow(batch, step), deps);
    if (await deps.waitingRoom.move(batch, step)) {
      deps.count('WebhookDelivery', 1, { outcome: webhook.outcome });
    }
  } else {
    await archiveRows(batch, deps);
  }
  await wakeBatcher(deps);
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
