import { DeleteObjectsCommand, paginateListObjectsV2 } from '@aws-sdk/client-s3';
import { ListQueuesCommand, PurgeQueueCommand } from '@aws-sdk/client-sqs';
import { paginateScan } from '@aws-sdk/lib-dynamodb';
import { afterAll, afterEach, inject } from 'vitest';
import { Clock } from '../../local/clock.ts';
import { type LocalPipeline, startPipeline } from '../../local/start-pipeline.ts';
import {
  startTwelveLabsBox,
  type TwelveLabsBox,
  type TwelveLabsBoxOptions,
} from '../../local/twelvelabs/box.ts';
import { createTable } from '../../shared/store/table.ts';

const API_KEY = 'tlk_test';
export const WEBHOOK_SECRET = 'whsec_test';

const DAY_MS = 24 * 3_600_000;

/** How the processes of a pipeline are started: who asks for the same may have those of another test. */
export interface ProcessOptions {
  readonly route: 'url' | 'direct';
  readonly environment: Readonly<Record<string, string>>;
}

/** A pipeline and a box for one test. */
export interface Lent {
  readonly clock: Clock;
  readonly pipeline: LocalPipeline;
  readonly box: TwelveLabsBox;
  /** What the functions logged for this test, a line each. */
  readonly logs: readonly string[];
  /** Ends the box, and keeps the pipeline for the next test, as empty as at the start. */
  giveBack(): Promise<void>;
}

type BoxOptions = Omit<TwelveLabsBoxOptions, 'clock' | 'apiKey' | 'port'>;

interface Processes {
  readonly options: string;
  readonly clock: Clock;
  readonly pipeline: LocalPipeline;
  readonly port: number;
  /** What belongs to the test that has them now. */
  readonly own: { box: TwelveLabsBox; logs: string[] };
}

let idle: Processes | undefined;

/**
 * To start a dozen processes takes longer than most tests: those of an earlier test of the same file
 * are used again, with a new box at the old port, an empty table, empty buckets and queues, and on a
 * later day. Only what the functions keep in their memory is left, as on Lambda.
 */
export async function lendPipeline(options: ProcessOptions, boxOptions: BoxOptions): Promise<Lent> {
  const processes =
    (await reuse(JSON.stringify(options), boxOptions)) ?? (await start(options, boxOptions));
  const { clock, pipeline } = processes;
  const { box, logs } = processes.own;
  return {
    clock,
    pipeline,
    box,
    logs,
    giveBack: async () => {
      // At once, for if the rest fails, so does the test, and stops what is idle.
      idle = processes;
      await box.close();
      await empty(processes);
    },
  };
}

// Whatever a failed test has left behind must not make others fail.
afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') await stopIdle();
});
afterAll(stopIdle);

async function stopIdle(): Promise<void> {
  const stopped = idle;
  idle = undefined;
  await stopped?.pipeline.stop();
  stopped?.clock.close();
}

async function reuse(options: string, boxOptions: BoxOptions): Promise<Processes | undefined> {
  if (idle?.options !== options) {
    await stopIdle();
    return undefined;
  }
  const processes = idle;
  const { clock, port } = processes;
  try {
    const box = await startTwelveLabsBox({ clock, apiKey: API_KEY, port, ...boxOptions });
    Object.assign(processes.own, { box, logs: [] });
  } catch {
    // Somebody else has the port by now.
    await stopIdle();
    return undefined;
  }
  idle = undefined;
  return processes;
}

async function start(options: ProcessOptions, boxOptions: BoxOptions): Promise<Processes> {
  await using started = new AsyncDisposableStack();
  const clock = Clock.stoppedAt(new Date('2026-11-21T12:00:00Z'));
  started.defer(() => clock.close());
  const box = await startTwelveLabsBox({ clock, apiKey: API_KEY, ...boxOptions });
  started.defer(() => box.close());
  const own: Processes['own'] = { box, logs: [] };
  const pipeline = await startPipeline({
    assemblyDirectory: inject('assemblyDirectory'),
    clock,
    neighbours: [{ settled: () => own.box.settled() }],
    provider: {
      kind: 'other',
      baseUrl: box.baseUrl,
      apiKey: API_KEY,
      webhookSecret: WEBHOOK_SECRET,
      uploadRoute: options.route,
    },
    environment: options.environment,
    onLog: ({ functionName, text }) => own.logs.push(`${functionName} ${text}`),
  });
  const port = Number(new URL(box.baseUrl).port);
  started.move();
  return { options: JSON.stringify(options), clock, pipeline, port, own };
}

/** Leaves nothing that a test could notice. */
async function empty({ clock, pipeline }: Processes): Promise<void> {
  await forget(pipeline);
  // What was gathered, scheduled or to be tried again comes due now, and finds nothing. Each test
  // begins at noon, as the first did, and so the minutes of the schedules are the same for all.
  await clock.leap(DAY_MS - (clock.nowMs() % DAY_MS) + DAY_MS / 2);
  await pipeline.cloud.whenIdle();
  await forget(pipeline);
}

async function forget(pipeline: LocalPipeline): Promise<void> {
  const { cloud, s3, table: client, tableName, uploadsBucket } = pipeline;
  await cloud.whenIdle();
  await purgeQueues(pipeline);
  for (const Bucket of [uploadsBucket, cloud.outputs['ArchiveBucketName']]) {
    for await (const { Contents: found = [] } of paginateListObjectsV2(
      { client: s3 },
      { Bucket },
    )) {
      const Objects = found.map(({ Key }) => ({ Key }));
      if (Objects.length > 0) {
        await s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }));
      }
    }
  }
  const keys = { TableName: tableName, ProjectionExpression: 'pk, sk' };
  for await (const { Items: items = [] } of paginateScan({ client }, keys)) {
    const found = items.map(({ pk, sk }) => ({ pk: String(pk), sk: String(sk) }));
    await createTable(tableName, client).deleteAll(found);
  }
}

/** Loses all messages. @returns how many queues there are */
export async function purgeQueues({ cloud: { endpoints }, sqs }: LocalPipeline): Promise<number> {
  const { QueueUrls: urls = [] } = await sqs.send(new ListQueuesCommand());
  for (const url of urls) {
    const name = url.split('/').at(-1);
    await sqs.send(new PurgeQueueCommand({ QueueUrl: `${endpoints.sqs}/000000000000/${name}` }));
  }
  return urls.length;
}
