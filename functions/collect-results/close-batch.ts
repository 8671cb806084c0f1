import { archivePrefix, ROWS_FILE } from '../../shared/archive.ts';
import type { Batch } from '../../shared/batch.ts';
import { VIDEO_SK } from '../../shared/store/keys.ts';
import { movedRow } from '../../shared/store/store.ts';
import type { CollectResultsDeps } from './collect-results.ts';

/**
 * Closes a batch, none of whose analyses is open, and wakes the batcher: a slot is free, and analyses
 * may have gone back to it. Before, the rows of the batch go into the archive beside the lines that
 * settled them, so that the table can be rebuilt from it.
 */
export async function closeBatch(
  batch: Batch,
  set: Partial<Batch>,
  deps: CollectResultsDeps,
): Promise<void> {
  if (batch.state === 'active') {
    const step = { to: 'closed', set, at: deps.now() } as const;
    await archiveRows(movedRow(batch, step), deps);
    await deps.waitingRoom.move(batch, step);
  } else {
    await archiveRows(batch, deps);
  }
  await deps.queuedAnalyses.send([{ round: 'due' }]);
}

/** The batch, what it settled for good (without the results), the videos of that, and its bad lines. */
async function archiveRows(
  batch: Batch,
  { store, quarantine, archive }: CollectResultsDeps,
): Promise<void> {
  const analyses = (await store.analysesOf(batch.batchId)).filter(({ stage }) => !stage);
  const videoKeys = [...new Set(analyses.map(({ pk }) => pk))].map((pk) => ({ pk, sk: VIDEO_SK }));
  const videos = (await store.readMany(videoKeys)).filter(({ stage }) => !stage);
  const rows = [
    batch,
    ...videos,
    ...analyses.map(({ result: _, ...row }) => row),
    ...(await quarantine.rowsOf(batch.batchId)),
  ];
  await archive.storeLines(
    `${archivePrefix(batch.batchId)}${ROWS_FILE}`,
    rows.map((row) => Buffer.from(JSON.stringify(row))),
  );
}
