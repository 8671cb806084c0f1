import type { FastifyRequest } from 'fastify';
import type { Background, Lane } from '../background.ts';
import { ApiError, UncodedError } from '../http/api-error.ts';
import type { BoxState } from '../state.ts';
import type { Asset } from './asset.ts';
import { examine, type Findings, tooLargeImage, tooLargeMessage } from './examine.ts';
import { fetchMedia } from './fetch-media.ts';
import { concludeAsset, newAsset } from './new-asset.ts';
import { takeUpload, type UploadedFile } from './take-upload.ts';
import type { TempFiles } from './temp-files.ts';
import { readUploadFields, type UploadFields } from './upload-fields.ts';

/** What it takes to take an upload in. */
export interface AssetIntake {
  readonly state: BoxState;
  readonly background: Background;
  /** Where bytes lie until their facts are read. */
  readonly files: TempFiles;
  /** Keeps a thousand URLs from being fetched at once. */
  readonly fetches: Lane;
  /** Keeps a thousand uploads in chunks from being joined at once. */
  readonly joins: Lane;
}

/** Creates the asset of a valid upload: a file is read at once, a URL later. */
export async function createAsset(request: FastifyRequest, intake: AssetIntake): Promise<Asset> {
  const { state, files } = intake;
  const assetId = state.makeId();
  return await files.use(async ({ path }) => {
    const form = await takeUpload(request, path, state.limits.directUploadBytes);
    const fields = readUploadFields(form);
    if (fields.method === 'direct' && form.file) {
      return takeFile(assetId, fields, await examineFile(form.file, state), state);
    }
    const asset = newAsset(assetId, draftOf(fields), state);
    if (fields.url !== undefined) fetchLater(asset, fields.url, intake);
    return asset;
  });
}

async function examineFile(file: UploadedFile, { limits }: BoxState): Promise<Findings> {
  if (file.isTooLarge) {
    const message = tooLargeMessage(limits.directUploadBytes);
    throw new ApiError(400, 'video_filesize_too_large', message);
  }
  const findings = await examine(file.path, file.sizeBytes);
  const refusal = tooLargeImage(findings, limits);
  if (refusal !== undefined) throw new UncodedError(400, 'image_filesize_too_large', refusal);
  return findings;
}

function takeFile(id: string, fields: UploadFields, findings: Findings, state: BoxState): Asset {
  const asset = newAsset(id, draftOf(fields), state);
  const isReadyAtOnce = state.switches.smallUploads === 'ready-at-once';
  concludeAsset(asset, findings, state, isReadyAtOnce ? 0 : undefined);
  return asset;
}

function draftOf(fields: UploadFields) {
  return {
    method: fields.method,
    filename: fields.filename,
    enableHls: fields.enable_hls,
    enableThumbnail: fields.enable_thumbnail,
    userMetadata: fields.user_metadata,
  };
}

function fetchLater(asset: Asset, url: string, intake: AssetIntake): void {
  const { state, background, fetches, files } = intake;
  background.start(async () => {
    const findings = await fetches.run(() =>
      files.use(({ path }) => {
        const { urlUploadBytes: maxBytes } = state.limits;
        return fetchMedia(url, path, { maxBytes, signal: background.signal });
      }),
    );
    concludeAsset(asset, findings, state);
  });
}
