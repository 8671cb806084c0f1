import { GetQueueUrlCommand, ReceiveMessageCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { expect, it } from 'vitest';
import { waitFor } from '../../support/wait-for.ts';
import { deadLetters, deliveries, printed, send, startQueueCloud } from './queue-cloud.ts';
import { START } from './test-cloud.ts';

const VISIBILITY_MS = 60_000;

it('gives a poison message up to the dead-letter queue, and handles the others once', async () => {
  await using running = await startQueueCloud(`
    const failed = event.Records.filter((record) => record.body === 'poison');
    return { batchItemFailures: failed.map(({ messageId }) => ({ itemIdentifier: messageId })) };`);
  await send(running, 'good', 'poison', 'fine');

  await running.cloud.letTimePass(4 * VISIBILITY_MS);

  expect(await deadLetters(running), running.logText()).toBe(1);
  await waitFor(() => deliveries(running, 'poison') === 3, { describe: () => running.logText() });
  expect([deliveries(running, 'good'), deliveries(running, 'fine')]).toEqual([1, 1]);
});

it('delivers a failed message again when its visibility timeout is over, not before', async () => {
  await using running = await startQueueCloud(`
    if (event.Records[0].attributes.ApproximateReceiveCount === '1') throw new Error('boom');`);
  await send(running, 'again');
  await running.cloud.whenIdle();
  await running.clock.advance(VISIBILITY_MS - 1);
  await running.cloud.whenIdle();
  expect(deliveries(running, 'again')).toBe(1);

  await running.clock.advance(1);
  await running.cloud.whenIdle();

  await waitFor(() => deliveries(running, 'again') === 2);
  await running.cloud.letTimePass(10 * VISIBILITY_MS);
  expect(deliveries(running, 'again')).toBe(2);
  expect(await deadLetters(running)).toBe(0);
});

it('fails the whole batch when the response names a message that is not in it', async () => {
  await using running = await startQueueCloud(
    `return { batchItemFailures: [{ itemIdentifier: 'other' }] };`,
  );
  await send(running, 'one');

  await running.cloud.letTimePass(4 * VISIBILITY_MS);

  expect(await deadLetters(running), running.logText()).toBe(1);
});

it('tells the URL of a queue by a host that every machine has', async () => {
  await using running = await startQueueCloud('');

  const { QueueUrl } = await running.sqs.send(new GetQueueUrlCommand({ QueueName: 'Test-Work' }));

  expect(QueueUrl).toBe(running.cloud.outputs['Queue']);
  expect(QueueUrl).toBe(`${running.cloud.endpoints.sqs}/000000000000/Test-Work`);
});

it('writes events as Lambda does', async () => {
  await using running = await startQueueCloud('');
  await running.sqs.send(
    new SendMessageCommand({
      QueueUrl: running.cloud.outputs['Queue'],
      MessageBody: 'a body',
      MessageAttributes: {
        Text: { DataType: 'String', StringValue: 'é' },
        Bytes: { DataType: 'Binary', BinaryValue: Buffer.from([0, 255]) },
      },
    }),
  );

  const [first] = await waitFor(() => (printed(running).length > 0 ? printed(running) : undefined));

  expect(first?.event.Records[0]).toEqual({
    messageId: expect.any(String),
    receiptHandle: expect.any(String),
    body: 'a body',
    attributes: expect.objectContaining({
      ApproximateReceiveCount: '1',
      SentTimestamp: String(START.getTime()),
      ApproximateFirstReceiveTimestamp: String(START.getTime()),
    }),
    messageAttributes: {
      Text: { stringValue: 'é', stringListValues: [], binaryListValues: [], dataType: 'String' },
      Bytes: {
        binaryValue: 'AP8=',
        stringListValues: [],
        binaryListValues: [],
        dataType: 'Binary',
      },
    },
    md5OfBody: expect.stringMatching(/^[0-9a-f]{32}$/),
    md5OfMessageAttributes: expect.stringMatching(/^[0-9a-f]{32}$/),
    eventSource: 'aws:sqs',
    eventSourceARN: 'arn:aws:sqs:us-east-1:000000000000:Test-Work',
    awsRegion: 'us-east-1',
  });
});

it('does not deliver what SQS would have forgotten', async () => {
  await using running = await startQueueCloud(`throw new Error('always');`);
  await send(running, 'old');
  await running.cloud.whenIdle();

  await running.clock.advance(5 * 24 * 3_600_000);
  await running.cloud.whenIdle();

  expect(deliveries(running, 'old')).toBe(1);
  const left = await running.sqs.send(
    new ReceiveMessageCommand({ QueueUrl: running.cloud.outputs['Queue'] }),
  );
  expect(left.Messages).toBeUndefined();
});
