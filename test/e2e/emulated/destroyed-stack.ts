import { DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { ListObjectsV2Command, type S3Client } from '@aws-sdk/client-s3';
import { ListQueuesCommand } from '@aws-sdk/client-sqs';
import { STACK } from './cdk.ts';
import type { DeployedWorld } from './emulated-world.ts';
import { processesOf } from './processes.ts';
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

/** @throws when anything of the stack is left that is not its data */
export async function expectNothingElse(world: DeployedWorld): Promise<undefined> {
  const { clients, emulator, stack } = world;
  const { Stacks = [] } = await clients.cloudFormation
    .send(new DescribeStacksCommand({ StackName: STACK }))
    .catch(() => ({ Stacks: [] }));
  const isThere = Stacks.some(({ StackStatus }) => StackStatus !== 'DELETE_COMPLETE');
  if (isThere) throw new Error(`the stack is ${Stacks[0]?.StackStatus}`);
  const { QueueUrls = [] } = await clients.sqs.send(new ListQueuesCommand({}));
  if (QueueUrls.length > 0) throw new Error(`queues are left: ${QueueUrls.join(' ')}`);
  const processes = await emulator.processes();
  const running = stack.resources
    .filter(({ type }) => type === 'AWS::Lambda::Function')
    .filter(({ physicalId }) => processesOf(physicalId, processes).length > 0);
  if (running.length > 0) throw new Error(`functions run: ${running.map((it) => it.logicalId)}`);
}

async function keysIn(bucket: string, s3: S3Client): Promise<string[]> {
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: bucket }));
  return Contents.map(({ Key = '' }) => Key);
}
