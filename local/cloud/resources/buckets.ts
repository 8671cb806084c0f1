import type { S3Client } from '@aws-sdk/client-s3';
import { CreateBucketCommand } from '@aws-sdk/client-s3';
import * as z from 'zod';
import { CloudError } from '../cloud-error.ts';
import type { QueueNotification } from '../emulators/s3/s3-events.ts';
import type { Stack } from '../template/stack.ts';
import type { QueuePlan } from './queues.ts';
import { readProperties } from './read-properties.ts';

/** A bucket to make, and the queues that hear of it. */
export interface BucketPlan {
  readonly bucketName: string;
  readonly notifications: readonly QueueNotification[];
}

const configuration = z.object({
  Id: z.string().optional(),
  Event: z.string(),
  Queue: z.string(),
  Filter: z
    .object({
      S3Key: z.object({
        Rules: z.array(z.object({ Name: z.string(), Value: z.string() })),
      }),
    })
    .optional(),
});

const bucketProperties = z.object({
  NotificationConfiguration: z
    .object({ QueueConfigurations: z.array(configuration).default([]) })
    .default({ QueueConfigurations: [] }),
});

const KNOWN_EVENT =
  /^s3:Object(Created:(\*|Put|Post|Copy|CompleteMultipartUpload)|Removed:(\*|Delete))$/;

/** The buckets that a stack asks for. */
export function planBuckets(stack: Stack, queues: readonly QueuePlan[]): BucketPlan[] {
  return stack.resources('AWS::S3::Bucket').map((bucket) => {
    const { logicalId, name } = bucket;
    const { NotificationConfiguration } = readProperties(bucket, bucketProperties);
    const notifications = NotificationConfiguration.QueueConfigurations.map((wish, index) => {
      const queue = queues.find((candidate) => candidate.arn === wish.Queue);
      if (!queue)
        throw new CloudError(`${logicalId} notifies ${wish.Queue}, which is no queue here`);
      if (!KNOWN_EVENT.test(wish.Event)) {
        throw new CloudError(`${logicalId} notifies of ${wish.Event}, which never happens here`);
      }
      return {
        id: wish.Id ?? `${logicalId}-${index}`,
        queueName: queue.queueName,
        event: wish.Event,
        ...keyFilter(wish.Filter?.S3Key.Rules ?? [], logicalId),
      };
    });
    return { bucketName: name, notifications };
  });
}

/** Makes the buckets; they don't notify anyone yet. */
export async function createBuckets(s3: S3Client, plans: readonly BucketPlan[]): Promise<void> {
  for (const { bucketName } of plans) {
    await s3.send(new CreateBucketCommand({ Bucket: bucketName }));
  }
}

function keyFilter(rules: readonly { Name: string; Value: string }[], logicalId: string) {
  const filter = { prefix: '', suffix: '' };
  for (const { Name, Value } of rules) {
    const name = Name.toLowerCase();
    if (name !== 'prefix' && name !== 'suffix') {
      throw new CloudError(
        `${logicalId} filters keys by ${Name}: only prefix and suffix are known`,
      );
    }
    filter[name] = Value;
  }
  return filter;
}
