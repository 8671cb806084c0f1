import {
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageCommand,
} from '@aws-sdk/client-sqs';
import { waitFor } from '../../support/wait-for.ts';
import { physicalIdOf } from './deployed-stack.ts';
import type { DeployedWorld } from './emulated-world.ts';
import { changeVisibility } from './kill-functions.ts';

const POISON = 'no message of ours';
const WAIT_MS = 60_000;
const SOON_SECONDS = 1;

/**
 * Sends what no function can read, and waits until it lies in the dead-letter queue. Its deliveries
 * come a second after each other, where AWS would take an hour.
 * @returns how often it was delivered
 */
export async function poisonEndsAsDeadLetter(world: DeployedWorld): Promise<string> {
  const { clients, stack } = world;
  const url = (name: string) => physicalIdOf(stack, 'AWS::SQS::Queue', name);
  const before = await visibilityOf(world, url('Uploads'));
  await changeVisibility(world, 'Uploads', SOON_SECONDS);
  await clients.sqs.send(new SendMessageCommand({ QueueUrl: url('Uploads'), MessageBody: POISON }));
  const letter = await takeMessage(world, url('UploadsDeadLetters'));
  await changeVisibility(world, 'Uploads', before);
  if (letter.Body !== POISON) throw new Error(`another message is there: ${letter.Body}`);
  return `after ${letter.Attributes?.ApproximateReceiveCount ?? '?'} receives, its own included`;
}

async function visibilityOf({ clients }: DeployedWorld, QueueUrl: string): Promise<number> {
  const names = { QueueUrl, AttributeNames: ['VisibilityTimeout' as const] };
  const { Attributes } = await clients.sqs.send(new GetQueueAttributesCommand(names));
  return Number(Attributes?.VisibilityTimeout);
}

/** Takes the first message that comes out of the queue. */
async function takeMessage(
  { clients, surroundings }: DeployedWorld,
  QueueUrl: string,
): Promise<Message> {
  const receive = async () => {
    surroundings.signal.throwIfAborted();
    const { Messages = [] } = await clients.sqs.send(
      new ReceiveMessageCommand({
        QueueUrl,
        WaitTimeSeconds: 1,
        MessageSystemAttributeNames: ['ApproximateReceiveCount'],
      }),
    );
    return Messages[0];
  };
  const describe = () => 'the dead-letter queue is empty';
  const message = await waitFor(receive, { timeoutMs: WAIT_MS, describe });
  const { ReceiptHandle } = message;
  await clients.sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
  return message;
}
