import { GetQueueAttributesCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { awsWords } from '../aws-words.ts';
import type { StackResource } from '../find-stack.ts';
import type { Check } from './examined.ts';
import { failed, type Line, number, ok } from './line.ts';

/** The queues of the stack, in the order in which a video meets them. */
export const QUEUES = [
  'Uploads',
  'ScheduledUploads',
  'LargeUploads',
  'RegisteredAssets',
  'QueuedAnalyses',
  'ChangedBatches',
] as const;

export type QueueName = (typeof QUEUES)[number];

/** What the name of a queue's dead-letter queue ends with. */
export const DEAD_LETTERS = 'DeadLetters';

/** How full a queue is; SQS says it about. */
export interface QueueFacts {
  readonly name: string;
  readonly visible: number;
  readonly inFlight: number;
  readonly deadLetters: number;
}

/** Whether each queue answers, and has given up no message. */
export const checkQueues: Check = {
  name: 'queues',
  run: async ({ resources, sqs }) => {
    const parts = await resources();
    return await Promise.all(QUEUES.map((name) => checkQueue(name, parts, sqs)));
  },
};

/** The line on a queue. */
export function judgeQueue({ name, visible, inFlight, deadLetters }: QueueFacts): Line {
  const full = `${number(visible)} waiting, ${number(inFlight)} in flight`;
  if (deadLetters === 0) return ok(lineName(name), `${full}, no dead letters`);
  const letters = deadLetters === 1 ? '1 dead letter' : `${number(deadLetters)} dead letters`;
  return failed(
    lineName(name),
    `${full}, ${letters}; npm run redrive shows them, and see "A dead-letter queue is not empty" in docs/runbook.md`,
  );
}

/** The address of a queue, by its name in the stack: that and the eight digits that CDK adds. */
export function queueUrlIn(parts: readonly StackResource[], name: string): string {
  const queue = parts.find(
    ({ type, logicalId }) =>
      type === 'AWS::SQS::Queue' && logicalId.replace(/[0-9A-F]{8}$/, '') === name,
  );
  if (!queue) throw new Error(`the stack has no queue ${name}; deploy it anew`);
  return queue.physicalId;
}

async function checkQueue(
  name: string,
  parts: readonly StackResource[],
  sqs: SQSClient,
): Promise<Line> {
  try {
    const queue = await depthOf(queueUrlIn(parts, name), sqs);
    const dead = await depthOf(queueUrlIn(parts, `${name}${DEAD_LETTERS}`), sqs);
    const { visible, inFlight } = queue;
    return judgeQueue({ name, visible, inFlight, deadLetters: dead.visible + dead.inFlight });
  } catch (error) {
    // One queue that is gone must not hide what the others say.
    return failed(lineName(name), awsWords(error));
  }
}

async function depthOf(QueueUrl: string, sqs: SQSClient) {
  const { Attributes: found = {} } = await sqs.send(
    new GetQueueAttributesCommand({
      QueueUrl,
      AttributeNames: [
        'ApproximateNumberOfMessages',
        'ApproximateNumberOfMessagesDelayed',
        'ApproximateNumberOfMessagesNotVisible',
      ],
    }),
  );
  const of = (name: keyof typeof found) => Number(found[name] ?? 0);
  return {
    visible: of('ApproximateNumberOfMessages') + of('ApproximateNumberOfMessagesDelayed'),
    inFlight: of('ApproximateNumberOfMessagesNotVisible'),
  };
}

function lineName(queue: string): string {
  return `queue ${queue}`;
}
