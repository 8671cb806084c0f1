import { createReadStream, createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import type { Asset } from '../assets/asset.ts';
import type { AssetIntake } from '../assets/create-asset.ts';
import { examine, type Findings } from '../assets/examine.ts';
import { concludeAsset } from '../assets/new-asset.ts';
import { removeFiles } from '../assets/temp-files.ts';
import type { Background } from '../background.ts';
import type { BoxState } from '../state.ts';
import { type MultipartUpload, uploadStatus } from './multipart-upload.ts';

/** Ends an upload whose chunks have all been reported: they are joined and examined, later. */
export function finishUpload(upload: MultipartUpload, intake: AssetIntake): void {
  const { state, background, joins } = intake;
  const { asset, stored } = upload;
  const paths = [...stored].toSorted(([a], [b]) => a - b).map(([, { path }]) => path);
  upload.ended = 'completed';
  upload.cancelExpiry();
  stored.clear();
  asset.outcome = undefined;
  background.start(async () => {
    const findings = await joins.run(() =>
      examineJoined(paths, upload.totalBytes, background.signal),
    );
    concludeAsset(asset, findings, state);
  });
}

/** Ends the upload of an asset that was deleted while its chunks were still to come. */
export function abandonUploadOf(asset: Asset, state: BoxState): void {
  const nowMs = state.clock.nowMs();
  const upload = [...state.uploads.values()].find((each) => each.asset === asset);
  if (!upload || uploadStatus(upload, nowMs) !== 'active') return;
  upload.updatedAtMs = nowMs;
  upload.discard();
}

/** Removes the bytes that have come; nobody will join them. */
export function forgetChunks(upload: MultipartUpload, background: Background): void {
  const paths = [...upload.stored.values()].map(({ path }) => path);
  upload.stored.clear();
  background.start(() => removeFiles(paths));
}

/** Appends all to the first, so that the disk holds little more than the file itself. */
async function examineJoined(
  paths: readonly string[],
  totalBytes: number,
  signal: AbortSignal,
): Promise<Findings> {
  const [joined = '', ...others] = paths;
  try {
    for (const path of others) {
      const end = createWriteStream(joined, { flags: 'a' });
      await pipeline(createReadStream(path), end, { signal });
      await removeFiles([path]);
    }
    return await examine(joined, totalBytes);
  } catch {
    return { error: 'The file could not be read.' };
  } finally {
    await removeFiles(paths);
  }
}
