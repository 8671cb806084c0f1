import type { FastifyInstance } from 'fastify';
import * as z from 'zod';
import { invalidParameter, noSuchResource } from '../http/api-error.ts';
import { does } from '../http/operation.ts';
import { pageOf, pageQuery, repeated } from '../http/page.ts';
import { readParameters } from '../http/read-parameters.ts';
import type { BoxState } from '../state.ts';
import { type Asset, assetBody, assetDetailBody, assetType } from './asset.ts';
import { type AssetIntake, createAsset } from './create-asset.ts';

const assetId = z.string().regex(/^[0-9a-fA-F]{24}$/, 'It is not an asset id');

const listQuery = z.object({
  ...pageQuery,
  asset_ids: repeated(assetId),
  asset_types: repeated(z.enum(['image', 'video', 'audio', 'document'])),
  filename: z.string().optional(),
});

/** Serves /assets: uploads, what became of them, and their end. */
export function serveAssets(app: FastifyInstance, intake: AssetIntake): void {
  const { state } = intake;

  app.post('/assets', does('assets.create'), async (request, reply) => {
    state.rates.take('uploads', state.limits, state.clock.nowMs());
    const asset = await createAsset(request, intake);
    return reply.code(201).send(assetBody(asset, state.clock.nowMs()));
  });

  app.get('/assets', does('assets.list'), (request) => {
    const query = readParameters(listQuery, request.query);
    const nowMs = state.clock.nowMs();
    return pageOf(matching(state, query), query, (asset) => assetDetailBody(asset, nowMs));
  });

  app.get<{ Params: { assetId: string } }>('/assets/:assetId', does('assets.retrieve'), (request) =>
    assetDetailBody(findAsset(state, request.params.assetId), state.clock.nowMs()),
  );

  app.delete<{ Params: { assetId: string } }>(
    '/assets/:assetId',
    does('assets.delete'),
    async (request, reply) => {
      state.deleteAsset(findAsset(state, request.params.assetId).assetId);
      return reply.code(204).send();
    },
  );
}

function findAsset(state: BoxState, id: string): Asset {
  if (!assetId.safeParse(id).success) throw invalidParameter('asset_id', 'It is not an asset id.');
  const asset = state.assets.get(id.toLowerCase());
  if (!asset) throw noSuchResource('asset', id);
  return asset;
}

function matching(state: BoxState, query: z.infer<typeof listQuery>): Asset[] {
  const { asset_ids: ids, asset_types: types, filename } = query;
  const nowMs = state.clock.nowMs();
  const wanted = ids && new Set(ids.map((id) => id.toLowerCase()));
  const needle = filename?.toLowerCase();
  return [...state.assets.values()].filter(
    (asset) =>
      (!wanted || wanted.has(asset.assetId)) &&
      (!types || types.some((type) => type === assetType(asset, nowMs))) &&
      (needle === undefined || asset.filename.toLowerCase().includes(needle)),
  );
}
