import type { FastifyRequest } from 'fastify';
import type { Background, Lane } from '../background.ts';
import { ApiError } from '../http/api-error.ts';
import type { BoxState } from '../state.ts';
import type { Asset } from './asset.ts';
import { examine, fetchMedia } from './fetch-media.ts';
import { takeUpload, withTempFile } from './take-upload.ts';
import { promisedType, readUploadFields, type UploadFields } from './upload-fields.ts';

/** What it takes to take an upload in. */
export interface AssetIntake {
  readonly state: BoxState;
  readonly background: Background;
  /** Where bytes lie until their facts are read. */
  readonly folder: string;
  /** Keeps a thousand URLs from being fetched at once. */
  readonly fetches: Lane;
}

/** Creates the asset of a valid upload: a file is read at once, a URL later. */
export async function createAsset(request: FastifyRequest, intake: AssetIntake): Promise<Asset> {
  const { state, folder } = intake;
  const maxBytes = state.limits.directUploadBytes;
  const id = state.makeId();
  return await withTempFile(folder, async (path) => {
    const form = await takeUpload(request, path, maxBytes);
    const fields = readUploadFields(form);
    const { file } = form;
    if (fields.method === 'direct' && file?.isTooLarge) throw tooLarge(maxBytes);
    const asset = newAsset(id, fields, state.clock.nowMs());
    if (fields.method === 'direct' && file) {
      const findings = await examine(path, file.sizeBytes);
      asset.outcome = { shownFromMs: shownFromMs(state), ...findings };
    } else if (fields.url !== undefined) {
      fetchLater(asset, fields.url, intake);
    }
    state.addAsset(asset);
    return asset;
  });
}

function newAsset(id: string, fields: UploadFields, createdAtMs: number): Asset {
  return {
    assetId: id,
    method: fields.method,
    filename: fields.filename,
    fileType: promisedType(fields.filename),
    createdAtMs,
    ...(fields.user_metadata && { userMetadata: fields.user_metadata }),
  };
}

function fetchLater(asset: Asset, url: string, intake: AssetIntake): void {
  const { state, background, fetches, folder } = intake;
  const limits = { maxBytes: state.limits.urlUploadBytes, signal: background.signal };
  background.start(async () => {
    const findings = await fetches.run(() =>
      withTempFile(folder, (path) => fetchMedia(url, path, limits)),
    );
    asset.outcome = { shownFromMs: shownFromMs(state), ...findings };
  });
}

function shownFromMs(state: BoxState): number {
  return state.clock.nowMs() + state.timing.assetProcessingMs;
}

function tooLarge(maxBytes: number): ApiError {
  const message = `The file is too large. It must be at most ${maxBytes} bytes.`;
  return new ApiError(400, 'video_filesize_too_large', message);
}
