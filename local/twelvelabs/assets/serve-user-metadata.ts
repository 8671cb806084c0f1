import type { FastifyInstance, FastifyReply } from 'fastify';
import { does } from '../http/operation.ts';
import { readParameters } from '../http/read-parameters.ts';
import type { BoxState } from '../state.ts';
import { findAsset } from './find-asset.ts';
import { mergedMetadata, metadataChange, replacedMetadata } from './user-metadata.ts';

const PATH = '/assets/:assetId/user-metadata';

interface Route {
  readonly Params: { readonly assetId: string };
}

/** Serves what a user notes about an asset; every change is answered with nothing. */
export function serveUserMetadata(app: FastifyInstance, state: BoxState): void {
  app.patch<Route>(PATH, does('assets.updateUserMetadata'), async (request, reply) => {
    const asset = findAsset(state, request.params.assetId);
    const { user_metadata: change } = readParameters(metadataChange, request.body);
    asset.userMetadata = mergedMetadata(asset.userMetadata, change);
    return await nothing(reply, 204);
  });

  app.put<Route>(PATH, does('assets.replaceUserMetadata'), async (request, reply) => {
    const asset = findAsset(state, request.params.assetId);
    const { user_metadata: change } = readParameters(metadataChange, request.body);
    asset.userMetadata = replacedMetadata(change);
    return await nothing(reply, 204);
  });

  app.delete<Route>(PATH, does('assets.deleteUserMetadata'), async (request, reply) => {
    findAsset(state, request.params.assetId).userMetadata = {};
    return await nothing(reply, Number(state.switches.deleteStatus));
  });
}

async function nothing(reply: FastifyReply, status: number): Promise<FastifyReply> {
  return await reply.code(status).send();
}
