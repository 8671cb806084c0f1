import { readFile } from 'node:fs/promises';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import pMap from 'p-map';
import { createTable } from '../../../shared/store/table.ts';
import { anAnalysis, atSecond, aVideo } from '../../support/rows.ts';
import { DIRECT_BYTES, type HeavyPipeline } from './heavy-pipeline.ts';

const FILM = new URL('../../../samples/football/goals.mp4', import.meta.url);
const SMALL_FILES = 60;
const LARGE_FILES = 10;
const HUGE_BYTES = 150_000_000;
const ITEMS_OF_A_BATCH = 1_000;
/** More than the clock wakes at a stage at once. */
const WAITING_VIDEOS = 600;

/** A piece of work for the pipeline, begun; it is over when no row waits any more. */
export interface Load {
  readonly words: string;
  readonly begin: (heavy: HeavyPipeline) => Promise<void>;
}

/** The most that each function meets on an honest day. */
export const heavyLoads: readonly Load[] = [
  {
    words: `${SMALL_FILES} small films, ${LARGE_FILES} of 20 MB sent whole, one of 150 MB in chunks`,
    begin: dropFilms,
  },
  {
    words: `${WAITING_VIDEOS} videos that came due, and a full batch with results of 100 KB`,
    begin: async (heavy) => {
      heavy.box.faults.set({ kind: 'long-item', bytes: 100_000 });
      const assetId = readyAsset(heavy);
      await put(heavy, waitingVideos(assetId));
      await put(heavy, queuedAnalyses(ITEMS_OF_A_BATCH, 'match', assetId));
    },
  },
  {
    words: '20 results of 8 MB',
    begin: async (heavy) => {
      heavy.box.faults.clear();
      heavy.box.faults.set({ kind: 'long-item', bytes: 8_000_000 });
      await put(heavy, queuedAnalyses(20, 'season', readyAsset(heavy)));
    },
  },
];

async function dropFilms({ pipeline }: HeavyPipeline): Promise<void> {
  const film = await readFile(FILM);
  const sizes = [
    HUGE_BYTES,
    ...Array<number>(LARGE_FILES).fill(DIRECT_BYTES),
    ...Array<number>(SMALL_FILES).fill(film.length + 8),
  ];
  const { s3, uploadsBucket: Bucket } = pipeline;
  await pMap(
    sizes,
    (bytes, at) =>
      s3.send(new PutObjectCommand({ Bucket, Key: `${at}.mp4`, Body: grown(film, bytes) })),
    { concurrency: 4 },
  );
}

/** The film, made `bytes` long by a box of type `free`, which players pass over. */
function grown(film: Buffer, bytes: number): Buffer {
  const free = Buffer.alloc(bytes - film.length);
  free.writeUInt32BE(free.length);
  free.write('free', 4);
  return Buffer.concat([film, free]);
}

function readyAsset({ box }: HeavyPipeline): string {
  const asset = box.assets().find(({ status }) => status === 'ready');
  if (!asset) throw new Error('the box has no asset that is ready');
  return asset._id;
}

function waitingVideos(assetId: string) {
  return Array.from({ length: WAITING_VIDEOS }, (_, at) =>
    aVideo({
      key: `waiting/${at}.mp4`,
      etag: `etag-${at}`,
      state: 'processing',
      stage: 'admit-asset',
      assetId,
      registeredAt: atSecond(0).toISOString(),
    }),
  );
}

function queuedAnalyses(count: number, folder: string, assetId: string) {
  return Array.from({ length: count }, (_, at) =>
    anAnalysis({ key: `${folder}/${at}.mp4`, assetId, queuedAt: atSecond(at).toISOString() }),
  );
}

async function put({ pipeline }: HeavyPipeline, rows: readonly object[]): Promise<void> {
  const table = createTable(pipeline.tableName, pipeline.table);
  await table.putAll(rows.map((row) => ({ ...row })));
}
