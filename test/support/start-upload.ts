import { Readable } from 'node:stream';
import {
  type UploadChunksDeps,
  uploadChunks,
} from '../../functions/upload-chunks/upload-chunks.ts';
import type { Video } from '../../shared/video.ts';
import { rowDueOf } from '../../shared/waiting-room.ts';
import { aVideo } from './rows.ts';
import { startRows } from './start-rows.ts';

/** When the message comes: the upload was begun at second 0. */
export const NOW = 100;
export const CHUNKS = 20;
/** Of ten bytes, the last one shorter. */
const FILE = Buffer.from(Array.from({ length: 195 }, (_, at) => at));
const CHUNK_BYTES = 10;

export interface UploadWorld {
  readonly video?: Partial<Video> | undefined;
  /** What the provider says of the upload before anything is sent. */
  readonly status?: string | undefined;
  /** The chunks that it has already. */
  readonly done?: readonly number[] | undefined;
  /** Whether it completes the upload with the last chunk. */
  readonly completes?: boolean;
  /** What these calls fail with. */
  readonly fails?: Partial<Record<'look' | 'put' | 'open', Error>>;
  /** The seconds left at each question, the last one for good. */
  readonly secondsLeft?: readonly number[];
  /** Seconds since the upload was begun. */
  readonly second?: number;
}

/** A video that is uploading. */
export function anUploadingVideo(fields: Partial<Video> = {}): Video {
  const begun = aVideo().stateSince;
  return aVideo({
    state: 'uploading',
    stage: 'upload-chunks',
    sizeBytes: FILE.length,
    assetId: 'asset-1',
    upload: { uploadId: 'upload-1', chunkBytes: CHUNK_BYTES, chunkCount: CHUNKS },
    registeredAt: begun,
    ...fields,
  });
}

/** One video that is uploading, in a world as described. */
export async function startUpload(world: UploadWorld = {}) {
  const { fails = {}, completes = true, secondsLeft = [900], second = NOW } = world;
  const video = anUploadingVideo(world.video);
  const rows = await startRows([video]);
  rows.at(second);
  const done = new Set(world.done);
  let status = world.status ?? 'active';
  const looks: string[] = [];
  const puts: number[] = [];
  const questions = [...secondsLeft];
  const heldAs: Video[] = [];
  const deps: UploadChunksDeps = {
    provider: {
      readMultipartUpload: async (uploadId) => {
        looks.push(uploadId);
        heldAs.push(await rows.videoNow(video));
        if (fails.look) throw fails.look;
        return { status, done: new Set(done) };
      },
      presignChunks: async (_, start, count) =>
        new Map(Array.from({ length: count }, (_, at) => [start + at, `${start + at}`])),
      putChunk: async ({ url, body }) => {
        if (fails.put) throw fails.put;
        puts.push(Number(url));
        const sent = Buffer.concat(await Array.fromAsync(body));
        return sent.toString('hex');
      },
      reportChunks: async (_, chunks) => {
        for (const { index } of chunks) done.add(index);
        if (done.size === CHUNKS && completes) status = 'completed';
      },
    },
    store: rows.store,
    waitingRoom: rows.waitingRoom,
    objects: {
      openStream: async (_, start, end) => {
        if (fails.open) throw fails.open;
        return Readable.from([FILE.subarray(start, end)]);
      },
    },
    remainingMs: () => ((questions.length > 1 ? questions.shift() : questions[0]) ?? 0) * 1000,
    now: rows.now,
    log: rows.log,
  };
  const delivery = { messageId: 'upload-due', message: rowDueOf(video) };
  return {
    ...rows,
    video,
    deps,
    delivery,
    looks,
    puts,
    done,
    heldAs,
    deliver: (over: Partial<UploadChunksDeps> = {}) =>
      uploadChunks({ decoded: [delivery], malformed: [] }, { ...deps, ...over }),
    row: () => rows.videoNow(video),
  };
}

/** What becomes of one video whose message has come, in a world as described. */
export async function upload(world: UploadWorld = {}) {
  const bench = await startUpload(world);
  const failed = await bench.deliver();
  if (failed.length > 0) throw new Error(bench.log.text());
  return { ...bench, row: await bench.row(), wakes: bench.wakes() };
}
