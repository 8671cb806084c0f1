import { extname } from 'node:path';
import type { Asset } from '../../shared/twelvelabs/schemas.ts';
import type { Video } from '../../shared/video.ts';
import type { RegisterAssetsDeps } from './register-asset.ts';

/** The provider fetches within minutes. The URL may end earlier, with the function's credentials. */
const URL_SECONDS = 6 * 3_600;

/** The asset of a video: the one that an earlier try made, or a new one. */
export async function createOrAdoptAsset(
  video: Video,
  deps: Pick<RegisterAssetsDeps, 'log' | 'objects' | 'provider' | 'route'>,
): Promise<Asset> {
  const filename = `${video.videoId}${extname(video.key)
    .toLowerCase()
    .replace(/[^.a-z0-9]/g, '')}`;
  // Only after an earlier try can there be an asset of this name: its reply may have been lost.
  const made = video.attempt > 1 ? await deps.provider.findAsset(filename) : undefined;
  if (made) {
    deps.log.info('asset_adopted', { key: video.key, assetId: made._id });
    return made;
  }
  const userMetadata = { s3_uri: `s3://${video.bucket}/${video.key}` };
  return await deps.provider.createAsset({ filename, userMetadata, source: await source() });

  async function source() {
    const { bucket, key, etag } = video;
    return deps.route === 'direct'
      ? { stream: await deps.objects.openStream(bucket, key, etag) }
      : { url: await deps.objects.presign(bucket, key, URL_SECONDS) };
  }
}
