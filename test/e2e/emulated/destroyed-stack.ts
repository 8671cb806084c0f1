import { paginateDescribeStackEvents } from '@aws-sdk/client-cloudformation';
import { ListObjectsV2Command, type S3Client } from '@aws-sdk/client-s3';
import { ListQueuesCommand } from '@aws-sdk/client-sqs';
import type { DeployedWorld } from './emulated-world.ts';
import { type Drop, expectOutcome, rowsOf } from './waves.ts';

/** @throws unless the videos, their rows and the archive are there after the stack has gone */
export async function expectDataKept(
  world: DeployedWorld,
  dropped: readonly Drop[],
): Promise<string> {
  const { clients, stack } = world;
  const objects = await keysIn(stack.uploadsBucket, clients.s3);
  const lost = dropped.filter(({ key }) => !objects.includes(key));
  if (lost.length > 0) throw new Error(`not in the bucket: ${lost.map(({ key }) => key)}`);
  const archived = await keysIn(stack.archiveBucket, clients.s3);
  if (archived.length === 0) throw new Error('the archive is empty');
  expectOutcome(dropped, await Promise.all(dropped.map(({ key }) => rowsOf(world, key))));
  return `${objects.length} videos, their rows, ${archived.length} archived objects`;
}

/** What outlives a stack, by type. */
const RETAINED = ['AWS::S3::Bucket', 'AWS::DynamoDB::GlobalTable'];

/** @throws unless CloudFormation kept what holds data, and deleted all else */
export async function expectRestDeleted({ clients, stack }: DeployedWorld): Promise<string> {
  const ends = new Map<string, string>();
  const pages = paginateDescribeStackEvents(
    { client: clients.cloudFormation },
    { StackName: stack.stackId },
  );
  // Newest first: the first event of a resource is its end.
  for await (const { StackEvents = [] } of pages) {
    for (const { LogicalResourceId: id = '', ResourceStatus: status = '' } of StackEvents) {
      if (!ends.has(id)) ends.set(id, status);
    }
  }
  const kept = stack.resources.filter(({ type }) => RETAINED.includes(type));
  const wrong = stack.resources
    .map((it) => ({ ...it, end: ends.get(it.logicalId) }))
    .filter(
      ({ type, end }) => end !== (RETAINED.includes(type) ? 'DELETE_SKIPPED' : 'DELETE_COMPLETE'),
    )
    .map(({ logicalId, end }) => `${logicalId} ${end}`);
  if (wrong.length > 0) throw new Error(wrong.join(', '));
  const { QueueUrls = [] } = await clients.sqs.send(new ListQueuesCommand({}));
  if (QueueUrls.length > 0) throw new Error(`queues are left: ${QueueUrls.join(' ')}`);
  return `${kept.length} kept, ${stack.resources.length - kept.length} deleted`;
}

async function keysIn(bucket: string, s3: S3Client): Promise<string[]> {
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: bucket }));
  return Contents.map(({ Key = '' }) => Key);
}
