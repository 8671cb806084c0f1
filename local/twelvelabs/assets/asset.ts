import type { Findings } from './fetch-media.ts';
import type { MediaFacts } from './media-facts.ts';

/** What became of an upload, and from when on an answer shows it. */
export type AssetOutcome = Findings & { readonly shownFromMs: number };

/** An asset as the box remembers it. */
export interface Asset {
  readonly assetId: string;
  readonly method: 'direct' | 'url';
  readonly filename: string;
  readonly fileType: string;
  readonly createdAtMs: number;
  readonly userMetadata?: Readonly<Record<string, unknown>>;
  /** Absent while the bytes are under way. */
  outcome?: AssetOutcome;
}

/** The status of an asset at a moment. */
export function assetStatus(asset: Asset, nowMs: number): 'processing' | 'ready' | 'failed' {
  const { outcome } = asset;
  if (!outcome || nowMs < outcome.shownFromMs) return 'processing';
  return 'facts' in outcome ? 'ready' : 'failed';
}

/** What the bytes said, once the asset is ready. */
export function readyFacts(asset: Asset, nowMs: number): MediaFacts | undefined {
  const { outcome } = asset;
  return outcome && 'facts' in outcome && nowMs >= outcome.shownFromMs ? outcome.facts : undefined;
}

/** The type that the filters of the list know: `video`, `audio`, `image` or `document`. */
export function assetType(asset: Asset, nowMs: number): string {
  const mimeType = readyFacts(asset, nowMs)?.mimeType ?? asset.fileType;
  const [family] = mimeType.split('/');
  return family === 'text' || family === 'application' ? 'document' : (family ?? 'document');
}

/** `Asset`: what creating one answers. */
export function assetBody(asset: Asset, nowMs: number) {
  return {
    _id: asset.assetId,
    method: asset.method,
    status: assetStatus(asset, nowMs),
    filename: asset.filename,
    file_type: readyFacts(asset, nowMs)?.mimeType ?? asset.fileType,
    created_at: new Date(asset.createdAtMs).toISOString(),
    ...(asset.userMetadata && { user_metadata: asset.userMetadata }),
  };
}

/** `AssetDetail`: what retrieving and listing answer. */
export function assetDetailBody(asset: Asset, nowMs: number) {
  const facts = readyFacts(asset, nowMs);
  const { outcome } = asset;
  return {
    ...assetBody(asset, nowMs),
    ...(facts && {
      size: facts.sizeBytes,
      duration: facts.durationSeconds,
      technical_metadata: technicalMetadata(facts),
    }),
    ...(outcome &&
      'error' in outcome &&
      nowMs >= outcome.shownFromMs && { error: { message: outcome.error } }),
  };
}

/** `AssetDetail` on the wire. */
export type AssetDetailBody = ReturnType<typeof assetDetailBody>;

function technicalMetadata(facts: MediaFacts) {
  const { video, audio } = facts;
  return {
    file_size_bytes: facts.sizeBytes,
    file_mime_type: facts.mimeType,
    file_container_format: facts.containerFormat,
    has_audio: audio !== undefined,
    total_video_streams: facts.videoStreamCount,
    total_audio_streams: facts.audioStreamCount,
    ...(video && {
      video_codec: video.codec,
      video_width: video.width,
      video_height: video.height,
      video_fps: video.fps,
      video_duration_seconds: facts.durationSeconds,
      video_bitrate_bps: video.bitrateBps,
      storage_aspect_ratio: Math.round((video.width / video.height) * 100) / 100,
      video_streams: [
        { index: 0, codec: video.codec, width: video.width, height: video.height, fps: video.fps },
      ],
    }),
    ...(audio && {
      audio_codec: audio.codec,
      audio_sample_rate: audio.sampleRate,
      audio_channels: audio.channels,
      audio_streams: [
        {
          index: 1,
          codec: audio.codec,
          sample_rate: audio.sampleRate,
          channels: audio.channels,
        },
      ],
    }),
  };
}
