import { Clock } from '../../../local/clock.ts';
import { FollowingProcess } from '../../../local/cloud/following-process.ts';
import { readVideo } from '../../../local/read-video.ts';
import { type LocalPipeline, startPipeline } from '../../../local/start-pipeline.ts';
import { videoLifecycle } from '../../../shared/lifecycle.ts';
import { createTwelveLabs, type MultipartUploadStatus } from '../../../shared/twelvelabs/client.ts';
import type { Video } from '../../../shared/video.ts';
import { deliver, s3Record } from '../../support/s3-records.ts';
import { assemble } from './assembly.ts';
import { peakMemoryOf } from './memory.ts';
import { ChunkMeter } from './meter.ts';
import type { GeneratedObject } from './object.ts';

export interface LargeUpload {
  readonly object: GeneratedObject;
  readonly seed: number;
  /** The function is killed as soon as so many bytes have arrived, each time. */
  readonly killAtBytes: readonly number[];
  /** Ends the run early, with an error. */
  readonly signal: AbortSignal;
}

/** What can be told of the upload afterwards. */
export interface UploadFacts {
  readonly video: Video | undefined;
  /** What the provider says of the upload; undefined when there is none, or more than one. */
  readonly status: MultipartUploadStatus | undefined;
  readonly sessions: number;
  readonly chunkBytes: number;
  readonly meter: ChunkMeter;
  readonly bytesRead: number;
  /** How many bytes had arrived at each kill. */
  readonly killedAtBytes: readonly number[];
  readonly invocations: number;
  readonly peakMemoryBytes: number;
  readonly memoryBytes: number;
}

const KEY = 'football/whole-match.mp4';
const UPLOADED_AT = new Date('2026-11-21T12:00:00Z');
const FUNCTION = 'UploadChunks';
const API_KEY = 'tlk_large_upload';
/** Two leases of a killed function, and room for a bad day. */
const MOST_MINUTES = 180;
const SAMPLE_EVERY_BYTES = 50_000_000;

/** Takes an object through the whole pipeline on this machine until its video is admitted, or refused. */
export async function uploadLargeObject(wish: LargeUpload): Promise<UploadFacts> {
  const { object, seed, signal } = wish;
  await using started = new AsyncDisposableStack();
  const clock = Clock.stoppedAt(UPLOADED_AT);
  started.defer(() => clock.close());
  const s3 = await FollowingProcess.start({
    name: 'the process of the generated S3',
    module: new URL('./s3.ts', import.meta.url),
    clock,
    environment: {},
  });
  started.defer(() => s3.stop(0));
  const s3Url = String(await s3.request('listen', { sizeBytes: object.sizeBytes, seed }));
  const assembly = started.use(await assemble(s3Url));
  signal.throwIfAborted();

  const requestIds = new Set<string>();
  const pipeline = await startPipeline({
    assemblyDirectory: assembly.directory,
    clock,
    provider: {
      kind: 'box',
      baseUrl: undefined,
      apiKey: API_KEY,
      webhookSecret: 'whsec_large_upload',
      uploadRoute: 'url',
    },
    onLog: ({ functionLogicalId, text }) => {
      const [, requestId] = /"function_request_id":"([^"]+)"/.exec(text) ?? [];
      if (functionLogicalId.startsWith(FUNCTION) && requestId) requestIds.add(requestId);
    },
  });
  started.defer(() => pipeline.stop());

  let peakMemoryBytes = 0;
  let sampledAt = 0;
  const sample = (total: number) => {
    sampledAt = total;
    peakMemoryBytes = Math.max(peakMemoryBytes, peakMemoryOf(FUNCTION));
  };
  const killedAtBytes: number[] = [];
  const meter = started.use(
    new ChunkMeter((total) => {
      const isTime = total >= (wish.killAtBytes[killedAtBytes.length] ?? Number.POSITIVE_INFINITY);
      if (isTime || total >= sampledAt + SAMPLE_EVERY_BYTES) sample(total);
      if (isTime && pipeline.cloud.kill(FUNCTION) > 0) killedAtBytes.push(total);
    }),
  );

  const { uploadsBucket: bucket } = pipeline;
  const { etag, sizeBytes } = object;
  const record = s3Record({ bucket, key: KEY, etag, sizeBytes, sequencer: '01' });
  await deliver(pipeline, { Records: [record] });
  const video = await unlessAborted(untilItEnds(pipeline), signal);
  sample(meter.bytes);

  const [uploadId = '', ...others] = meter.uploadIds;
  const provider = createTwelveLabs({
    baseUrl: pipeline.providerUrl,
    apiKey: async () => API_KEY,
  });
  const { box } = pipeline;
  return {
    video,
    status:
      uploadId && others.length === 0 ? await provider.readMultipartUpload(uploadId) : undefined,
    sessions: box?.requests.filter((it) => it === 'multipartUpload.create').length ?? 0,
    chunkBytes: box?.settings().limits.chunkBytes ?? 0,
    meter,
    bytesRead: Number(await s3.request('bytes-served', undefined)),
    killedAtBytes,
    invocations: requestIds.size,
    peakMemoryBytes,
    memoryBytes: assembly.memoryBytes,
  };
}

/** Lets time pass, a minute at a time, until the video's row is final or time is over. */
async function untilItEnds(pipeline: LocalPipeline): Promise<Video | undefined> {
  const { cloud, table, tableName, uploadsBucket } = pipeline;
  for (let minute = 0; ; minute++) {
    const { video } = await readVideo(table, tableName, uploadsBucket, KEY);
    const isOver = video === undefined || videoLifecycle[video.state] === 'final';
    if (isOver || minute === MOST_MINUTES) return video;
    await cloud.letTimePass(60_000);
  }
}

/** The outcome of `work`, or the reason why it was called off; then nobody cares for it any more. */
async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  return await new Promise<T>((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    work.then(resolve, reject);
  });
}
