import type { FastifyInstance } from 'fastify';
import * as z from 'zod';
import type { AssetIntake } from '../assets/create-asset.ts';
import { does } from '../http/operation.ts';
import { pageOf, pageQuery } from '../http/page.ts';
import { readParameters } from '../http/read-parameters.ts';
import type { BoxState } from '../state.ts';
import { createMultipartUpload } from './create-multipart-upload.ts';
import { findUpload } from './find-upload.ts';
import { type MultipartUpload, totalChunks, uploadStatus } from './multipart-upload.ts';
import { serveUploadProgress } from './serve-upload-progress.ts';
import { isoTime, statusBody, summaryBody } from './upload-bodies.ts';
import { makeUploadUrls, originOf } from './upload-urls.ts';

const PATH = '/assets/multipart-uploads';

interface Route {
  readonly Params: { readonly uploadId: string };
}

/** Serves multipart uploads, all but the chunks themselves. */
export function serveMultipartUploads(app: FastifyInstance, intake: AssetIntake): void {
  const { state } = intake;
  app.addHook('onClose', async () => {
    for (const upload of state.uploads.values()) upload.discard();
  });

  app.post(PATH, does('multipartUpload.create'), async (request, reply) => {
    const { limits, switches } = state;
    if (switches.multipartCounts) state.rates.take('uploads', limits, state.clock.nowMs());
    const upload = createMultipartUpload(request.body, intake);
    const range = { start: 1, count: Math.min(limits.uploadUrlsAtFirst, totalChunks(upload)) };
    return reply.code(201).send({
      upload_id: upload.uploadId,
      asset_id: upload.asset.assetId,
      upload_urls: makeUploadUrls(upload, range, originOf(request), state),
      upload_headers: {},
      chunk_size: upload.chunkBytes,
      total_chunks: totalChunks(upload),
      expires_at: isoTime(upload.expiresAtMs),
    });
  });

  app.get(PATH, does('multipartUpload.listIncompleteUploads'), (request) => {
    const query = readParameters(z.object(pageQuery), request.query);
    const nowMs = state.clock.nowMs();
    return pageOf(incompleteUploads(state, nowMs), query, (upload) => summaryBody(upload, nowMs));
  });

  app.get<Route>(`${PATH}/:uploadId`, does('multipartUpload.getStatus'), (request) => {
    const query = readParameters(z.object(pageQuery), request.query);
    return statusBody(findUpload(state, request.params.uploadId), query, state.clock.nowMs());
  });

  serveUploadProgress(app, `${PATH}/:uploadId`, intake);
}

/** The uploads that can still be completed. */
function incompleteUploads(state: BoxState, nowMs: number): MultipartUpload[] {
  const newestMs = nowMs - state.switches.listLagMs;
  return [...state.uploads.values()].filter(
    (upload) => uploadStatus(upload, nowMs) === 'active' && upload.createdAtMs <= newestMs,
  );
}
