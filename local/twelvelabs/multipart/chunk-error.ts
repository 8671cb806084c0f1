import type { FastifyReply, FastifyRequest } from 'fastify';

/** A refusal of a chunk, as S3 words it. */
export class ChunkError extends Error {
  override readonly name = 'ChunkError';
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/** 404: the upload never was, is complete, or has expired. */
export function noSuchUpload(): ChunkError {
  return new ChunkError(404, 'NoSuchUpload', 'The specified multipart upload does not exist.');
}

/** Writes every failure of a chunk as S3 would: as XML. */
export function answerChunkError(error: Error, request: FastifyRequest, reply: FastifyReply): void {
  const { status, code, message } = asChunkError(error);
  reply
    .code(status)
    .type('application/xml')
    .send(
      `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code>` +
        `<Message>${message}</Message><RequestId>${request.id}</RequestId></Error>`,
    );
}

function asChunkError(error: Error): ChunkError {
  if (error instanceof ChunkError) return error;
  const { statusCode = 500 } = error as Error & { statusCode?: number };
  return statusCode < 500
    ? new ChunkError(400, 'InvalidRequest', 'The request can not be read.')
    : new ChunkError(500, 'InternalError', 'We encountered an internal error. Please try again.');
}
