import type { Message, SQSClient } from '@aws-sdk/client-sqs';
import { expect, it } from 'vitest';
import { MOST_LETTERS } from '../../../../cli/redrive/letter-box.ts';
import { createSqsLetterBox } from '../../../../cli/redrive/sqs-letter-box.ts';

const never = new AbortController().signal;
const urls = { source: 'https://source', deadLetters: 'https://dead' };

interface Call {
  readonly name: string;
  readonly input: Record<string, unknown>;
}

/** SQS as far as it answers what it is told to, and the calls that it got. */
function start(answer: (call: Call, at: number) => object) {
  const calls: Call[] = [];
  const sqs = {
    send: async (command: { readonly input: object }) => {
      const call = { name: command.constructor.name.slice(0, -7), input: { ...command.input } };
      calls.push(call);
      return answer(call, calls.length);
    },
  };
  const box = createSqsLetterBox('Uploads', urls, sqs as unknown as SQSClient);
  return { box, calls, named: (name: string) => calls.filter((call) => call.name === name) };
}

const message = (id: number, handle: number, Body = ''): Message => ({
  MessageId: `m${id}`,
  ReceiptHandle: `h${handle}`,
  Body,
});
const ten = (at: number) => Array.from({ length: 10 }, (_, id) => message(at * 10 + id, at));

it('receives page by page until a long poll finds none, and releases all of them', async () => {
  const { box, named } = start(({ name }, at) =>
    name === 'ReceiveMessage' && at <= 3 ? { Messages: ten(at) } : {},
  );
  expect(await box.receive(never)).toBe(true);
  expect(box.held()).toHaveLength(30);
  for (const { input } of named('ReceiveMessage')) {
    expect(input).toMatchObject({ WaitTimeSeconds: 2, VisibilityTimeout: 60 });
  }
  await box.release();
  const released = named('ChangeMessageVisibilityBatch').flatMap(
    ({ input }) => input['Entries'] as { VisibilityTimeout: number }[],
  );
  expect(released).toHaveLength(30);
  expect(released.every(({ VisibilityTimeout }) => VisibilityTimeout === 0)).toBe(true);
  expect(box.held()).toEqual([]);
});

it('keeps no more than it can show, however many there are', async () => {
  const { box } = start((_, at) => ({ Messages: ten(at) }));
  expect(await box.receive(never)).toBe(false);
  expect(box.held()).toHaveLength(MOST_LETTERS);
});

it('keeps no more bytes than it can hold', async () => {
  const body = 'x'.repeat(1024 * 1024);
  const { box } = start((_, at) => ({ Messages: [message(at, at, body)] }));
  expect(await box.receive(never)).toBe(false);
  expect(box.held()).toHaveLength(32);
});

it('knows a letter that came twice by its newest handle', async () => {
  const { box } = start((_, at) => (at <= 2 ? { Messages: [message(1, at)] } : {}));
  await box.receive(never);
  expect(box.held()).toMatchObject([{ messageId: 'm1', receiptHandle: 'h2' }]);
});

it('sends along what X-Ray follows a message by', async () => {
  const traced = { ...message(1, 1), Attributes: { AWSTraceHeader: 'Root=1-2-3' } };
  const { box, named } = start((_, at) => (at === 1 ? { Messages: [traced] } : {}));
  await box.receive(never);
  await box.sendBack(letterIn(box));
  expect(named('SendMessage')).toMatchObject([
    {
      input: {
        QueueUrl: urls.source,
        MessageSystemAttributes: {
          AWSTraceHeader: { DataType: 'String', StringValue: 'Root=1-2-3' },
        },
      },
    },
  ]);
});

it('stops receiving when it is interrupted', async () => {
  const interrupt = new AbortController();
  const { box, calls } = start((_, at) => {
    if (at === 2) interrupt.abort();
    return { Messages: ten(at) };
  });
  expect(await box.receive(interrupt.signal)).toBe(false);
  expect(calls).toHaveLength(2);
  expect(box.held()).toHaveLength(20);
});

it('throws what stands in the way of a claim, unless the letter is of somebody else', async () => {
  const failWith = (name: string) =>
    start(({ name: called }) => {
      if (called === 'ReceiveMessage') return { Messages: [message(1, 1)] };
      throw Object.assign(new Error('no'), { name });
    });
  for (const name of ['MessageNotInflight', 'ReceiptHandleIsInvalid', 'InvalidParameterValue']) {
    const { box } = failWith(name);
    expect(await box.claim(letterIn(await received(box)))).toBe(false);
  }
  const { box } = failWith('AccessDenied');
  await expect(box.claim(letterIn(await received(box)))).rejects.toThrow('no');
});

type Box = ReturnType<typeof start>['box'];

async function received(box: Box): Promise<Box> {
  const once = new AbortController();
  const receiving = box.receive(once.signal);
  once.abort();
  await receiving;
  return box;
}

function letterIn(box: Box) {
  const [letter] = box.held();
  if (!letter) throw new Error('no letter');
  return letter;
}
