import { GetQueueAttributesCommand, SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';
import { PipelineError } from './errors.ts';

/** The longest that SQS holds a message back (SendMessage, DelaySeconds). */
export const MAX_DELAY_SECONDS = 900;
const MESSAGES_PER_CALL = 10;

export interface Queue<T> {
  /**
   * Sends every message, in as few calls as SQS allows; resolves once SQS has all of them.
   * @throws SendFailedError when SQS refused some; it has the others
   */
  send(messages: readonly T[], delaySeconds?: number): Promise<void>;
}

/** A queue that can be asked how far behind its consumer is. */
export interface CountedQueue<T> extends Queue<T> {
  /** About how many messages its consumer has before it or works on; those that are held back are none. */
  countMessages(): Promise<number>;
}

/** Thrown when SQS did not take some of the messages. */
export class SendFailedError extends PipelineError {
  override readonly name = 'SendFailedError';
  readonly code = 'send_failed';
  readonly retryable = true;
}

/** Visible, and received by somebody who has not done with it. */
const UNDONE = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'] as const;

const client = new SQSClient();

/** A queue of JSON messages of one type. */
export function createQueue<T>(queueUrl: string): CountedQueue<T> {
  return {
    async send(messages, delaySeconds = 0) {
      const refused: string[] = [];
      for (let start = 0; start < messages.length; start += MESSAGES_PER_CALL) {
        const { Failed: failed = [] } = await client.send(
          new SendMessageBatchCommand({
            QueueUrl: queueUrl,
            Entries: messages.slice(start, start + MESSAGES_PER_CALL).map((message, index) => ({
              Id: String(index),
              MessageBody: asciiJson(message),
              DelaySeconds: Math.min(MAX_DELAY_SECONDS, Math.max(0, Math.ceil(delaySeconds))),
            })),
          }),
        );
        refused.push(...failed.map(({ Code: code = 'without a code' }) => code));
      }
      if (refused.length === 0) return;
      throw new SendFailedError(`${refused.length} of ${messages.length} refused: ${refused[0]}`);
    },

    async countMessages() {
      const { Attributes: counts = {} } = await client.send(
        new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: [...UNDONE] }),
      );
      return UNDONE.reduce((sum, name) => sum + Number(counts[name] ?? 0), 0);
    },
  };
}

/** An S3 key may hold characters that SQS refuses in a body (U+FFFE, say), but not once escaped. */
function asciiJson(message: unknown): string {
  return JSON.stringify(message).replace(
    /[^\u0020-\u007e]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
