import type { AssetLimits } from '../../shared/twelvelabs/limits.ts';
import type { Asset } from '../../shared/twelvelabs/schemas.ts';
import { providerReason, type Reason } from '../../shared/video.ts';

/** What the provider read from the file. */
export interface AssetFacts {
  readonly durationSeconds?: number;
  readonly widthPixels?: number;
  readonly heightPixels?: number;
}

export type Verdict =
  | { readonly kind: 'ready'; readonly facts: AssetFacts }
  | { readonly kind: 'waiting'; readonly reason?: Reason }
  | { readonly kind: 'rejected'; readonly reason: Reason; readonly facts: AssetFacts };

/**
 * What becomes of a video, by what the provider says of its asset. Undefined: its list lacks the
 * asset, which right after an upload, or with the key of another account, proves nothing.
 */
export function judgeAsset(asset: Asset | undefined, limits: AssetLimits): Verdict {
  if (!asset) {
    const reason = { code: 'asset_missing', message: 'the provider does not list the asset' };
    return { kind: 'waiting', reason };
  }
  const facts = factsOf(asset);
  if (asset.status === 'failed') {
    const message = asset.error?.message ?? 'the provider could not process the file';
    return { kind: 'rejected', reason: providerReason('asset_failed', message), facts };
  }
  // `processing`, or a state that is not in the documents yet.
  if (asset.status !== 'ready') return { kind: 'waiting' };
  const message = brokenLimit(facts, limits);
  return message
    ? { kind: 'rejected', reason: { code: 'over_limit', message }, facts }
    : { kind: 'ready', facts };
}

function factsOf({ duration, technical_metadata: technical }: Asset): AssetFacts {
  const durationSeconds = duration ?? technical?.video_duration_seconds;
  const widthPixels = technical?.video_width;
  const heightPixels = technical?.video_height;
  return {
    ...(typeof durationSeconds === 'number' && { durationSeconds }),
    ...(typeof widthPixels === 'number' && { widthPixels }),
    ...(typeof heightPixels === 'number' && { heightPixels }),
  };
}

/** The first limit that a fact breaks, with value and limit; a fact that is not known breaks none. */
function brokenLimit(facts: AssetFacts, limits: AssetLimits): string | undefined {
  const { durationSeconds: duration, widthPixels: width, heightPixels: height } = facts;
  if (duration !== undefined && duration < limits.minDurationSeconds) {
    return `duration ${duration} s is under the limit of ${limits.minDurationSeconds} s`;
  }
  if (duration !== undefined && duration > limits.maxDurationSeconds) {
    return `duration ${duration} s is over the limit of ${limits.maxDurationSeconds} s`;
  }
  if (width === undefined || height === undefined) return undefined;
  const [short, long] = width < height ? [width, height] : [height, width];
  const picture = `picture ${width}x${height}`;
  if (short < limits.minSidePixels) {
    return `${picture} is under the limit of ${limits.minSidePixels} pixels a side`;
  }
  if (long > limits.maxLongSidePixels || short > limits.maxShortSidePixels) {
    return `${picture} is over the limit of ${limits.maxLongSidePixels}x${limits.maxShortSidePixels}`;
  }
  if (long / short > limits.maxAspect) {
    return `${picture} is ${(long / short).toFixed(2)}:1, over the limit of ${limits.maxAspect}:1`;
  }
  return undefined;
}

/** Looks come at half the time already waited: soon at first, at most every five minutes. */
export function nextLookSeconds(waitedSeconds: number): number {
  return Math.min(300, Math.max(2, waitedSeconds / 2));
}
