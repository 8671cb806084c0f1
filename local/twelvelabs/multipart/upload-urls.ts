import { randomBytes } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import type { BoxState } from '../state.ts';
import { ChunkError, noSuchUpload } from './chunk-error.ts';
import { type MultipartUpload, type UploadUrl, uploadStatus } from './multipart-upload.ts';
import { urlBody } from './upload-bodies.ts';

/** Which chunks URLs are for. */
export interface ChunkRange {
  readonly start: number;
  readonly count: number;
}

/** Where the client reaches the box. */
export function originOf({ protocol, host }: FastifyRequest): string {
  return `${protocol}://${host}`;
}

/** Makes a new URL for each chunk of the range, whatever URLs it had before. */
export function makeUploadUrls(
  upload: MultipartUpload,
  { start, count }: ChunkRange,
  origin: string,
  state: BoxState,
) {
  const { uploadUrlMs } = state.timing;
  const expiresAtMs = state.clock.nowMs() + uploadUrlMs;
  return Array.from({ length: count }, (_, offset) => {
    const url: UploadUrl = { chunkIndex: start + offset, expiresAtMs, isUsed: false };
    const signature = randomBytes(32).toString('hex');
    upload.urls.set(signature, url);
    const path = `${origin}/chunks/${upload.uploadId}/${url.chunkIndex}`;
    const expiry = `X-Amz-Expires=${Math.ceil(uploadUrlMs / 1000)}`;
    return urlBody(`${path}?${expiry}&X-Amz-Signature=${signature}`, url);
  });
}

/** What a request to a presigned URL says. */
export interface ChunkRequest {
  readonly uploadId: string;
  readonly chunkIndex: string;
  readonly signature: unknown;
}

/** The upload and the URL that a request uses, or the refusal that S3 would answer. */
export function findUploadUrl(request: ChunkRequest, state: BoxState) {
  const upload = state.uploads.get(request.uploadId);
  if (!upload) throw noSuchUpload();
  const url = upload.urls.get(String(request.signature));
  if (!url || String(url.chunkIndex) !== request.chunkIndex) {
    throw new ChunkError(403, 'SignatureDoesNotMatch', 'The signature does not match the request.');
  }
  const nowMs = state.clock.nowMs();
  if (nowMs >= url.expiresAtMs) throw new ChunkError(403, 'AccessDenied', 'Request has expired');
  if (url.isUsed) throw new ChunkError(403, 'AccessDenied', 'The URL has been used already.');
  if (uploadStatus(upload, nowMs) !== 'active') throw noSuchUpload();
  return { upload, url };
}
