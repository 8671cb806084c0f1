import {
  GetQueueAttributesCommand,
  ListQueuesCommand,
  type QueueAttributeName,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { type NativeAttributeValue, paginateScan } from '@aws-sdk/lib-dynamodb';
import { Clock } from '../../../local/clock.ts';
import type { FunctionLogLine } from '../../../local/cloud/functions/invocation.ts';
import { type LocalPipeline, startPipeline } from '../../../local/start-pipeline.ts';
import { startTwelveLabsBox, type TwelveLabsBox } from '../../../local/twelvelabs/box.ts';
import type { UploadRates } from '../../../shared/upload-pace.ts';
import { type Video, video } from '../../../shared/video.ts';

const API_KEY = 'tlk_faults';
const START = new Date('2026-11-21T12:00:00Z');
const COUNTS: QueueAttributeName[] = [
  'ApproximateNumberOfMessages',
  'ApproximateNumberOfMessagesNotVisible',
  'ApproximateNumberOfMessagesDelayed',
];

/** The bundled functions on the emulators, against a box that takes uploads and no batches. */
export interface IngestPipeline extends AsyncDisposable {
  readonly clock: Clock;
  readonly box: TwelveLabsBox;
  readonly pipeline: LocalPipeline;
  readonly uploadsQueueUrl: string;
  /** Seconds since the start. */
  seconds(): number;
  /** Every video of the table. */
  videos(): Promise<Video[]>;
  /** How many messages lie in the queues of the way to an asset, whether visible or not. */
  queued(): Promise<number>;
  deadLetters(): Promise<number>;
}

export interface IngestPipelineOptions {
  readonly assemblyDirectory: string;
  /** What the provider allows, and what the functions are told of it. */
  readonly rates: UploadRates;
  readonly onLog?: (line: FunctionLogLine) => void;
}

/** Starts a pipeline on a clock that stands still; dispose of it to end all of it. */
export async function startIngestPipeline({
  assemblyDirectory,
  rates,
  onLog = () => {},
}: IngestPipelineOptions): Promise<IngestPipeline> {
  await using started = new AsyncDisposableStack();
  const clock = Clock.stoppedAt(START);
  started.defer(() => clock.close());
  const limits = { uploadsPerMinute: rates.perMinute, uploadsPerDay: rates.perDay };
  const box = await startTwelveLabsBox({ clock, apiKey: API_KEY, limits });
  started.defer(() => box.close());
  refuseBatches(box);
  const pipeline = await startPipeline({
    assemblyDirectory,
    clock,
    neighbours: [box],
    provider: {
      kind: 'other',
      baseUrl: box.baseUrl,
      apiKey: API_KEY,
      webhookSecret: 'whsec_faults',
      uploadRoute: 'url',
    },
    environment: {
      UPLOADS_PER_MINUTE: String(rates.perMinute),
      UPLOADS_PER_DAY: String(rates.perDay),
    },
    onLog,
  });
  started.defer(() => pipeline.stop());
  const { sqs } = pipeline;
  const urls = await queueUrls(sqs);
  const owned = started.move();
  return {
    clock,
    box,
    pipeline,
    uploadsQueueUrl: uploadsQueueOf(urls),
    seconds: () => (clock.nowMs() - START.getTime()) / 1000,
    videos: () => readVideos(pipeline),
    queued: () => countMessages(sqs, urls.filter(isOnTheWay)),
    deadLetters: () => countMessages(sqs, urls.filter(isDeadLetters)),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** Nothing is to be analysed here: asked for a batch, the provider wants to be left alone. */
function refuseBatches(box: TwelveLabsBox): void {
  const headers = { 'retry-after': '3600' };
  box.faults.set({ kind: 'answer', operation: 'batches.create', status: 429, headers });
}

async function queueUrls(sqs: SQSClient): Promise<string[]> {
  const { QueueUrls: urls = [] } = await sqs.send(new ListQueuesCommand());
  return urls;
}

function uploadsQueueOf(urls: readonly string[]): string {
  const url = urls.find((it) => /-Uploads[0-9A-F]{8}$/.test(it));
  if (url === undefined) throw new Error(`no queue of uploads among ${urls.join(' ')}`);
  return url;
}

function isDeadLetters(url: string): boolean {
  return url.includes('DeadLetters');
}

function isOnTheWay(url: string): boolean {
  return !isDeadLetters(url) && /Uploads|RegisteredAssets/.test(url);
}

async function countMessages(sqs: SQSClient, urls: readonly string[]): Promise<number> {
  let sum = 0;
  for (const QueueUrl of urls) {
    const command = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: COUNTS });
    const { Attributes: counts = {} } = await sqs.send(command);
    sum += COUNTS.reduce((total, name) => total + Number(counts[name] ?? 0), 0);
  }
  return sum;
}

async function readVideos({ table, tableName }: LocalPipeline): Promise<Video[]> {
  const found: Record<string, NativeAttributeValue>[] = [];
  const pages = paginateScan(
    { client: table },
    {
      TableName: tableName,
      FilterExpression: 'kind = :video',
      ExpressionAttributeValues: { ':video': 'video' },
      ConsistentRead: true,
    },
  );
  for await (const { Items: items = [] } of pages) found.push(...items);
  return found.map((item) => video.parse(item));
}
