import {
  type MultipartUpload,
  totalChunks,
  type UploadUrl,
  uploadStatus,
} from './multipart-upload.ts';

/** `IncompleteUploadSummary`: an upload in the list. */
export function summaryBody(upload: MultipartUpload, nowMs: number) {
  return {
    upload_id: upload.uploadId,
    status: uploadStatus(upload, nowMs),
    total_size: upload.totalBytes,
    chunk_size: upload.chunkBytes,
    total_chunks: totalChunks(upload),
    created_at: isoTime(upload.createdAtMs),
    expires_at: isoTime(upload.expiresAtMs),
  };
}

/** `PresignedURLChunk`: where a chunk is to be sent. */
export function urlBody(url: string, { chunkIndex, expiresAtMs }: UploadUrl) {
  return { chunk_index: chunkIndex, url, expires_at: isoTime(expiresAtMs) };
}

/** `GetUploadStatusResponse`: the upload, and a page of its chunks in their order. */
export function statusBody(
  upload: MultipartUpload,
  query: { readonly page: number; readonly page_limit: number },
  nowMs: number,
) {
  const { reported, failed } = upload;
  const { page, page_limit: limit } = query;
  const total = totalChunks(upload);
  const first = (page - 1) * limit + 1;
  const count = Math.max(0, Math.min(limit, total - first + 1));
  return {
    upload_id: upload.uploadId,
    status: uploadStatus(upload, nowMs),
    uploaded_chunks: Array.from({ length: count }, (_, index) => chunkBody(upload, first + index)),
    chunks_completed: reported.size,
    chunks_failed: failed.size,
    chunks_pending: total - reported.size - failed.size,
    page_info: {
      limit_per_page: limit,
      page,
      total_page: Math.ceil(total / limit),
      total_results: total,
    },
    total_size: upload.totalBytes,
    uploaded_size: [...reported.values()].reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    created_at: isoTime(upload.createdAtMs),
    updated_at: isoTime(upload.updatedAtMs),
  };
}

/** A moment on the wire. */
export function isoTime(ms: number): string {
  return new Date(ms).toISOString();
}

function chunkBody({ reported, failed, createdAtMs }: MultipartUpload, index: number) {
  const done = reported.get(index);
  const failure = failed.get(index);
  return {
    index,
    status: done ? 'completed' : failure ? 'failed' : 'pending',
    uploaded_at: done ? isoTime(done.atMs) : null,
    updated_at: isoTime(done?.atMs ?? failure?.atMs ?? createdAtMs),
    ...(failure && { error: failure.message }),
  };
}
