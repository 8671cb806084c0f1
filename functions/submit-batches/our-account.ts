import type { Analysis } from '../../shared/analysis.ts';
import { PAGE_LIMIT } from '../../shared/twelvelabs/client.ts';
import { ProviderRefusedError } from '../../shared/twelvelabs/errors.ts';
import type { Reason } from '../../shared/video.ts';
import type { SubmitBatchesDeps } from './submit-batches.ts';

const BATCHES_ASKED_FOR = 3;

/** What a row says while the API key shows nothing of ours. */
export const anotherAccount: Reason = {
  code: 'account_without_our_work',
  message: 'the API key shows neither our assets nor our batches: is it of another account?',
};

/**
 * Whether the API key opens the account that our work is in: `yes` when it shows an asset of these
 * analyses or one of our latest batches, `no` when it shows none of what there is to ask for. With the
 * key of another account in the secret, each refusal and each absence would be a mistake.
 * @throws ProviderSilentError, or ProviderRefusedError, when the provider can't say
 */
export async function isOurAccount(
  analyses: readonly Analysis[],
  { provider, store }: Pick<SubmitBatchesDeps, 'provider' | 'store'>,
): Promise<'yes' | 'no' | 'unknown'> {
  const assetIds = analyses.slice(0, PAGE_LIMIT).map(({ assetId }) => assetId);
  if (assetIds.length > 0 && (await provider.listAssets(assetIds)).length > 0) return 'yes';
  const batches = [
    ...(await store.lastIn('active', BATCHES_ASKED_FOR)),
    ...(await store.lastIn('closed', BATCHES_ASKED_FOR)),
  ].flatMap((row) =>
    // One of no items never was at the provider: it is the doctor's probe.
    row.kind === 'batch' && row.providerBatchId && row.itemCount !== 0 ? [row.providerBatchId] : [],
  );
  for (const batchId of batches) {
    try {
      await provider.retrieveBatch(batchId);
      return 'yes';
    } catch (error) {
      const isUnknown = error instanceof ProviderRefusedError && [403, 404].includes(error.status);
      if (!isUnknown) throw error;
    }
  }
  return batches.length === 0 ? 'unknown' : 'no';
}
