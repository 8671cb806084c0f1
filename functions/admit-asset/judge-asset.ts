import type { Asset } from '../../shared/twelvelabs/schemas.ts';
import { providerReason, type Reason } from '../../shared/video.ts';
import { brokenLimit, type VideoFacts, type VideoLimits } from '../../shared/video-limits.ts';

export type Verdict =
  | { readonly kind: 'ready'; readonly facts: VideoFacts }
  | { readonly kind: 'waiting'; readonly reason?: Reason }
  /** The provider could not make an asset of it, which may not be the file's fault. */
  | { readonly kind: 'failed'; readonly reason: Reason }
  | { readonly kind: 'rejected'; readonly reason: Reason; readonly facts: VideoFacts };

/**
 * Words that speak of the file. The provider documents messages, but no codes of failed assets (its
 * general codes `video_resolution_too_low`, `video_file_broken`, … are made of the same words).
 */
const ABOUT_THE_FILE =
  /resolution|aspect|video.duration|duration of the (video|file)|too.(short|long|large|small|low|high)|corrupt|broken|codec|(unsupported|invalid) (file|format|video|media|container)|(file|format|video|media|container).*not supported/i;

/**
 * What becomes of a video, by what the provider says of its asset. Undefined: its list lacks the
 * asset, which right after an upload, or with the key of another account, proves nothing.
 */
export function judgeAsset(asset: Asset | undefined, limits: VideoLimits): Verdict {
  if (!asset) {
    const reason = { code: 'asset_missing', message: 'the provider does not list the asset' };
    return { kind: 'waiting', reason };
  }
  const facts = factsOf(asset);
  if (asset.status === 'failed') {
    const words = asset.error?.message ?? 'the provider could not process the file';
    const reason = providerReason('asset_failed', words);
    return ABOUT_THE_FILE.test(words)
      ? { kind: 'rejected', reason, facts }
      : { kind: 'failed', reason };
  }
  // `processing`, or a state that is not in the documents yet.
  if (asset.status !== 'ready') return { kind: 'waiting' };
  const message = brokenLimit(facts, limits);
  return message
    ? { kind: 'rejected', reason: { code: 'over_limit', message }, facts }
    : { kind: 'ready', facts };
}

function factsOf({ duration, technical_metadata: technical }: Asset): VideoFacts {
  const durationSeconds = duration ?? technical?.video_duration_seconds;
  const widthPixels = technical?.video_width;
  const heightPixels = technical?.video_height;
  return {
    ...(typeof durationSeconds === 'number' && { durationSeconds }),
    ...(typeof widthPixels === 'number' && { widthPixels }),
    ...(typeof heightPixels === 'number' && { heightPixels }),
  };
}
