import { type Asset, assetStatus, readyFacts } from '../assets/asset.ts';
import type { MediaFacts } from '../assets/media-facts.ts';
import { type ApiError, invalidParameter, noSuchAsset, UncodedError } from '../http/api-error.ts';
import type { BoxState } from '../state.ts';
import type { ItemSettings, RequestedItem } from './batch-request.ts';
import type { MediaSource } from './response-format.ts';

/** A video that can be analyzed. */
export interface ReadyVideo {
  readonly filename: string;
  readonly facts: MediaFacts;
}

/** The video of an item, or throws the refusal for one that is absent or not ready. */
export function findVideo(item: RequestedItem, state: BoxState): ReadyVideo {
  const asset = findAsset(item.assetId, state);
  const facts = readyFacts(asset, state.clock.nowMs());
  if (!facts) throw notReady(item.assetId);
  return { filename: asset.filename, facts };
}

/** Throws the refusal for a reference image that is absent, not ready, or no image. */
export function checkReferenceImages(settings: ItemSettings, state: BoxState): void {
  for (const { asset_id: assetId } of referenceImages(settings)) {
    if (assetId == null) continue;
    const asset = findAsset(assetId.toLowerCase(), state);
    if (assetStatus(asset, state.clock.nowMs()) !== 'ready') throw notReady(assetId);
    if (readyFacts(asset, state.clock.nowMs())?.image) continue;
    throw invalidParameter('media_sources', `The asset with ID ${assetId} is not an image.`);
  }
}

function referenceImages({ prompt, response_format: format }: ItemSettings): MediaSource[] {
  const definitions = format?.segment_definitions ?? [];
  return [prompt, ...definitions].flatMap((each) => each?.media_sources ?? []);
}

function findAsset(assetId: string, { assets, switches }: BoxState): Asset {
  const asset = assets.get(assetId);
  if (!asset) throw noSuchAsset(assetId, switches);
  return asset;
}

function notReady(assetId: string): ApiError {
  const message = `The asset with ID ${assetId} is not ready.`;
  return new UncodedError(409, 'asset_not_ready', message);
}
