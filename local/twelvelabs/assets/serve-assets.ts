import type { FastifyInstance } from 'fastify';
import * as z from 'zod';
import { invalidParameter, UncodedError } from '../http/api-error.ts';
import { does } from '../http/operation.ts';
import { pageOf, pageQuery, repeated } from '../http/page.ts';
import { readParameters } from '../http/read-parameters.ts';
import { abandonUploadOf } from '../multipart/finish-upload.ts';
import type { BoxState } from '../state.ts';
import { type Asset, assetBody, assetDetailBody, assetType } from './asset.ts';
import { type AssetIntake, createAsset } from './create-asset.ts';
import { assetId, findAsset } from './find-asset.ts';

const listQuery = z.object({
  ...pageQuery,
  asset_ids: repeated(assetId),
  asset_types: repeated(z.enum(['image', 'video', 'audio', 'document'])),
  filename: z.string().optional(),
});

type ListQuery = z.infer<typeof listQuery>;

const deleteQuery = z.object({ force: z.enum(['true', 'false']).default('false') });

interface Route {
  readonly Params: { readonly assetId: string };
}

/** Serves /assets: uploads, what became of them, and their end. */
export function serveAssets(app: FastifyInstance, intake: AssetIntake): void {
  const { state } = intake;

  app.post('/assets', does('assets.create'), async (request, reply) => {
    state.rates.take('uploads', state.limits, state.clock.nowMs());
    const asset = await createAsset(request, intake);
    return reply.code(201).send(assetBody(asset, state.clock.nowMs(), state.switches));
  });

  app.get('/assets', does('assets.list'), (request) => {
    const query = readParameters(listQuery, request.query);
    const nowMs = state.clock.nowMs();
    return pageOf(matching(state, query), query, (asset) =>
      assetDetailBody(asset, nowMs, state.switches),
    );
  });

  app.get<Route>('/assets/:assetId', does('assets.retrieve'), (request) => {
    const asset = findAsset(state, request.params.assetId);
    return assetDetailBody(asset, state.clock.nowMs(), state.switches);
  });

  app.delete<Route>('/assets/:assetId', does('assets.delete'), async (request, reply) => {
    const { force } = readParameters(deleteQuery, request.query);
    const asset = findAsset(state, request.params.assetId);
    if (force === 'false') refuseIfInUse(asset, state);
    state.deleteAsset(asset.assetId);
    abandonUploadOf(asset, state);
    return reply.code(Number(state.switches.deleteStatus)).send();
  });
}

function refuseIfInUse(asset: Asset, state: BoxState): void {
  if (state.switches.assetInUse === 'deleted' || !state.isAssetInUse(asset.assetId)) return;
  const message = `The asset with ID ${asset.assetId} is in use. Set force to true to delete it.`;
  throw new UncodedError(409, 'asset_in_use', message);
}

function matching(state: BoxState, query: ListQuery): Asset[] {
  const { asset_ids: ids, asset_types: types, filename } = query;
  const { limits, switches } = state;
  if (ids && ids.length > limits.assetIdsInList) {
    throw invalidParameter('asset_ids', `It has at most ${limits.assetIdsInList} values.`);
  }
  const nowMs = state.clock.nowMs();
  const wanted = ids && new Set(ids.map((id) => id.toLowerCase()));
  return [...state.assets.values()].filter(
    (asset) =>
      asset.createdAtMs <= nowMs - switches.listLagMs &&
      (!wanted || wanted.has(asset.assetId)) &&
      (!types || types.some((type) => type === assetType(asset, nowMs))) &&
      (filename === undefined || isNamed(asset, filename, switches.filenameFilter)),
  );
}

function isNamed(asset: Asset, name: string, how: 'contains' | 'exact'): boolean {
  if (how === 'exact') return asset.filename === name;
  return asset.filename.toLowerCase().includes(name.toLowerCase());
}
