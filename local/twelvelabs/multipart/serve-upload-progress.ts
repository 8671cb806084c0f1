import type { FastifyInstance } from 'fastify';
import * as z from 'zod';
import type { AssetIntake } from '../assets/create-asset.ts';
import { invalidParameter } from '../http/api-error.ts';
import { does } from '../http/operation.ts';
import { readParameters } from '../http/read-parameters.ts';
import type { BoxState } from '../state.ts';
import { findUpload, refuseIfOver } from './find-upload.ts';
import { finishUpload } from './finish-upload.ts';
import { type MultipartUpload, totalChunks } from './multipart-upload.ts';
import { reportChunks } from './report-chunks.ts';
import { isoTime } from './upload-bodies.ts';
import { type ChunkRange, makeUploadUrls, originOf } from './upload-urls.ts';

const urlsRequest = z.strictObject({ start: z.int().min(1), count: z.int().min(1) });

interface Route {
  readonly Params: { readonly uploadId: string };
}

/** Serves what brings the upload at `path` forward: reports of chunks, and URLs for more of them. */
export function serveUploadProgress(app: FastifyInstance, path: string, intake: AssetIntake): void {
  const { state } = intake;

  app.post<Route>(path, does('multipartUpload.reportChunkBatch'), (request) => {
    const upload = findUpload(state, request.params.uploadId);
    const nowMs = state.clock.nowMs();
    // One who lost the answer to the last report may ask again: all its chunks are duplicates.
    if (upload.ended !== 'completed') refuseIfOver(upload, nowMs);
    const { processed, duplicates } = reportChunks(upload, request.body, nowMs);
    const isComplete = upload.reported.size === totalChunks(upload);
    if (isComplete && !upload.ended) finishUpload(upload, intake);
    const { assetId } = upload.asset;
    return {
      asset_id: assetId,
      processed_chunks: processed,
      duplicate_chunks: duplicates,
      total_completed: upload.reported.size,
      ...(isComplete && { url: `${originOf(request)}/v1.3/assets/${assetId}` }),
    };
  });

  const operation = does('multipartUpload.getAdditionalPresignedUrls');
  app.post<Route>(`${path}/presigned-urls`, operation, (request) => {
    const upload = findUpload(state, request.params.uploadId);
    const nowMs = state.clock.nowMs();
    refuseIfOver(upload, nowMs);
    const range = readRange(request.body, upload, state);
    return {
      upload_id: upload.uploadId,
      start_index: range.start,
      count: range.count,
      upload_urls: makeUploadUrls(upload, range, originOf(request), state),
      generated_at: isoTime(nowMs),
      expires_at: isoTime(nowMs + state.timing.uploadUrlMs),
    };
  });
}

function readRange(body: unknown, upload: MultipartUpload, state: BoxState): ChunkRange {
  const { start, count } = readParameters(urlsRequest, body);
  const most = state.limits.uploadUrlsPerRequest;
  if (count > most) throw invalidParameter('count', `It must be at most ${most}.`);
  const total = totalChunks(upload);
  if (start > total) throw invalidParameter('start', `The upload has ${total} chunks.`);
  if (start + count - 1 > total) throw invalidParameter('count', `The upload has ${total} chunks.`);
  return { start, count };
}
