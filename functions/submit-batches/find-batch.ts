import { type Analysis, isCustomIdOf } from '../../shared/analysis.ts';
import type { Batch } from '../../shared/batch.ts';
import { splitLines } from '../../shared/jsonl.ts';
import { isProviderError, ProviderRefusedError, reasonOf } from '../../shared/twelvelabs/errors.ts';
import { resultLines } from '../../shared/twelvelabs/result-line.ts';
import { overStatuses, type ProviderBatch } from '../../shared/twelvelabs/schemas.ts';
import type { Reason } from '../../shared/video.ts';
import { secondsSince } from '../../shared/waiting-room.ts';
import { anotherAccount, isOurAccount } from './our-account.ts';
import type { SubmitBatchesDeps } from './submit-batches.ts';

/** How far back to look: clocks differ, and looking too short would be taken for absence. */
const CLOCK_SKEW_SECONDS = 24 * 3_600;
/** How many lines that name items of others make a batch another's: a line may be astray. */
const FOREIGN_LINES = 20;
/** Longer than a batch lives: what one that ended leaves untold then does not matter any more. */
const LIFE_SECONDS = 25 * 3_600;
/** After 30 days the provider forgets a batch, in whatever account it was. */
const RETENTION_SECONDS = 31 * 24 * 3_600;

/** What a look for a batch in doubt found: it, nothing, or that it can't be told. */
export type Search =
  | { readonly found: ProviderBatch }
  | { readonly absent: true }
  | { readonly unknown: Reason };

/**
 * Looks through the provider's list for the batch in whose results our batch id stands. Absent is only
 * what a whole list, of the account that our work is in, does not show.
 */
export async function findBatch(
  intent: Batch,
  analyses: readonly Analysis[],
  deps: SubmitBatchesDeps,
): Promise<Search> {
  const sinceMs = Date.parse(intent.intendedAt) - CLOCK_SKEW_SECONDS * 1000;
  const age = secondsSince(intent.intendedAt, deps.now());
  const isRecent = age < LIFE_SECONDS;
  const isForgotten = age > RETENTION_SECONDS;
  let unknown: Reason | undefined;
  try {
    for await (const batch of deps.provider.listBatches([])) {
      // Newest first, say the pages; a list in another order must not look like one that ends here.
      if (Date.parse(batch.created_at) < sinceMs) continue;
      if (!mayBe(intent, batch) || (await deps.store.batchOfProvider(batch.batch_id))) continue;
      const whose = await whoseIs(batch, intent.batchId, deps);
      if (whose === 'ours') return { found: batch };
      if (whose === 'not told' && (isRecent || !overStatuses.has(batch.status))) {
        unknown = notTold(batch);
      }
    }
    if (!isForgotten && (await isOurAccount(analyses, deps)) !== 'yes') unknown = anotherAccount;
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
 * A batch is wholly ours or not at all: any line with our batch id tells, and so do lines enough that
 * name others'.
 */
async function whoseIs(
  { batch_id, total_items }: ProviderBatch,
  batchId: string,
  { provider }: SubmitBatchesDeps,
): Promise<'ours' | 'not ours' | 'not told'> {
  let foreign = 0;
  try {
    for await (const { bytes } of splitLines(await provider.openResults(batch_id))) {
      const [found] = resultLines([bytes]);
      if (!found) continue;
      if (isCustomIdOf(batchId, found.line.custom_id)) return 'ours';
      foreign += 1;
      if (foreign >= FOREIGN_LINES) break;
    }
  } catch (error) {
    // It is on the list: that its results are not there, or not for us, is a slip or will pass.
    const isRefused = error instanceof ProviderRefusedError && [403, 404].includes(error.status);
    if (!isRefused) throw error;
    return 'not told';
  }
  return foreign >= Math.max(1, Math.min(total_items, FOREIGN_LINES)) ? 'not ours' : 'not told';
}
