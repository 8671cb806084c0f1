import { readFile } from 'node:fs/promises';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import {
  GetQueueAttributesCommand,
  ListQueuesCommand,
  type QueueAttributeName,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { paginateScan } from '@aws-sdk/lib-dynamodb';
import type { Clock } from '../../../local/clock.ts';
import type { LocalPipeline } from '../../../local/start-pipeline.ts';
import type { TwelveLabsBox } from '../../../local/twelvelabs/box.ts';
import { type Row, row } from '../../../shared/store/row-reader.ts';
import type { Item } from '../../../shared/store/table.ts';
import { emptyPipeline } from '../../support/empty-pipeline.ts';

const COUNTS: QueueAttributeName[] = [
  'ApproximateNumberOfMessages',
  'ApproximateNumberOfMessagesNotVisible',
  'ApproximateNumberOfMessagesDelayed',
];
const KINDS = ['video', 'analysis', 'batch'];

/** Everything in the table that the pipeline answers for: rows with a lifecycle, and segments. */
export interface Rows {
  readonly all: readonly Row[];
  readonly segments: readonly Item[];
}

/** How many messages lie in queues, whether visible or not. */
export interface Messages {
  readonly waiting: number;
  readonly dead: number;
}

interface WorldParts {
  readonly clock: Clock;
  readonly box: TwelveLabsBox;
  readonly pipeline: LocalPipeline;
}

/** The pipeline and the provider for one life; dispose of it to leave nothing for the next. */
export class World implements AsyncDisposable {
  readonly clock: Clock;
  readonly box: TwelveLabsBox;
  readonly pipeline: LocalPipeline;
  readonly #beganMs: number;

  constructor({ clock, box, pipeline }: WorldParts) {
    this.clock = clock;
    this.box = box;
    this.pipeline = pipeline;
    this.#beganMs = clock.nowMs();
  }

  /** Minutes of this life. */
  get minutes(): number {
    return (this.clock.nowMs() - this.#beganMs) / 60_000;
  }

  async drop(key: string, content: URL | Uint8Array): Promise<void> {
    const { s3, uploadsBucket: Bucket } = this.pipeline;
    const Body = content instanceof URL ? await readFile(content) : content;
    await s3.send(new PutObjectCommand({ Bucket, Key: key, Body }));
  }

  async letPass(seconds: number): Promise<void> {
    await this.pipeline.cloud.letTimePass(seconds * 1000);
  }

  /** Passes a long time in a moment: what came due on the way happens then. */
  async leap(seconds: number): Promise<void> {
    await this.pipeline.cloud.whenIdle();
    await this.clock.leap(seconds * 1000);
    await this.pipeline.cloud.whenIdle();
  }

  async rows(): Promise<Rows> {
    return await readRows(this.pipeline);
  }

  async messages(): Promise<Messages> {
    const { sqs } = this.pipeline;
    const { QueueUrls: urls = [] } = await sqs.send(new ListQueuesCommand());
    let [waiting, dead] = [0, 0];
    for (const url of urls) {
      const count = await countMessages(sqs, url);
      if (url.includes('DeadLetters')) dead += count;
      else waiting += count;
    }
    return { waiting, dead };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await emptyPipeline(this.pipeline, this.clock);
  }
}

/** All rows of the table as they are at this moment. */
export async function readRows({ table, tableName }: LocalPipeline): Promise<Rows> {
  const found: Item[] = [];
  const pages = paginateScan({ client: table }, { TableName: tableName, ConsistentRead: true });
  for await (const { Items: items = [] } of pages) found.push(...items);
  const isRow = ({ kind }: Item) => KINDS.includes(String(kind));
  return {
    all: found.filter(isRow).map((item) => row.parse(item)),
    segments: found.filter(({ kind }) => kind === 'segment'),
  };
}

async function countMessages(sqs: SQSClient, QueueUrl: string): Promise<number> {
  const command = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: COUNTS });
  const { Attributes: counts = {} } = await sqs.send(command);
  return COUNTS.reduce((total, name) => total + Number(counts[name] ?? 0), 0);
}
