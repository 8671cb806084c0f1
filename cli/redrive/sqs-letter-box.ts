import {
  ChangeMessageVisibilityBatchCommand,
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import type { QueueName } from '../doctor/queues.ts';
import { type DeadLetter, letterOf } from './dead-letter.ts';
import { type LetterBox, MOST_LETTERS } from './letter-box.ts';

/** So much of their bodies is kept in memory: a message may have 1 MiB. */
const MOST_BYTES = 32 * 1024 * 1024;
/** Killed, we hide letters from others for no longer than this. */
const HOLD_SECONDS = 60;
/** Long polling asks all servers of a queue, where a short one may miss what lies on others. */
const WAIT_SECONDS = 2;
const PER_CALL = 10;
/** What SQS says to a receipt handle of a letter that has come back to the queue meanwhile. */
const NOT_OURS = /MessageNotInflight|InvalidParameterValue|ReceiptHandleIsInvalid/;

/** The dead letters of a queue in SQS. */
export function createSqsLetterBox(
  queue: QueueName,
  urls: { readonly source: string; readonly deadLetters: string },
  sqs: SQSClient,
): LetterBox {
  const QueueUrl = urls.deadLetters;
  const letters = new Map<string, DeadLetter>();

  return {
    queue,
    held: () => [...letters.values()],

    async count() {
      const visible = 'ApproximateNumberOfMessages';
      const hidden = 'ApproximateNumberOfMessagesNotVisible';
      const { Attributes: found = {} } = await sqs.send(
        new GetQueueAttributesCommand({ QueueUrl, AttributeNames: [visible, hidden] }),
      );
      return Number(found[visible] ?? 0) + Number(found[hidden] ?? 0);
    },

    async receive(signal) {
      for (let bytes = 0; letters.size < MOST_LETTERS && bytes < MOST_BYTES; ) {
        if (signal.aborted) return false;
        const received = await receiveSome(MOST_LETTERS - letters.size);
        if (received.length === 0) return true;
        for (const message of received) {
          const letter = letterOf(queue, message);
          letters.set(letter.messageId, letter);
          bytes += letter.body.length;
        }
      }
      return false;
    },

    holdOn: () => hide([...letters.values()], HOLD_SECONDS),

    async claim({ receiptHandle: ReceiptHandle }) {
      const VisibilityTimeout = HOLD_SECONDS;
      try {
        await sqs.send(
          new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout }),
        );
        return true;
      } catch (error) {
        if (error instanceof Error && NOT_OURS.test(error.name)) return false;
        throw error;
      }
    },

    async sendBack({ body, attributes, traceHeader }) {
      await sqs.send(
        new SendMessageCommand({
          QueueUrl: urls.source,
          MessageBody: body,
          MessageAttributes: { ...attributes },
          ...(traceHeader !== undefined && {
            MessageSystemAttributes: {
              AWSTraceHeader: { DataType: 'String', StringValue: traceHeader },
            },
          }),
        }),
      );
    },

    async remove({ messageId, receiptHandle: ReceiptHandle }) {
      await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
      letters.delete(messageId);
    },

    async release() {
      const left = [...letters.values()];
      letters.clear();
      await hide(left, 0);
    },
  };

  async function receiveSome(most: number): Promise<readonly Message[]> {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({
        QueueUrl,
        MaxNumberOfMessages: Math.min(PER_CALL, most),
        VisibilityTimeout: HOLD_SECONDS,
        WaitTimeSeconds: WAIT_SECONDS,
        MessageSystemAttributeNames: ['All'],
        MessageAttributeNames: ['All'],
      }),
    );
    return Messages;
  }

  async function hide(some: readonly DeadLetter[], VisibilityTimeout: number): Promise<void> {
    for (let start = 0; start < some.length; start += PER_CALL) {
      const Entries = some
        .slice(start, start + PER_CALL)
        .map(({ receiptHandle: ReceiptHandle }, at) => ({
          Id: String(at),
          ReceiptHandle,
          VisibilityTimeout,
        }));
      // What is refused here comes back by itself, a minute later.
      await sqs
        .send(new ChangeMessageVisibilityBatchCommand({ QueueUrl, Entries }))
        .catch(() => {});
    }
  }
}
