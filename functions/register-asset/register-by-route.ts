import { extname } from 'node:path';
import { PipelineError } from '../../shared/errors.ts';
import { type Objects, sameObject } from '../../shared/objects.ts';
import type { Log } from '../../shared/observability.ts';
import type { AssetForm } from '../../shared/twelvelabs/asset-form.ts';
import type { TwelveLabs } from '../../shared/twelvelabs/client.ts';
import type { Video } from '../../shared/video.ts';
import type { Step } from '../../shared/waiting-room.ts';

export interface RegisterByRouteDeps {
  readonly provider: Pick<TwelveLabs, 'createAsset' | 'createMultipartUpload' | 'findAsset'>;
  readonly objects: Pick<Objects, 'head' | 'openStream' | 'presign'>;
  /** The provider fetches a file from a presigned URL, or we send it the bytes. */
  readonly route: 'url' | 'direct';
  /** Larger files are sent in chunks. */
  readonly chunksAboveBytes: number;
  /** Whether the reserved moment may still be used. */
  readonly isItsTurn: () => boolean;
  readonly now: () => Date;
  readonly log: Log;
}

/** The provider fetches within minutes. The URL may end earlier, with the function's credentials. */
const URL_SECONDS = 6 * 3_600;
const FIRST_LOOK_SECONDS = 2;

/** Thrown when all that comes before the request took so long that its moment has passed. */
export class TurnMissedError extends PipelineError {
  override readonly name = 'TurnMissedError';
  readonly code = 'turn_missed';
  readonly retryable = true;
}

/**
 * Registers the asset of a video by the route that its size allows, or adopts the one that an
 * earlier try made.
 * @returns where the video goes from here
 * @throws ObjectLostError, TurnMissedError, or an error of the provider's
 */
export async function registerByRoute(
  video: Video,
  deps: RegisterByRouteDeps,
): Promise<Step<Video>> {
  // It may have stood in line for weeks.
  const found = await deps.objects.head(video.bucket, video.key);
  const { sizeBytes } = sameObject(found, video.etag);
  return sizeBytes > deps.chunksAboveBytes
    ? await beginChunks(video, sizeBytes, deps)
    : await createOrAdopt(video, deps);
}

async function createOrAdopt(video: Video, deps: RegisterByRouteDeps): Promise<Step<Video>> {
  const { provider, now, log } = deps;
  const form = formOf(video);
  // Only after an earlier try can there be an asset of this name: its reply may have been lost.
  const made = video.attempt > 1 ? await provider.findAsset(form.filename) : undefined;
  if (made) log.info('asset_adopted', { assetId: made._id });
  const asset = made ?? (await create(form, await sourceOf(video, deps), deps));
  return {
    to: 'processing',
    inSeconds: FIRST_LOOK_SECONDS,
    set: { assetId: asset._id, registeredAt: now().toISOString(), reason: undefined },
  };
}

async function create(
  form: Omit<AssetForm, 'source'>,
  source: AssetForm['source'],
  { provider, isItsTurn }: RegisterByRouteDeps,
) {
  if (!isItsTurn()) throw new TurnMissedError('the moment has passed');
  return await provider.createAsset({ ...form, source });
}

async function sourceOf(
  video: Video,
  { objects, route }: RegisterByRouteDeps,
): Promise<AssetForm['source']> {
  return route === 'direct'
    ? { stream: await objects.openStream(video) }
    : { url: await objects.presign(video, URL_SECONDS) };
}

/**
 * Begins an upload in chunks. One whose reply was lost can't be found again, for the provider's list
 * of them has no names; it holds no bytes, and the provider forgets it after a day.
 */
async function beginChunks(
  video: Video,
  totalBytes: number,
  { provider, now, isItsTurn }: RegisterByRouteDeps,
): Promise<Step<Video>> {
  if (!isItsTurn()) throw new TurnMissedError('the moment has passed');
  const { assetId, ...upload } = await provider.createMultipartUpload({
    ...formOf(video),
    totalBytes,
  });
  const registeredAt = now().toISOString();
  const set = { assetId, upload, registeredAt, sizeBytes: totalBytes, reason: undefined };
  return { to: 'uploading', inSeconds: 0, set };
}

function formOf({ videoId, bucket, key }: Video) {
  const suffix = extname(key)
    .toLowerCase()
    .replace(/[^.a-z0-9]/g, '');
  return {
    // Unique, so that it is found again.
    filename: `${videoId}${suffix}`,
    userMetadata: { s3_uri: `s3://${bucket}/${key}` },
  };
}
