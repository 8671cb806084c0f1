import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import {
  type ChunkedObject,
  type SendChunksDeps,
  sendChunks,
} from '../../../../functions/upload-chunks/send-chunks.ts';
import { ObjectLostError } from '../../../../shared/objects.ts';
import { createTwelveLabs } from '../../../../shared/twelvelabs/client.ts';
import { ProviderRefusedError, ProviderSilentError } from '../../../../shared/twelvelabs/errors.ts';
import { API_KEY, type BoxFixture, startBox } from '../../../support/box-fixture.ts';

const CHUNK_BYTES = 100;
/** 20 chunks, the last one shorter. */
const FILE = Buffer.from(Array.from({ length: 1_950 }, (_, at) => at % 251));
const ALL = Array.from({ length: 20 }, (_, at) => at + 1);

type Bench = Awaited<ReturnType<typeof startBench>>;

/** The real client against the box, reading from memory in place of S3. */
async function startBench(over: Partial<SendChunksDeps> = {}) {
  const fixture = await startBox({ limits: { chunkBytes: CHUNK_BYTES } });
  const provider = createTwelveLabs({ baseUrl: fixture.box.baseUrl, apiKey: async () => API_KEY });
  const form = { filename: 'a.mp4', userMetadata: {}, totalBytes: FILE.length };
  const upload = await provider.createMultipartUpload(form);
  const object = { bucket: 'uploads', key: 'a.mp4', etag: 'etag-1' };
  const chunked: ChunkedObject = { object, sizeBytes: FILE.length, upload };
  const deps: SendChunksDeps = {
    provider,
    objects: { openStream: async (_, start, end) => Readable.from([FILE.subarray(start, end)]) },
    isOutOfTime: () => false,
    ...over,
  };
  return { ...fixture, provider, upload, chunked, deps };
}

const doneOf = async ({ provider, upload }: Bench) =>
  [...(await provider.readMultipartUpload(upload.uploadId)).done].toSorted((a, b) => a - b);
const count = ({ box }: BoxFixture, operation: string) =>
  box.requests.filter((it) => it === operation).length;

describe('all chunks of a file', () => {
  it('arrive whole, each once, the last one shorter, and complete the upload', async () => {
    const bench = await startBench();

    expect(await sendChunks(bench.chunked, ALL, bench.deps)).toBe(true);

    const { status } = await bench.provider.readMultipartUpload(bench.upload.uploadId);
    expect(status).toBe('completed');
    expect(count(bench, 'multipartUpload.putChunk')).toBe(20);
    expect(count(bench, 'multipartUpload.reportChunkBatch')).toBe(2);
  });

  it('are those that are missing, in whatever gaps', async () => {
    const bench = await startBench();
    const first = [2, 3, 11, 20];
    await sendChunks(bench.chunked, first, bench.deps);
    expect(await doneOf(bench)).toEqual(first);

    const rest = ALL.filter((index) => !first.includes(index));
    await sendChunks(bench.chunked, rest, bench.deps);

    expect(await doneOf(bench)).toEqual(ALL);
    expect(count(bench, 'multipartUpload.putChunk')).toBe(20);
  });

  it('are sent with the headers that the provider wants, and without our key', async () => {
    const seen: object[] = [];
    const bench = await startBench();
    const { provider } = bench;
    const deps: SendChunksDeps = {
      ...bench.deps,
      provider: {
        presignChunks: provider.presignChunks,
        reportChunks: provider.reportChunks,
        putChunk: async (chunk) => {
          seen.push(chunk.headers);
          return await provider.putChunk(chunk);
        },
      },
    };
    const headers = { 'x-amz-server-side-encryption': 'AES256' };
    const upload = { ...bench.upload, headers };
    await sendChunks({ ...bench.chunked, upload }, [1], deps);
    expect(seen).toEqual([headers]);
  });
});

describe('when time runs out', () => {
  it('no further group is begun, and what was sent is reported', async () => {
    let groups = 0;
    const bench = await startBench({ isOutOfTime: () => groups++ === 1 });

    expect(await sendChunks(bench.chunked, ALL, bench.deps)).toBe(false);

    expect(await doneOf(bench)).toEqual(ALL.slice(0, 16));
  });
});

describe('a request that is refused', () => {
  it('is not repeated at once, and no further chunk is begun', async () => {
    const bench = await startBench();
    const operation = 'multipartUpload.getAdditionalPresignedUrls';
    bench.box.faults.set({ kind: 'answer', status: 429, operation });
    await expect(sendChunks(bench.chunked, ALL, bench.deps)).rejects.toThrow(ProviderRefusedError);
    expect(count(bench, operation)).toBe(1);
  });
});

describe('a chunk that fails', () => {
  it('is tried again with a URL of its own, read anew from its start', async () => {
    const bench = await startBench();
    bench.box.faults.set({ kind: 'lose-reply', operation: 'multipartUpload.putChunk', times: 2 });

    expect(await sendChunks(bench.chunked, [1, 2, 3], bench.deps)).toBe(true);

    expect(await doneOf(bench)).toEqual([1, 2, 3]);
    expect(count(bench, 'multipartUpload.getAdditionalPresignedUrls')).toBeGreaterThan(1);
  });

  it('for good ends the sending with its error, its neighbours being reported', async () => {
    const bench = await startBench();
    const { provider } = bench;
    const putChunk: typeof provider.putChunk = async (chunk) => {
      if (chunk.url.includes('/5?')) throw new ProviderRefusedError(503, 'SlowDown', 'slow down');
      return await provider.putChunk(chunk);
    };
    const deps = { ...bench.deps, provider: { ...provider, putChunk } };

    await expect(sendChunks(bench.chunked, ALL, deps)).rejects.toThrow('slow down');

    const done = await doneOf(bench);
    expect(done).toEqual(expect.arrayContaining([1, 2, 3, 4]));
    expect(done).not.toContain(5);
    // Its group is not gone through to the end for nothing.
    expect(done.length).toBeLessThan(15);
  });

  it('because the object is another ends it at once, without a second try', async () => {
    let reads = 0;
    const bench = await startBench({
      objects: {
        openStream: () => {
          reads += 1;
          return Promise.reject(new ObjectLostError('object_replaced'));
        },
      },
    });
    await expect(sendChunks(bench.chunked, [1], bench.deps)).rejects.toThrow(ObjectLostError);
    expect(reads).toBe(1);
  });

  it('because S3 ends in the middle of it is tried again, and nothing short is reported', async () => {
    let reads = 0;
    const bench = await startBench({
      objects: {
        openStream: async (_, start, end) => {
          reads += 1;
          const bytes = FILE.subarray(start, end);
          return Readable.from(reads === 1 ? [bytes.subarray(0, 10)] : [bytes]);
        },
      },
    });
    await sendChunks(bench.chunked, [1], bench.deps);
    expect(reads).toBe(2);
    expect(await doneOf(bench)).toEqual([1]);
  });

  it('because no URL comes for it says so', async () => {
    const bench = await startBench();
    const provider = { ...bench.provider, presignChunks: async () => new Map<number, string>() };
    const sending = sendChunks(bench.chunked, [7], { ...bench.deps, provider });
    await expect(sending).rejects.toThrow(ProviderSilentError);
    await expect(sending).rejects.toThrow('no URL for chunk 7');
  });
});

it('gives the ETag of the bytes that arrived as the proof', async () => {
  const bench = await startBench();
  const { provider } = bench;
  const proofs: string[] = [];
  const reportChunks: typeof provider.reportChunks = async (uploadId, chunks) => {
    proofs.push(...chunks.map(({ etag }) => etag));
    await provider.reportChunks(uploadId, chunks);
  };
  await sendChunks(bench.chunked, [20], { ...bench.deps, provider: { ...provider, reportChunks } });
  expect(proofs).toEqual([createHash('md5').update(FILE.subarray(1_900)).digest('hex')]);
});
