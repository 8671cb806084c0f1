import type { BoxSwitches } from '../switches.ts';
import type { Findings } from './examine.ts';
import type { MediaFacts } from './media-facts.ts';
import { technicalMetadata } from './technical-metadata.ts';
import type { UserMetadata } from './user-metadata.ts';

/** What became of an upload, and from when on an answer shows it. */
export type AssetOutcome = Findings & { readonly shownFromMs: number };

/** What faults do to an asset, decided when its upload is taken in. */
export interface AssetFate {
  /** What is added to its processing; `Infinity` if it never ends. */
  readonly extraMs: number;
  /** The message of its failure, whatever its bytes are. */
  readonly failure?: string;
}

/** What is made of an asset for its viewers, once it is ready. */
export interface DerivedMedia {
  readonly hls: boolean;
  readonly thumbnail: boolean;
}

/** An asset as the box remembers it. */
export interface Asset {
  readonly assetId: string;
  readonly method: 'direct' | 'url' | 'multipart';
  readonly filename: string;
  readonly fileType: string;
  readonly createdAtMs: number;
  readonly derived: DerivedMedia;
  readonly fate: AssetFate;
  userMetadata: UserMetadata;
  /** Absent while the bytes are under way. */
  outcome?: AssetOutcome | undefined;
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
export function assetBody(asset: Asset, nowMs: number, switches: BoxSwitches) {
  const { assetId, userMetadata } = asset;
  return {
    _id: assetId,
    ...(switches.assetIdKey === 'both' && { id: assetId }),
    method: asset.method,
    status: assetStatus(asset, nowMs),
    filename: asset.filename,
    file_type: readyFacts(asset, nowMs)?.mimeType ?? asset.fileType,
    created_at: new Date(asset.createdAtMs).toISOString(),
    ...(Object.keys(userMetadata).length > 0 && { user_metadata: userMetadata }),
  };
}

/** `AssetDetail`: what retrieving and listing answer. */
export function assetDetailBody(asset: Asset, nowMs: number, switches: BoxSwitches) {
  const facts = readyFacts(asset, nowMs);
  const { outcome } = asset;
  return {
    ...assetBody(asset, nowMs, switches),
    ...derivedMediaBody(asset, nowMs),
    ...(facts &&
      switches.technicalMetadata === 'whole' && {
        size: facts.sizeBytes,
        ...(!facts.image && { duration: facts.durationSeconds }),
        technical_metadata: technicalMetadata(facts),
      }),
    ...(outcome &&
      'error' in outcome &&
      nowMs >= outcome.shownFromMs && { error: { message: outcome.error } }),
  };
}

/** `AssetDetail` on the wire. */
export type AssetDetailBody = ReturnType<typeof assetDetailBody>;

/** The box derives nothing: the URLs are of a domain that never resolves. */
function derivedMediaBody(asset: Asset, nowMs: number) {
  const status = derivedStatuses[assetStatus(asset, nowMs)];
  const isReady = status === 'ready';
  const origin = `https://media.invalid/${asset.assetId}`;
  const hasStream = ['video', 'audio'].includes(assetType(asset, nowMs));
  return {
    ...(asset.derived.hls &&
      hasStream && {
        hls: { status, ...(isReady && { manifest_url: `${origin}/manifest.m3u8` }) },
      }),
    ...(asset.derived.thumbnail && {
      thumbnail: { status, ...(isReady && { representative_url: `${origin}/thumbnail.jpg` }) },
    }),
  };
}

const derivedStatuses = { processing: 'pending', ready: 'ready', failed: 'error' } as const;
