import type { Analysis } from '../../shared/analysis.ts';
import { PAGE_LIMIT } from '../../shared/twelvelabs/client.ts';
import { isProviderError, type ProviderRefusedError } from '../../shared/twelvelabs/errors.ts';
import type { Asset } from '../../shared/twelvelabs/schemas.ts';
import { providerReason, type Reason } from '../../shared/video.ts';
import type { SubmitBatchesDeps } from './submit-batches.ts';

/** What is known of who is to blame for the refusal of a whole batch. */
export interface Blame {
  /** Their assets failed: they can't be analysed. */
  readonly failed: readonly { readonly analysis: Analysis; readonly reason: Reason }[];
  /** Their assets are processing again: they can wait. */
  readonly unready: readonly Analysis[];
  /** The provider's words name them: to be tried without the others. */
  readonly named: readonly Analysis[];
  /** Their assets are not shown: they may be gone, or the list may lag. */
  readonly unseen: readonly Analysis[];
  /** How many of their assets are shown; undefined when the provider does not say. */
  readonly seen: number | undefined;
}

/**
 * Who is to blame for a refusal, by the assets' own states and by the ids in the provider's words. An
 * asset that the list lacks proves nothing: lists may lag.
 */
export async function blame(
  analyses: readonly Analysis[],
  error: ProviderRefusedError,
  provider: Pick<SubmitBatchesDeps['provider'], 'listAssets'>,
): Promise<Blame> {
  const assets = await assetsOf(analyses, provider);
  const withStatus = (status: string) =>
    analyses.filter(({ assetId }) => assets?.get(assetId)?.status === status);
  return {
    failed: withStatus('failed').map((analysis) => {
      const words = assets?.get(analysis.assetId)?.error?.message;
      const reason = providerReason('asset_failed', words ?? 'the provider could not process it');
      return { analysis, reason };
    }),
    unready: withStatus('processing'),
    named: namedIn(`${error.message} ${error.details}`, analyses),
    unseen: assets ? analyses.filter(({ assetId }) => !assets.has(assetId)) : [],
    seen: assets && analyses.filter(({ assetId }) => assets.has(assetId)).length,
  };
}

/** Undefined when the provider does not say. */
async function assetsOf(
  analyses: readonly Analysis[],
  provider: Pick<SubmitBatchesDeps['provider'], 'listAssets'>,
): Promise<ReadonlyMap<string, Asset> | undefined> {
  const assets = new Map<string, Asset>();
  try {
    for (let start = 0; start < analyses.length; start += PAGE_LIMIT) {
      const ids = analyses.slice(start, start + PAGE_LIMIT).map(({ assetId }) => assetId);
      for (const asset of await provider.listAssets(ids)) assets.set(asset._id, asset);
    }
    return assets;
  } catch (error) {
    if (!isProviderError(error)) throw error;
    return undefined;
  }
}

/** Those that some words name by `asset_id`, by `custom_id`, or by their place among the `requests`. */
export function namedIn(words: string, analyses: readonly Analysis[]): Analysis[] {
  const places = words.matchAll(/\brequests(?:\[|\.)(\d+)/g);
  const named = new Set(Array.from(places, ([, place]) => analyses[Number(place)]));
  return analyses.filter(
    (analysis) =>
      named.has(analysis) ||
      words.includes(analysis.assetId) ||
      (analysis.customId !== undefined && words.includes(analysis.customId)),
  );
}
