import { DeleteObjectsCommand, paginateListObjectsV2 } from '@aws-sdk/client-s3';
import { ListQueuesCommand, PurgeQueueCommand } from '@aws-sdk/client-sqs';
import { paginateScan } from '@aws-sdk/lib-dynamodb';
import type { Clock } from '../../local/clock.ts';
import type { LocalPipeline } from '../../local/start-pipeline.ts';
import { createTable } from '../../shared/store/table.ts';

const DAY_MS = 24 * 3_600_000;

/** Leaves nothing in a pipeline that whoever has it next could notice, and goes on to a later noon. */
export async function emptyPipeline(pipeline: LocalPipeline, clock: Clock): Promise<void> {
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
