import { DeleteCommand, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { expect, it } from 'vitest';
import { runCommand } from '../../support/run-command.ts';
import { startTestPipeline, type TestPipeline } from '../../support/test-pipeline.ts';

const GOALS = new URL('../../../samples/football/goals.mp4', import.meta.url);
const keys = ['football/goals.mp4', 'a.webm', 'b.webm', 'not-a-video.mp4'];

type Item = Record<string, unknown>;

/** All rows of the table, in order, and their attributes too. */
async function rowsOf({ pipeline }: TestPipeline): Promise<Item[]> {
  const { Items: items = [] } = await pipeline.table.send(
    new ScanCommand({ TableName: pipeline.tableName, ConsistentRead: true }),
  );
  const name = ({ pk, sk }: Item) => `${pk} ${sk}`;
  return items.map(inOrder).toSorted((a, b) => name(a).localeCompare(name(b)));
}

/** The same item: attributes have no order in DynamoDB. */
function inOrder<T>(value: T): T {
  if (Array.isArray(value)) return value.map(inOrder) as T;
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).toSorted(([a], [b]) => a.localeCompare(b));
  return Object.fromEntries(entries.map(([name, it]) => [name, inOrder(it)])) as T;
}

/** The rows that come out of closed batches: those of refused uploads, say, do not. */
function ofBatches(rows: readonly Item[]): Item[] {
  return rows.filter(({ kind, key }) => typeof kind === 'string' && key !== 'not-a-video.mp4');
}

async function replay(test: TestPipeline, ...args: string[]) {
  return await runCommand('replay', test, ...args);
}

async function finished(): Promise<TestPipeline> {
  const test = await startTestPipeline();
  test.box.faults.set({ kind: 'long-item', bytes: 800_000, times: 1 });
  await test.drop('football/goals.mp4', GOALS);
  await test.drop('a.webm');
  await test.drop('b.webm');
  await test.drop('not-a-video.mp4', 'text');
  await test.letThemFinish(keys, 600);
  await test.letPass(60);
  return test;
}

it('replays the archive into an empty table, to the very rows that were there', async () => {
  await using test = await finished();
  const { table, tableName } = test.pipeline;
  const before = await rowsOf(test);
  const asked = test.box.requests.length;
  expect(ofBatches(before).map(({ kind }) => kind)).toEqual(
    expect.arrayContaining(['video', 'analysis', 'segment', 'batch']),
  );
  for (const { pk, sk } of before) {
    await table.send(new DeleteCommand({ TableName: tableName, Key: { pk, sk } }));
  }

  const { code, out, errors } = await replay(test);

  expect(errors).toBe('');
  expect(out).toMatch(/^2 batches: \d+ rows restored, 0 left that are newer$/m);
  expect(code).toBe(0);
  expect(JSON.stringify(await rowsOf(test))).toBe(JSON.stringify(ofBatches(before)));
  expect(test.box.requests.length).toBe(asked);
});

it('replays over the rows that are there without changing one, and prints any result whole', async () => {
  await using test = await finished();
  const before = await rowsOf(test);
  const { uploadsBucket, tableName, archiveBucket } = test.pipeline;

  expect((await replay(test)).code).toBe(0);
  expect(JSON.stringify(await rowsOf(test))).toBe(JSON.stringify(before));

  const byHand = ['--table', tableName, '--archive', archiveBucket, '--bucket', uploadsBucket];
  const key = String(
    before.find(({ result }) => Object.hasOwn(result ?? {}, 'inArchive'))?.['key'],
  );
  const long = await runCommand('result', test, ...byHand, '--video', key, '--profile', 'summary');
  const { video, analyses } = JSON.parse(long.out);
  expect(video).toMatchObject({ key, state: 'admitted' });
  expect(Buffer.byteLength(analyses[0].result.text)).toBeGreaterThan(400 * 1024);
  const goals = await runCommand(
    ...(['result', test, '--stack', 'Reelbatch', '--video', keys[0] ?? ''] as const),
    ...(['--profile', 'goals'] as const),
  );
  expect(JSON.parse(goals.out).analyses).toMatchObject([
    { profile: 'goals', result: { segments: expect.arrayContaining([expect.anything()]) } },
  ]);
});

it('says what is wrong with what it was told', async () => {
  const told = [
    ['replay', [], 1, 'no AWS region is set'],
    ['replay', ['--table', 't'], 2, '--archive is missing'],
    ['replay', ['--archive', 'a'], 2, '--table is missing'],
    ['replay', ['--nonsense'], 2, "Unknown option '--nonsense'"],
    ['replay', ['--help'], 0, ''],
    ['result', ['--table', 't', '--archive', 'a'], 2, '--video is needed'],
    ['result', ['--table', 't', '--archive', 'a', '--video', 'v'], 2, '--bucket is missing'],
    ['result', ['--help'], 0, ''],
  ] as const;
  for (const [name, args, expected, words] of told) {
    const { code, errors } = await runCommand(name, undefined, ...args);
    expect(errors).toContain(words);
    expect(code).toBe(expected);
  }
});

it('names what is not in the archive, and what nobody knows', async () => {
  await using test = await startTestPipeline();
  const { uploadsBucket } = test.pipeline;
  const replayed = await replay(test, '--batch', 'no-such-batch');
  expect(replayed.errors).toContain("batches/no-such-batch/rows.jsonl.gz can't be read");
  expect(replayed.code).toBe(1);
  const unknown = await runCommand('result', test, '--video', 'nothing.mp4');
  expect(unknown.errors).toContain(`nothing is known of s3://${uploadsBucket}/nothing.mp4`);
  expect(unknown.code).toBe(1);
  const astray = await runCommand('replay', test, '--stack', 'reelbatch');
  expect(astray.errors).toBe(
    'replay: there is no stack reelbatch in us-east-1; there is Reelbatch: is its name right (--stack NAME), and AWS_REGION?\n',
  );
  expect(astray.code).toBe(1);
});
