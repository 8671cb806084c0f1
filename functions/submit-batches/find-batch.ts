import { isCustomIdOf } from '../../shared/analysis.ts';
import type { Batch } from '../../shared/batch.ts';
import { parseOrNothing } from '../../shared/decode.ts';
import { splitLines } from '../../shared/jsonl.ts';
import { isProviderError, ProviderRefusedError, reasonOf } from '../../shared/twelvelabs/errors.ts';
import { type ProviderBatch, resultLine } from '../../shared/twelvelabs/schemas.ts';
import type { Reason } from '../../shared/video.ts';
import type { SubmitBatchesDeps } from './submit-batches.ts';

/** Clocks differ, and the provider notes the creation of a batch, not the sending of its request. */
const CLOCK_SKEW_SECONDS = 300;

/** What a look for a batch in doubt found: it, nothing, or that it can't be told. */
export type Search =
  | { readonly found: ProviderBatch }
  | { readonly absent: true }
  | { readonly unknown: Reason };

/** Looks through the provider's list for the batch in whose results our batch id stands. */
export async function findBatch(intent: Batch, deps: SubmitBatchesDeps): Promise<Search> {
  const sinceMs = Date.parse(intent.intendedAt) - CLOCK_SKEW_SECONDS * 1000;
  let unknown: Reason | undefined;
  try {
    for await (const batch of deps.provider.listBatches([])) {
      if (Date.parse(batch.created_at) < sinceMs) break;
      if (!mayBe(intent, batch) || (await deps.store.batchOfProvider(batch.batch_id))) continue;
      const whose = await whoseIs(batch, intent.batchId, deps);
      if (whose === 'ours') return { found: batch };
      if (whose === 'not told') unknown = notTold(batch);
    }
  } catch (error) {
    if (!isProviderError(error)) throw error;
    unknown = reasonOf(error);
  }
  return unknown ? { unknown } : { absent: true };
}

function mayBe({ analysisMode, itemCount }: Batch, batch: ProviderBatch): boolean {
  return (batch.analysis_mode ?? analysisMode) === analysisMode && batch.total_items === itemCount;
}

function notTold({ batch_id }: ProviderBatch): Reason {
  return { code: 'batch_not_told', message: `batch ${batch_id} does not tell yet whose it is` };
}

/**
 * A batch is wholly ours or not at all, so that its first readable line tells. One whose results are
 * refused to us (a stranger's, or deleted meanwhile) is not ours.
 */
async function whoseIs(
  { batch_id }: ProviderBatch,
  batchId: string,
  { provider }: SubmitBatchesDeps,
): Promise<'ours' | 'not ours' | 'not told'> {
  try {
    for await (const { bytes } of splitLines(await provider.openResults(batch_id))) {
      const line = resultLine.safeParse(parseOrNothing(new TextDecoder().decode(bytes)));
      if (line.success) return isCustomIdOf(batchId, line.data.custom_id) ? 'ours' : 'not ours';
    }
  } catch (error) {
    const isRefused = error instanceof ProviderRefusedError && [403, 404].includes(error.status);
    if (!isRefused) throw error;
    return 'not ours';
  }
  return 'not told';
}
