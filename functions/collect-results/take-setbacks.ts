import type { Batch } from '../../shared/batch.ts';
import type { ProviderBatch } from '../../shared/twelvelabs/schemas.ts';
import { archiveRows } from './close-batch.ts';
import type { CollectResultsDeps } from './collect-results.ts';
import type { Reading } from './read-results.ts';
import { settleLines } from './settle-lines.ts';

/** The items of a batch: as many as were sent, whatever the provider counts. */
export function itemsOf({ itemCount = 0 }: Batch, { total_items }: ProviderBatch): number {
  return Math.max(itemCount, total_items);
}

/** Whether there is a usable line for each item of the batch, whatever it says. */
export function isComplete(reading: Reading, batch: Batch, provided: ProviderBatch): boolean {
  const { isWhole, statuses, goneCount, untoldCount } = reading;
  // A line about what is gone may stand where another should.
  const isAbout = goneCount === 0 || untoldCount === 0;
  return isWhole && isAbout && statuses.size >= itemsOf(batch, provided);
}

/** Believes the lines by which analyses failed or never ran. */
export async function takeSetbacks(
  batch: Batch,
  { setbacks, archivePrefix }: Reading,
  deps: CollectResultsDeps,
): Promise<void> {
  if (setbacks.length === 0) return;
  await settleLines(batch, setbacks, `${archivePrefix}setbacks.jsonl.gz`, deps);
  await archiveRows(batch, deps);
}
