import { readFileSync } from 'node:fs';
import type { BoxFixture } from './box-fixture.ts';
import { samples } from './box-fixture.ts';

/** How long the chunks of these tests are: the clip has four. */
export const CHUNK_BYTES = 20_000;

/** A chunk as it is reported. */
export interface CompletedChunk {
  readonly chunk_index: number;
  readonly proof: string;
  readonly proof_type: string;
  readonly chunk_size: number;
}

/** A multipart upload of the clip, step by step and without the SDK. */
export interface MultipartClient {
  readonly uploadId: string;
  readonly assetId: string;
  /** The part of the file that a chunk is. */
  readonly bytesOf: (chunkIndex: number) => Uint8Array<ArrayBuffer>;
  /** A new URL for a chunk. */
  readonly urlOf: (chunkIndex: number) => Promise<string>;
  /** Sends a chunk and returns what is to be reported of it. */
  readonly put: (chunkIndex: number, bytes?: Uint8Array<ArrayBuffer>) => Promise<CompletedChunk>;
  readonly report: (...chunks: readonly CompletedChunk[]) => ReturnType<BoxFixture['call']>;
}

/** Begins to upload `bytes`, or the clip, in chunks. */
export async function startMultipart(
  { call }: Pick<BoxFixture, 'call'>,
  { bytes = readFileSync(samples.mp4), filename = 'goals.mp4', type = 'video' } = {},
): Promise<MultipartClient> {
  const { body: created } = await call('POST', '/assets/multipart-uploads', {
    filename,
    type,
    total_size: bytes.byteLength,
  });
  const path = `/assets/multipart-uploads/${created.upload_id}`;
  const bytesOf = (chunkIndex: number) =>
    new Uint8Array(
      bytes.subarray((chunkIndex - 1) * created.chunk_size, chunkIndex * created.chunk_size),
    );
  const urlOf = async (chunkIndex: number) => {
    const { body } = await call('POST', `${path}/presigned-urls`, { start: chunkIndex, count: 1 });
    return body.upload_urls[0].url as string;
  };
  return {
    uploadId: created.upload_id,
    assetId: created.asset_id,
    bytesOf,
    urlOf,
    put: async (chunkIndex, chunk = bytesOf(chunkIndex)) => {
      const answer = await putChunk(await urlOf(chunkIndex), chunk);
      return {
        chunk_index: chunkIndex,
        proof: answer.etag ?? '',
        proof_type: 'etag',
        chunk_size: chunk.byteLength,
      };
    },
    report: (...chunks) => call('POST', path, { completed_chunks: chunks }),
  };
}

/** Sends a chunk as the SDK does. */
export async function putChunk(url: string, chunk: Uint8Array<ArrayBuffer>) {
  const response = await fetch(url, {
    method: 'PUT',
    body: chunk,
    headers: { 'Content-Type': 'application/octet-stream' },
  });
  return {
    status: response.status,
    etag: response.headers.get('etag')?.replaceAll('"', ''),
    headers: response.headers,
    text: await response.text(),
  };
}

/** Sends and reports chunks, all of the clip's four unless told otherwise. */
export async function sendChunks(upload: MultipartClient, indices = [1, 2, 3, 4]) {
  const chunks: CompletedChunk[] = [];
  for (const index of indices) chunks.push(await upload.put(index));
  return await upload.report(...chunks);
}
