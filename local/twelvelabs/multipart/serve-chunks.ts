import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { AssetIntake } from '../assets/create-asset.ts';
import { spoilRequests } from '../faults/spoil-requests.ts';
import { does } from '../http/operation.ts';
import { answerChunkError } from './chunk-error.ts';
import { takeChunk } from './take-chunk.ts';
import { findUploadUrl } from './upload-urls.ts';

/** Serves the presigned URLs of chunks, which stand in for S3: no key, bodies as they come, XML. */
export function serveChunks(app: FastifyInstance, intake: AssetIntake): void {
  const { state, background } = intake;
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', (_, payload, done) => done(null, payload));
  app.setErrorHandler<Error>(answerChunkError);
  app.addHook('onRequest', async (request) => {
    findUploadUrl(readRequest(request), state);
    state.requests.push('multipartUpload.putChunk');
  });
  spoilRequests(app, state, background.signal);

  app.put('/:uploadId/:chunkIndex', does('multipartUpload.putChunk'), async (request, reply) => {
    const { upload, url } = findUploadUrl(readRequest(request), state);
    url.isUsed = true;
    const body = request.body instanceof Readable ? request.body : Readable.from([]);
    try {
      const etag = await takeChunk(body, upload, url.chunkIndex, intake);
      return await reply.header('etag', `"${etag}"`).send();
    } catch (error) {
      // An attempt that left nothing behind leaves the URL as good as it was.
      url.isUsed = false;
      throw error;
    }
  });
}

function readRequest({ params, query }: FastifyRequest) {
  const { uploadId = '', chunkIndex = '' } = params as Record<string, string>;
  return {
    uploadId,
    chunkIndex,
    signature: (query as Record<string, unknown>)['X-Amz-Signature'],
  };
}
