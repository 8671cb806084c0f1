import { spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  ListQueuesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
} from '@aws-sdk/client-sqs';
import { DeleteCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, it } from 'vitest';
import type { LetterBox } from '../../../cli/redrive/letter-box.ts';
import { sendBack } from '../../../cli/redrive/settle-letters.ts';
import { createSqsLetterBox } from '../../../cli/redrive/sqs-letter-box.ts';
import { VIDEO_SK, videoPk } from '../../../shared/store/keys.ts';
import { runCommand } from '../../support/run-command.ts';
import { s3Record } from '../../support/s3-records.ts';
import { startTestPipeline, type TestPipeline } from '../../support/test-pipeline.ts';
import { waitFor } from '../../support/wait-for.ts';

const never = new AbortController().signal;
const redrive = (test: TestPipeline, ...args: string[]) => runCommand('redrive', test, ...args);

async function queueUrl({ pipeline: { sqs } }: TestPipeline, name: string): Promise<string> {
  const { QueueUrls = [] } = await sqs.send(new ListQueuesCommand());
  const url = QueueUrls.find((it) => new RegExp(`-${name}[0-9A-F]{8}$`).test(it));
  if (!url) throw new Error(`no queue ${name}`);
  return url;
}

/** How many letters can be received now, and how many somebody holds. */
async function letterCounts(test: TestPipeline, name: string) {
  const { Attributes = {} } = await test.pipeline.sqs.send(
    new GetQueueAttributesCommand({
      QueueUrl: await queueUrl(test, `${name}DeadLetters`),
      AttributeNames: ['All'],
    }),
  );
  return [
    Number(Attributes.ApproximateNumberOfMessages),
    Number(Attributes.ApproximateNumberOfMessagesNotVisible),
  ];
}

async function bury(test: TestPipeline, name: string, ...bodies: readonly unknown[]) {
  const QueueUrl = await queueUrl(test, `${name}DeadLetters`);
  for (const body of bodies) {
    const MessageBody = typeof body === 'string' ? body : JSON.stringify(body);
    await test.pipeline.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody }));
  }
}

function rowKey({ pipeline }: TestPipeline, key: string) {
  return { pk: videoPk(pipeline.uploadsBucket, key), sk: VIDEO_SK };
}

/** Drops a video that nobody can take in, until its event is a dead letter. */
async function dropInVain(test: TestPipeline, key: string): Promise<void> {
  const { table, tableName: TableName } = test.pipeline;
  // Edited by hand: whoever finds it in the way can't read it.
  const Item = { ...rowKey(test, key), kind: 'video', state: 'of another version' };
  await table.send(new PutCommand({ TableName, Item }));
  await test.drop(key);
  // Five deliveries, each six minutes after the one before, and the sixth that does not take place.
  await test.letPass(1_900);
}

async function mend(test: TestPipeline, key: string): Promise<void> {
  const { table, tableName: TableName } = test.pipeline;
  await table.send(new DeleteCommand({ TableName, Key: rowKey(test, key) }));
}

async function uploadsBox(test: TestPipeline): Promise<LetterBox> {
  const source = await queueUrl(test, 'Uploads');
  const deadLetters = await queueUrl(test, 'UploadsDeadLetters');
  return createSqsLetterBox('Uploads', { source, deadLetters }, test.pipeline.sqs);
}

describe('a video whose event was given up after five deliveries', () => {
  it('goes on when the letter is sent back once the cause is mended', async () => {
    await using test = await startTestPipeline();
    await dropInVain(test, 'a.webm');
    expect(test.logs.filter((line) => line.includes('accept_failed'))).toHaveLength(5);

    const shown = await redrive(test);
    expect(shown.out).toContain(
      `upload of s3://${test.pipeline.uploadsBucket}/a.webm: what became of it is not known; its row can't be read: `,
    );
    expect(shown.out).toContain('received 7×');
    expect(shown.out).toContain('Nothing was sent back: --send does');
    expect(shown.code).toBe(0);
    await mend(test, 'a.webm');
    const sent = await redrive(test, '--send');
    expect(sent.out).toContain('a.webm: there is no row, so the upload was never taken in');
    expect(sent.out).toContain('Sent 1 of 1 back');

    const [rows] = await test.letThemFinish(['a.webm'], 300);
    expect(rows?.analyses).toMatchObject([{ state: 'ready' }]);
    expect(await redrive(test)).toMatchObject({ out: 'No dead letters to be seen.\n', code: 0 });
  });

  it('is paid once when the one who sends it dies before it is deleted, and another sends it again', async () => {
    await using test = await startTestPipeline();
    await dropInVain(test, 'a.webm');
    await mend(test, 'a.webm');
    const box = await uploadsBox(test);
    await box.receive(never);
    const [letter] = box.held();
    if (!letter) throw new Error('no letter');
    const dying = { ...box, remove: () => Promise.reject(new Error('killed')) };
    const judged = [{ letter, kind: 'needed', words: [] }] as const;
    const { done } = await sendBack(judged, new Map([['Uploads', dying]]), never);
    expect(done).toBe(0);
    // Nobody releases it: it comes back by itself.
    expect(await letterCounts(test, 'Uploads')).toEqual([0, 1]);
    await test.letPass(61);

    expect((await redrive(test, '--send')).out).toContain('Sent 1 of 1 back');
    await test.letThemFinish(['a.webm'], 300);
    expect(test.box.ledger.assets()).toHaveLength(1);
    expect(test.box.ledger.billedItems()).toHaveLength(1);
    expect(await letterCounts(test, 'Uploads')).toEqual([0, 0]);
  });

  it('is left alone by who held the letter too long, when somebody else has it', async () => {
    await using test = await startTestPipeline();
    await bury(test, 'Uploads', { Event: 's3:TestEvent' });
    const [slow, quick] = [await uploadsBox(test), await uploadsBox(test)];
    await slow.receive(never);
    const judged = slow.held().map((letter) => ({ letter, kind: 'needed', words: [] }) as const);
    await test.letPass(61);
    await quick.receive(never);
    expect(quick.held()).toHaveLength(1);
    expect(await sendBack(judged, new Map([['Uploads', slow]]), never)).toEqual({
      done: 0,
      taken: 1,
      failures: [],
    });
  });
});

it('sends a letter about a finished video back late, and nothing comes of it', async () => {
  await using test = await startTestPipeline();
  await test.drop('a.webm');
  const [rows] = await test.letThemFinish(['a.webm'], 300);
  await bury(test, 'Uploads', { Records: [s3Record(rows?.video ?? {})] });
  const { out } = await redrive(test, '--send');
  expect(out).toContain('a.webm: was taken in; is already admitted since');
  expect(out).toContain('Sent 1 of 1 back');
  await test.letPass(600);
  expect(test.box.ledger.assets()).toHaveLength(1);
  expect(test.box.ledger.billedItems()).toHaveLength(1);
});

it('lists more than a call brings, hides none of them, and shares them with a second one', async () => {
  await using test = await startTestPipeline();
  const rounds = Array.from({ length: 25 }, () => ({ round: 'due' }));
  await bury(test, 'QueuedAnalyses', ...rounds);
  expect((await redrive(test)).out).toContain('QueuedAnalyses: 25 dead letters');
  expect(await letterCounts(test, 'QueuedAnalyses')).toEqual([25, 0]);

  const both = await Promise.all([redrive(test, '--send'), redrive(test, '--send')]);
  const sent = both.map(({ out }) => Number(/^Sent (\d+) of/m.exec(out)?.[1] ?? 0));
  expect(sent.reduce((sum, it) => sum + it)).toBe(25);
  expect(await letterCounts(test, 'QueuedAnalyses')).toEqual([0, 0]);
});

it('gives all letters free when it is interrupted', async () => {
  await using test = await startTestPipeline();
  await bury(test, 'Uploads', 'no JSON', { Event: 's3:TestEvent' });
  const command = fileURLToPath(new URL('../../../cli/redrive.ts', import.meta.url));
  const env = { PATH: process.env['PATH'], ...test.pipeline.cloud.clientEnvironment };
  const child = spawn(process.execPath, [command, '--send'], { env, stdio: 'ignore' });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  await waitFor(async () => (await letterCounts(test, 'Uploads'))[1] === 2);
  child.kill('SIGINT');
  expect(await ended).toBe(130);
  expect(await letterCounts(test, 'Uploads')).toEqual([2, 0]);
});

it('saves what nobody needs or can read before it deletes it, and sends the rest', async () => {
  await using test = await startTestPipeline();
  const cwd = await mkdtemp(join(tmpdir(), 'redrive-'));
  const event = { Records: [s3Record({ bucket: test.pipeline.uploadsBucket, key: 'gone.mp4' })] };
  await bury(test, 'Uploads', 'no "JSON"\n東', { Event: 's3:TestEvent' }, event);
  const { out, code } = await runCommand('redrive', { ...test, cwd }, '--drop', '--send');
  const [name = ''] = await readdir(cwd);
  const saved = (await readFile(join(cwd, name), 'utf8')).trimEnd().split('\n');
  await rm(cwd, { recursive: true });

  expect(out).toContain(`Saved 2 to ${join(cwd, name)}\nDeleted 2 of 2\nSent 1 of 1 back`);
  expect(code).toBe(0);
  const letters = saved.map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(letters.map(({ body }) => body)).toEqual(['no "JSON"\n東', '{"Event":"s3:TestEvent"}']);
  expect(letters.map(({ kind }) => kind)).toEqual(['unreadable', 'superfluous']);
  expect(await letterCounts(test, 'Uploads')).toEqual([0, 0]);
});

it('leaves the unreadable where it lies, unless it is forced', async () => {
  await using test = await startTestPipeline();
  await bury(test, 'LargeUploads', '{"pk":1}');
  const left = await redrive(test, '--send');
  expect(left.out).toContain("the message can't be read: pk: ");
  expect(left.out).toContain('1 unreadable left: --drop deletes what is unreadable or superfluous');
  expect(await letterCounts(test, 'LargeUploads')).toEqual([1, 0]);
  expect((await redrive(test, '--send', '--force')).out).toContain('Sent 1 of 1 back');
  expect(await letterCounts(test, 'LargeUploads')).toEqual([0, 0]);
});

it('sends the very body and attributes', async () => {
  await using test = await startTestPipeline();
  const { sqs } = test.pipeline;
  const create = async (QueueName: string) =>
    (await sqs.send(new CreateQueueCommand({ QueueName }))).QueueUrl ?? '';
  const [source, deadLetters] = [await create('source'), await create('source-dead-letters')];
  const MessageBody = ' {"a" : 1,\n\t"ü\\u00fc": "東"} ';
  const MessageAttributes = {
    text: { DataType: 'String', StringValue: 'ü' },
    bytes: { DataType: 'Binary.png', BinaryValue: Uint8Array.of(0, 255) },
  };
  await sqs.send(new SendMessageCommand({ QueueUrl: deadLetters, MessageBody, MessageAttributes }));
  const box = createSqsLetterBox('Uploads', { source, deadLetters }, sqs);
  await box.receive(never);
  for (const letter of box.held()) await box.sendBack(letter);

  const { Messages } = await sqs.send(
    new ReceiveMessageCommand({ QueueUrl: source, MessageAttributeNames: ['All'] }),
  );
  expect(Messages).toMatchObject([{ Body: MessageBody, MessageAttributes }]);
});

it.each([
  [['--queue', 'Downloads'], '--queue takes Uploads, ScheduledUploads, '],
  [['--drop', '--force'], '--force does not go with --drop'],
  [['--all'], "Unknown option '--all'"],
])('with %j says what is wrong', async (args, words) => {
  const { code, errors } = await runCommand('redrive', undefined, ...args);
  expect(code).toBe(2);
  expect(errors).toContain(words);
});
