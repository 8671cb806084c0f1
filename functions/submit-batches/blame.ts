import pMap from 'p-map';
import type { Analysis } from '../../shared/analysis.ts';
import { PAGE_LIMIT } from '../../shared/twelvelabs/client.ts';
import type { Asset } from '../../shared/twelvelabs/schemas.ts';
import { providerReason, type Reason } from '../../shared/video.ts';
import { WRITES_AT_ONCE } from '../../shared/waiting-room.ts';
import type { SubmitBatchesDeps } from './submit-batches.ts';

const NOT_READY_SECONDS = 300;

/**
 * Sets aside the analyses for which the provider refused a whole batch, as far as they can be told:
 * a failed asset ends them, one that is processing again makes them wait, and what is refused alone
 * is the culprit itself. An asset that the list lacks proves nothing: lists may lag.
 * @returns those not to blame, left as they were
 */
export async function blame(
  analyses: readonly Analysis[],
  refusal: Reason,
  deps: Pick<SubmitBatchesDeps, 'provider' | 'waitingRoom'>,
): Promise<Analysis[]> {
  const assets = new Map<string, Asset>();
  for (let start = 0; start < analyses.length; start += PAGE_LIMIT) {
    const ids = analyses.slice(start, start + PAGE_LIMIT).map(({ assetId }) => assetId);
    for (const asset of await deps.provider.listAssets(ids)) assets.set(asset._id, asset);
  }
  const innocent = await pMap(
    analyses,
    async (analysis) => {
      const asset = assets.get(analysis.assetId);
      const reason = analyses.length === 1 ? refusal : reasonAgainst(asset);
      if (asset?.status === 'processing') {
        await deps.waitingRoom.move(analysis, {
          to: 'queued',
          inSeconds: NOT_READY_SECONDS,
          by: 'clock',
          set: { reason: refusal },
        });
      } else if (reason) {
        await deps.waitingRoom.move(analysis, { to: 'failed', set: { reason } });
      } else {
        return [analysis];
      }
      return [];
    },
    { concurrency: WRITES_AT_ONCE },
  );
  return innocent.flat();
}

function reasonAgainst(asset: Asset | undefined): Reason | undefined {
  if (asset?.status !== 'failed') return undefined;
  const words = asset.error?.message ?? 'the provider could not process the file';
  return providerReason('asset_failed', words);
}
