import { noSuchResource, UncodedError } from '../http/api-error.ts';
import type { BoxState } from '../state.ts';
import { type MultipartUpload, uploadStatus } from './multipart-upload.ts';

/** The upload that a path names, or the refusal. */
export function findUpload(state: BoxState, uploadId: string): MultipartUpload {
  const upload = state.uploads.get(uploadId.toLowerCase());
  if (!upload) throw noSuchResource('upload', uploadId);
  return upload;
}

/** Throws the refusal for an upload that is complete, expired, or given up. */
export function refuseIfOver(upload: MultipartUpload, nowMs: number): void {
  const status = uploadStatus(upload, nowMs);
  if (status === 'active') return;
  throw new UncodedError(400, `upload_${status}`, `The upload is ${status}. Create a new one.`);
}
