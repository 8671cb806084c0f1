import pMap from 'p-map';
import type { ObjectRef, Objects } from '../../shared/objects.ts';
import type { PutChunk, TwelveLabs } from '../../shared/twelvelabs/client.ts';
import {
  isProviderError,
  ProviderRefusedError,
  ProviderSilentError,
} from '../../shared/twelvelabs/errors.ts';
import type { MultipartUpload } from '../../shared/video.ts';

export interface SendChunksDeps {
  readonly provider: Pick<TwelveLabs, 'presignChunks' | 'putChunk' | 'reportChunks'>;
  readonly objects: Pick<Objects, 'openStream'>;
  /** Whether no further chunk is to be begun. */
  readonly isOutOfTime: () => boolean;
}

/** What is to be sent, and where to. */
export interface ChunkedObject {
  readonly object: ObjectRef;
  readonly sizeBytes: number;
  readonly upload: MultipartUpload;
}

/** Chunks under way side by side: one waits for S3 while another waits for the provider. */
const AT_ONCE = 4;
/**
 * Chunks whose URLs are asked for, and which are reported, together: a death costs at most so many.
 * Twice as many took 0.7 of the time in one run of a model where the provider is 200 ms away.
 */
const PER_GROUP = 16;
/** Tries in a row of what can be lost on the way and is safe to repeat. */
const TRIES = 3;

/**
 * Streams the chunks of `indexes` from S3 to the provider, a few at a time, and reports them group by
 * group, so that whoever goes on after a death finds nearly all of them done.
 * @returns whether all were sent; false when time ran out
 * @throws ObjectLostError, or the provider's error after some tries
 */
export async function sendChunks(
  chunked: ChunkedObject,
  indexes: readonly number[],
  deps: SendChunksDeps,
): Promise<boolean> {
  for (let start = 0; start < indexes.length; start += PER_GROUP) {
    if (deps.isOutOfTime()) return false;
    await sendGroup(chunked, indexes.slice(start, start + PER_GROUP), deps);
  }
  return true;
}

async function sendGroup(
  chunked: ChunkedObject,
  indexes: readonly number[],
  deps: SendChunksDeps,
): Promise<void> {
  const { uploadId } = chunked.upload;
  const [first = 1] = indexes;
  const span = (indexes.at(-1) ?? first) - first + 1;
  // With gaps as wide as an upload in disorder may have, each gets its URL when it is sent.
  const urls =
    span <= 2 * PER_GROUP
      ? await deps.provider.presignChunks(uploadId, first, span)
      : new Map<number, string>();
  const sent: PutChunk[] = [];
  const failures: unknown[] = [];
  await pMap(
    indexes,
    async (index) => {
      // Where one was refused, the others would be.
      if (failures.length > 0) return;
      try {
        sent.push(await sendChunk(chunked, index, urls.get(index), deps));
      } catch (error) {
        failures.push(error);
      }
    },
    { concurrency: AT_ONCE },
  );
  // What has arrived counts, whatever became of its neighbours. Reported twice it is a duplicate.
  if (sent.length > 0) await inTries(() => deps.provider.reportChunks(uploadId, sent));
  if (failures.length > 0) throw failures[0];
}

async function sendChunk(
  { object, sizeBytes, upload }: ChunkedObject,
  index: number,
  firstUrl: string | undefined,
  { provider, objects }: SendChunksDeps,
): Promise<PutChunk> {
  const start = (index - 1) * upload.chunkBytes;
  const bytes = Math.min(upload.chunkBytes, sizeBytes - start);
  const headers = upload.headers ?? {};
  let given = firstUrl;
  return await inTries(async () => {
    const url = given ?? (await provider.presignChunks(upload.uploadId, index, 1)).get(index);
    if (url === undefined) throw new ProviderSilentError(`no URL for chunk ${index}`);
    // Each URL is good for one try.
    given = undefined;
    const stream = await objects.openStream(object, start, start + bytes);
    try {
      const body = exactly(bytes, stream);
      return { index, bytes, etag: await provider.putChunk({ url, headers, bytes, body }) };
    } finally {
      stream.destroy();
    }
  });
}

/** Passes a body on, and fails one that ends early: the other side would wait for the rest of it. */
async function* exactly(bytes: number, body: AsyncIterable<Uint8Array>) {
  let left = bytes;
  for await (const piece of body) {
    left -= piece.length;
    yield piece;
  }
  if (left > 0) throw new Error(`S3 sent ${bytes - left} of ${bytes} bytes`);
}

/** Repeats at once what may have been lost; what was refused is refused again. */
async function inTries<T>(act: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await act();
    } catch (error) {
      const isRefused = error instanceof ProviderRefusedError && error.status < 500;
      // The URL of a chunk is good once: after a lost reply another one is needed.
      const isUsed = error instanceof ProviderRefusedError && error.status === 403;
      if (attempt >= TRIES || !isProviderError(error) || (isRefused && !isUsed)) throw error;
    }
  }
}
