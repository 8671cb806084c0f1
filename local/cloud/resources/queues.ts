import { CreateQueueCommand, type SQSClient } from '@aws-sdk/client-sqs';
import * as z from 'zod';
import { CloudError } from '../cloud-error.ts';
import type { Stack } from '../template/stack.ts';
import { readProperties } from './read-properties.ts';

/** A queue to make. */
export interface QueuePlan {
  readonly logicalId: string;
  readonly queueName: string;
  readonly queueUrl: string;
  readonly arn: string;
  readonly visibilityTimeoutSeconds: number;
  readonly retentionSeconds: number;
  readonly attributes: Readonly<Record<string, string>>;
}

const DEFAULT_VISIBILITY_SECONDS = 30;
const DEFAULT_RETENTION_SECONDS = 345_600;

const seconds = z.coerce.number();
const queueProperties = z.object({
  VisibilityTimeout: seconds.default(DEFAULT_VISIBILITY_SECONDS),
  MessageRetentionPeriod: seconds.default(DEFAULT_RETENTION_SECONDS),
  DelaySeconds: seconds.optional(),
  MaximumMessageSize: z.coerce.number().optional(),
  ReceiveMessageWaitTimeSeconds: seconds.optional(),
  RedrivePolicy: z
    .object({ deadLetterTargetArn: z.string(), maxReceiveCount: z.coerce.number().min(1) })
    .optional(),
});

/** The queues that a stack asks for. */
export function planQueues(stack: Stack): QueuePlan[] {
  const plans = stack.resources('AWS::SQS::Queue').map((queue) => {
    const { RedrivePolicy, ...attributes } = readProperties(queue, queueProperties);
    const texts = Object.entries(attributes).map(([name, value]) => [name, String(value)]);
    return {
      logicalId: queue.logicalId,
      queueName: queue.name,
      queueUrl: queue.identity.ref,
      arn: queue.identity.attributes['Arn'] ?? '',
      visibilityTimeoutSeconds: attributes.VisibilityTimeout,
      retentionSeconds: attributes.MessageRetentionPeriod,
      deadLetterArn: RedrivePolicy?.deadLetterTargetArn,
      attributes: {
        ...Object.fromEntries(texts),
        ...(RedrivePolicy && { RedrivePolicy: JSON.stringify(RedrivePolicy) }),
      },
    };
  });
  const lost = plans.find(
    ({ deadLetterArn }) => deadLetterArn && !plans.some(({ arn }) => arn === deadLetterArn),
  );
  if (lost) throw new CloudError(`${lost.logicalId}: ${lost.deadLetterArn} is no queue here`);
  return plans;
}

/** Makes the queues. */
export async function createQueues(sqs: SQSClient, plans: readonly QueuePlan[]): Promise<void> {
  for (const { queueName, attributes } of plans) {
    await sqs.send(new CreateQueueCommand({ QueueName: queueName, Attributes: attributes }));
  }
}
