import * as z from 'zod';
import type { Asset } from '../assets/asset.ts';
import type { AssetIntake } from '../assets/create-asset.ts';
import { tooLargeMessage } from '../assets/examine.ts';
import { newAsset } from '../assets/new-asset.ts';
import { userMetadata } from '../assets/user-metadata.ts';
import { ApiError, UncodedError } from '../http/api-error.ts';
import { readParameters } from '../http/read-parameters.ts';
import type { BoxLimits } from '../settings.ts';
import { forgetChunks } from './finish-upload.ts';
import type { MultipartUpload } from './multipart-upload.ts';

const createRequest = z.strictObject({
  filename: z.string().min(1).max(255),
  type: z.enum(['video', 'audio', 'image']),
  total_size: z.int().min(1),
  enable_hls: z.boolean().nullish(),
  enable_thumbnail: z.boolean().nullish(),
  user_metadata: userMetadata.nullish(),
});

type CreateRequest = z.infer<typeof createRequest>;

/** Creates the upload and the asset that it will be the file of, or throws the refusal. */
export function createMultipartUpload(body: unknown, intake: AssetIntake): MultipartUpload {
  const { state } = intake;
  const fields = readParameters(createRequest, body);
  refuseIfTooLarge(fields, state.limits);
  const asset = newAsset(state.makeId(), draftOf(fields), state);
  const upload = plannedUpload(asset, fields.total_size, intake);
  asset.outcome = {
    shownFromMs: upload.expiresAtMs,
    error: 'The upload was not completed in time.',
  };
  state.uploads.set(upload.uploadId, upload);
  return upload;
}

function plannedUpload(
  asset: Asset,
  totalBytes: number,
  { state, background }: AssetIntake,
): MultipartUpload {
  const { clock, limits, timing } = state;
  const createdAtMs = clock.nowMs();
  const upload: MultipartUpload = {
    uploadId: state.makeId(),
    asset,
    totalBytes,
    chunkBytes: limits.chunkBytes,
    createdAtMs,
    expiresAtMs: createdAtMs + timing.uploadSessionMs,
    urls: new Map(),
    stored: new Map(),
    reported: new Map(),
    failed: new Map(),
    cancelExpiry: clock.after(timing.uploadSessionMs, () => forgetChunks(upload, background)),
    discard: () => {
      upload.ended ??= 'failed';
      upload.cancelExpiry();
      forgetChunks(upload, background);
    },
    updatedAtMs: createdAtMs,
  };
  return upload;
}

function draftOf(fields: CreateRequest) {
  return {
    method: 'multipart' as const,
    filename: fields.filename,
    enableHls: fields.enable_hls ?? undefined,
    enableThumbnail: fields.enable_thumbnail ?? undefined,
    userMetadata: fields.user_metadata ?? undefined,
  };
}

function refuseIfTooLarge({ type, total_size: sizeBytes }: CreateRequest, limits: BoxLimits): void {
  if (type === 'image' && sizeBytes > limits.imageUploadBytes) {
    const message = tooLargeMessage(limits.imageUploadBytes);
    throw new UncodedError(400, 'image_filesize_too_large', message);
  }
  if (sizeBytes > limits.multipartUploadBytes) {
    const message = tooLargeMessage(limits.multipartUploadBytes);
    throw new ApiError(400, 'video_filesize_too_large', message);
  }
}
