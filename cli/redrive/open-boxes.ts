import type { SQSClient } from '@aws-sdk/client-sqs';
import { DEAD_LETTERS, type QueueName, queueUrlIn } from '../doctor/queues.ts';
import type { StackResource } from '../find-stack.ts';
import type { LetterBox } from './letter-box.ts';
import { createSqsLetterBox } from './sqs-letter-box.ts';

/** Well before what is held would come back. */
const HOLD_ON_EVERY_MS = 20_000;

/** The function that each queue's messages go to, by its name in the stack. */
const CONSUMERS = {
  Uploads: 'AcceptUpload',
  ScheduledUploads: 'RegisterAsset',
  LargeUploads: 'UploadChunks',
  RegisteredAssets: 'AdmitAsset',
  QueuedAnalyses: 'SubmitBatches',
  ChangedBatches: 'CollectResults',
} as const satisfies Record<QueueName, string>;

/** The letter boxes of some queues; what is in hand stays in hand until they are disposed of. */
export interface LetterBoxes extends AsyncDisposable {
  readonly boxes: ReadonlyMap<QueueName, LetterBox>;
}

/** Opens the dead letters of these queues; however it ends, what is still held is released then. */
export function openBoxes(
  queues: readonly QueueName[],
  parts: readonly StackResource[],
  sqs: SQSClient,
): LetterBoxes {
  const boxes = new Map(
    queues.map((queue) => {
      const source = queueUrlIn(parts, queue);
      const deadLetters = queueUrlIn(parts, `${queue}${DEAD_LETTERS}`);
      return [queue, createSqsLetterBox(queue, { source, deadLetters }, sqs)];
    }),
  );
  const each = (act: (box: LetterBox) => Promise<void>) =>
    Promise.all([...boxes.values()].map(act));
  const timer = setInterval(() => void each((box) => box.holdOn()), HOLD_ON_EVERY_MS);
  return {
    boxes,
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      await each((box) => box.release());
    },
  };
}

/** Where the consumer of a queue logs; undefined where the stack does not say. */
export function logGroupOf(queue: QueueName, parts: readonly StackResource[]): string | undefined {
  const group = parts.find(
    ({ type, logicalId }) =>
      type === 'AWS::Logs::LogGroup' && logicalId.startsWith(CONSUMERS[queue]),
  );
  return group?.physicalId;
}
