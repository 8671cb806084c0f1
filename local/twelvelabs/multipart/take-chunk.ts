import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { AssetIntake } from '../assets/create-asset.ts';
import { removeFiles } from '../assets/temp-files.ts';
import { ChunkError, noSuchUpload } from './chunk-error.ts';
import { type MultipartUpload, type StoredChunk, uploadStatus } from './multipart-upload.ts';

/** Takes the bytes of a chunk in, a few in memory at a time, and returns their ETag without quotes. */
export async function takeChunk(
  body: Readable,
  upload: MultipartUpload,
  chunkIndex: number,
  { state, background, files }: AssetIntake,
): Promise<string> {
  return await files.use(async (file) => {
    const chunk = await saveChunk(body, file.path, upload.chunkBytes, background.signal);
    if (uploadStatus(upload, state.clock.nowMs()) !== 'active') throw noSuchUpload();
    // What was reported stays as it was: its proof is that of the bytes that are kept.
    if (upload.reported.has(chunkIndex)) return chunk.etag;
    const before = upload.stored.get(chunkIndex);
    upload.stored.set(chunkIndex, chunk);
    file.isKept = true;
    if (before) await removeFiles([before.path]);
    return chunk.etag;
  });
}

async function saveChunk(
  body: Readable,
  path: string,
  maxBytes: number,
  signal: AbortSignal,
): Promise<StoredChunk> {
  const hash = createHash('md5');
  let sizeBytes = 0;
  const counted = async function* (chunks: AsyncIterable<Buffer>) {
    for await (const bytes of chunks) {
      sizeBytes += bytes.byteLength;
      hash.update(bytes);
      if (sizeBytes <= maxBytes) yield bytes;
    }
  };
  await pipeline(body, counted, createWriteStream(path), { signal });
  if (sizeBytes > maxBytes) {
    const message = 'Your proposed upload exceeds the maximum allowed size';
    throw new ChunkError(400, 'EntityTooLarge', message);
  }
  return { path, etag: hash.digest('hex'), sizeBytes };
}
