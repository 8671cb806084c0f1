import type { Need } from '../access/decide.ts';
import { ACCOUNT_ID, REGION } from '../cloud-region.ts';

/** Operations by the action that they take: a batch takes that of its single one. */
const ACTIONS: Readonly<Record<string, string>> = {
  ChangeMessageVisibility: 'ChangeMessageVisibility',
  ChangeMessageVisibilityBatch: 'ChangeMessageVisibility',
  CreateQueue: 'CreateQueue',
  DeleteMessage: 'DeleteMessage',
  DeleteMessageBatch: 'DeleteMessage',
  DeleteQueue: 'DeleteQueue',
  GetQueueAttributes: 'GetQueueAttributes',
  GetQueueUrl: 'GetQueueUrl',
  ListQueues: 'ListQueues',
  ListQueueTags: 'ListQueueTags',
  PurgeQueue: 'PurgeQueue',
  ReceiveMessage: 'ReceiveMessage',
  SendMessage: 'SendMessage',
  SendMessageBatch: 'SendMessage',
  SetQueueAttributes: 'SetQueueAttributes',
  TagQueue: 'TagQueue',
  UntagQueue: 'UntagQueue',
};

/** What of a request to SQS says what it is about. */
interface Request {
  readonly QueueUrl?: string;
  readonly QueueName?: string;
}

/**
 * What a call of SQS takes (Service Authorization Reference, "Actions, resources, and condition keys
 * for Amazon SQS"); undefined for an operation that is not known here.
 */
export function sqsNeeds(operation: string, body: unknown): readonly Need[] | undefined {
  const action = ACTIONS[operation];
  if (action === undefined) return undefined;
  const { QueueUrl, QueueName } = (body ?? {}) as Request;
  const name = QueueUrl?.split('/').at(-1) ?? QueueName ?? '*';
  return [{ action: `sqs:${action}`, resource: `arn:aws:sqs:${REGION}:${ACCOUNT_ID}:${name}` }];
}
