import type { Message, MessageAttributeValue } from '@aws-sdk/client-sqs';
import type { QueueName } from '../doctor/queues.ts';

/** A message that its consumer has given up, as it lies in the dead-letter queue of its stage. */
export interface DeadLetter {
  /** The queue whose consumer gave it up. */
  readonly queue: QueueName;
  /** The same that it had in its queue: the functions log it. */
  readonly messageId: string;
  /** By which it is ours for now. */
  readonly receiptHandle: string;
  readonly body: string;
  /** When it was first sent; SQS keeps it for 14 days from then (infra/worker.ts). */
  readonly sentAt: Date;
  /** How often anybody has received it, this time included. */
  readonly receivedTimes: number;
  readonly attributes: Readonly<Record<string, MessageAttributeValue>>;
  /** X-Ray's: the one system attribute that can be sent along. */
  readonly traceHeader: string | undefined;
}

/** The letter that SQS has handed over. */
export function letterOf(queue: QueueName, message: Message): DeadLetter {
  const { MessageId = '', ReceiptHandle = '', Body = '', Attributes = {} } = message;
  const attributes = Object.entries(message.MessageAttributes ?? {}).map(
    ([name, { DataType, StringValue, BinaryValue }]): [string, MessageAttributeValue] => [
      name,
      { DataType, ...(BinaryValue ? { BinaryValue } : { StringValue }) },
    ],
  );
  return {
    queue,
    messageId: MessageId,
    receiptHandle: ReceiptHandle,
    body: Body,
    sentAt: new Date(Number(Attributes.SentTimestamp ?? 0)),
    receivedTimes: Number(Attributes.ApproximateReceiveCount ?? 0),
    attributes: Object.fromEntries(attributes),
    traceHeader: Attributes.AWSTraceHeader,
  };
}
