import { SendMessageBatchCommand } from '@aws-sdk/client-sqs';
import type { SQSEvent } from 'aws-lambda';
import { lambda, mapping, queuePair, ref, role } from './assembly.ts';
import { startTestCloud, type TestCloud } from './test-cloud.ts';

// Prints what it was given, then answers as the code says.
const printing = (answer: string) => ({
  text: `
    import { setTimeout as sleep } from 'node:timers/promises';
    let running = 0;
    export const handler = async (event) => {
      const bodies = event.Records.map((record) => record.body);
      console.log(JSON.stringify({ bodies, running: ++running, event }));
      try { ${answer} } finally { running--; }
    };`,
});

/** What the function says of one invocation. */
export interface Printed {
  readonly bodies: string[];
  readonly event: SQSEvent;
}

/** A queue and a function that reads it; `answer` is the code that decides. */
export function startQueueCloud(
  answer: string,
  mapped: Record<string, unknown> = {},
  code: Record<string, unknown> = {},
): Promise<TestCloud> {
  return startTestCloud({
    handlers: { worker: printing(answer) },
    resources: {
      Role: role,
      ...queuePair('Work'),
      Worker: lambda('worker', code),
      Mapping: mapping('Work', 'Worker', mapped),
    },
    outputs: { Queue: { Value: ref('Work') }, DeadLetters: { Value: ref('WorkDeadLetters') } },
  });
}

/** What the function was given so far. */
export function printed(running: TestCloud): Printed[] {
  return running.log
    .filter(({ stream }) => stream === 'stdout')
    .map(({ text }) => JSON.parse(text) as Printed);
}

export async function send(running: TestCloud, ...bodies: string[]): Promise<void> {
  await running.sqs.send(
    new SendMessageBatchCommand({
      QueueUrl: running.cloud.outputs['Queue'],
      Entries: bodies.map((body, index) => ({ Id: String(index), MessageBody: body })),
    }),
  );
}

export const deliveries = (running: TestCloud, body: string) =>
  printed(running).filter(({ bodies }) => bodies.includes(body)).length;

export const deadLetters = (running: TestCloud) =>
  running.visibleMessages(running.cloud.outputs['DeadLetters'] ?? '');
