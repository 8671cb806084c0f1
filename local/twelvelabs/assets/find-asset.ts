import * as z from 'zod';
import { invalidParameter, noSuchAsset } from '../http/api-error.ts';
import type { BoxState } from '../state.ts';
import type { Asset } from './asset.ts';

/** The id of an asset, as it is written in a request. */
export const assetId = z.string().regex(/^[0-9a-fA-F]{24}$/, 'It is not an asset id');

/** The asset that a path names, or the refusal. */
export function findAsset(state: BoxState, id: string): Asset {
  if (!assetId.safeParse(id).success) throw invalidParameter('asset_id', 'It is not an asset id.');
  const asset = state.assets.get(id.toLowerCase());
  if (!asset) throw noSuchAsset(id, state.switches);
  return asset;
}
