import type { Asset } from '../assets/asset.ts';

/** The URL of a chunk: good for one upload, until it expires. */
export interface UploadUrl {
  readonly chunkIndex: number;
  readonly expiresAtMs: number;
  isUsed: boolean;
}

/** A chunk whose bytes have come, reported or not. */
export interface StoredChunk {
  readonly path: string;
  readonly etag: string;
  readonly sizeBytes: number;
}

/** A chunk that was reported: `sizeBytes` is what counts, whatever is sent for it later. */
export interface ReportedChunk {
  readonly sizeBytes: number;
  readonly atMs: number;
}

/** A chunk whose last report was wrong. */
export interface FailedChunk {
  readonly message: string;
  readonly atMs: number;
}

/** A multipart upload as the box remembers it. Chunks are counted from 1. */
export interface MultipartUpload {
  readonly uploadId: string;
  readonly asset: Asset;
  readonly totalBytes: number;
  readonly chunkBytes: number;
  readonly createdAtMs: number;
  readonly expiresAtMs: number;
  /** By their signatures. */
  readonly urls: Map<string, UploadUrl>;
  readonly stored: Map<number, StoredChunk>;
  readonly reported: Map<number, ReportedChunk>;
  readonly failed: Map<number, FailedChunk>;
  /** Calls off what is to happen when it expires. */
  readonly cancelExpiry: () => void;
  /** Gives it up: no chunk is taken any more, and those that came are removed. */
  readonly discard: () => void;
  updatedAtMs: number;
  /** Absent while it goes on, and when it has expired. */
  ended?: 'completed' | 'failed';
}

/** The status of an upload, as the SDK knows it. */
export type UploadStatus = 'active' | 'completed' | 'failed' | 'expired';

/** The status of an upload at a moment. */
export function uploadStatus(upload: MultipartUpload, nowMs: number): UploadStatus {
  if (upload.ended) return upload.ended;
  return nowMs < upload.expiresAtMs ? 'active' : 'expired';
}

/** How many chunks make up the file. */
export function totalChunks(upload: MultipartUpload): number {
  return Math.ceil(upload.totalBytes / upload.chunkBytes);
}

/** How long a chunk must be; only the last may be shorter than the others. */
export function expectedBytes(upload: MultipartUpload, chunkIndex: number): number {
  return Math.min(upload.chunkBytes, upload.totalBytes - (chunkIndex - 1) * upload.chunkBytes);
}
