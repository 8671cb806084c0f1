import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { DeleteCommand } from '@aws-sdk/lib-dynamodb';
import { beforeAll, expect, it, vi } from 'vitest';
import { type Analysis, analysis, analysisResult } from '../../../shared/analysis.ts';
import { ROWS_FILE } from '../../../shared/archive.ts';
import { videoIdOf } from '../../../shared/video.ts';
import { awsCommand, pageVariables, plainItem } from '../../support/aws-command.ts';
import { blocksBelow, runCommands } from '../../support/documented-commands.ts';
import { newestOf } from '../../support/query-examples/newest-of-profile.ts';
import { quarantinedBytes, rawLineOf } from '../../support/query-examples/raw-line.ts';
import { analysesOfBatch, type Row } from '../../support/query-examples/rows-by-index.ts';
import { answersOf } from '../../support/query-examples/whole-results.ts';
import { segmentsOf } from '../../support/query-examples/whole-set.ts';
import { aMiserOf, withAnswers } from '../../support/sly-clients.ts';
import { CLIP, startTestPipeline, type TestPipeline } from '../../support/test-pipeline.ts';

const ROOT = new URL('../../../', import.meta.url);
const PAGE = readFileSync(new URL('docs/querying.md', ROOT), 'utf8');
const RUNBOOK = readFileSync(new URL('docs/runbook.md', ROOT), 'utf8');

const GOALS = 'football/goals.mp4';
const CUT_SHORT = 'cut-short.webm';
const LARGE = 'large.webm';
const TWICE = 'twice.webm';
const HOPELESS = 'hopeless.webm';
const NO_VIDEO = 'not-a-video.mp4';
const ANALYSED = [GOALS, CUT_SHORT, LARGE, TWICE, HOPELESS];
const NO_PICTURE = { code: 'video_unreadable', message: 'The video has no picture.' };

let test: TestPipeline;
let rows: ReadonlyMap<string, Analysis>;

beforeAll(async () => {
  test = await startTestPipeline();
  const { box } = test;
  const bytes = readFileSync(CLIP);
  const etag = createHash('md5').update(bytes).digest('hex');
  // The provider knows a file by the id of its video.
  const of = (key: string) => ({
    filename: videoIdOf({ bucket: test.pipeline.uploadsBucket, key, etag }),
  });
  box.faults.set({ kind: 'truncate-item', ...of(CUT_SHORT) });
  box.faults.set({ kind: 'unknown-line', times: 1, ...of(CUT_SHORT) });
  box.faults.set({ kind: 'long-item', bytes: 100_000, ...of(LARGE) });
  box.faults.set({ kind: 'fail-item', times: 1, ...of(TWICE) });
  box.faults.set({ kind: 'fail-item', ...NO_PICTURE, ...of(HOPELESS) });
  // As long as nobody may look at the batches none is sent: so all go together.
  const closed = box.faults.set({ kind: 'answer', operation: 'batches.list', status: 503 });
  await test.drop(GOALS, new URL('samples/football/goals.mp4', ROOT));
  await test.drop(NO_VIDEO, new URL('samples/not-a-video.mp4', ROOT));
  for (const key of [CUT_SHORT, LARGE, TWICE, HOPELESS]) await test.drop(key, bytes);
  const isQueued = async (key: string) => (await test.rowsOf(key)).analyses.length > 0;
  for (let steps = 0; !(await Promise.all(ANALYSED.map(isQueued))).every(Boolean); steps++) {
    if (steps === 60) throw new Error(test.logs.slice(-30).join('\n'));
    await test.letPass(2);
  }
  box.faults.end(closed);
  const videos = await test.letThemFinish([...ANALYSED, NO_VIDEO], 600);
  rows = new Map(
    videos.flatMap(({ analyses }) => analyses.map((it) => [`${it.key} ${it.profile}`, it])),
  );
  for (const [name, value] of Object.entries(test.pipeline.cloud.clientEnvironment)) {
    vi.stubEnv(name, value);
  }
  return async () => {
    vi.unstubAllEnvs();
    await test[Symbol.asyncDispose]();
  };
});

/** What the commands of a block print, one of those below a heading. */
async function printed(
  heading: string,
  block: number,
  variables: Record<string, string> = {},
): Promise<string> {
  const commands = blocksBelow(PAGE, heading, 'sh')[block];
  if (commands === undefined) throw new Error(`no block ${block} below ${heading}`);
  return await runCommands(commands, {
    variables: { ...pageVariables(test.pipeline), ...variables },
    answers: { aws: awsCommand(test.pipeline), npm },
  });
}

/** The rows that the command of a block finds. */
async function found(...asked: Parameters<typeof printed>): Promise<Row[]> {
  const { Items } = JSON.parse(await printed(...asked));
  return Items.map(plainItem);
}

/** One of our own commands: `npm run NAME -- …`. */
async function npm(typed: readonly string[]): Promise<string> {
  const [, name, , ...words] = typed.filter((word) => word !== '-s');
  const command = fileURLToPath(new URL(`cli/${name}.ts`, ROOT));
  const { stdout } = await promisify(execFile)(process.execPath, [command, ...words], {
    env: { PATH: process.env['PATH'], ...test.pipeline.cloud.clientEnvironment },
  });
  return stdout;
}

function rowOf(key: string, profile = 'summary'): Analysis {
  const row = rows.get(`${key} ${profile}`);
  if (!row) throw new Error(`no ${profile} of ${key}`);
  return row;
}

const pkOf = (key: string) => `VIDEO#${test.pipeline.uploadsBucket}/${key}`;
const keysOf = (found: readonly Row[]) => found.map(({ pk, sk }) => `${pk} ${sk}`);
const analysisKey = (key: string, profile = 'summary') => `${pkOf(key)} ANALYSIS#${profile}`;

it('shows each example in code as it is run here', () => {
  const folder = new URL('test/support/query-examples/', ROOT);
  const sources = readdirSync(folder).map((name) => readFileSync(new URL(name, folder), 'utf8'));
  const shown = [...PAGE.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, block]) => block);
  expect(shown.toSorted()).toEqual(
    sources.map((source) => source.replaceAll("'../../../", "'./")).toSorted(),
  );
});

it('shows the shapes that a result has', () => {
  const shown = [...PAGE.matchAll(/^\| `(\{"(?:text|json|segmentCount|inArchive)".*?\})` \|/gm)];
  const shapes = shown.map(([, json = '']) => JSON.parse(json));
  expect(shapes.map((shape) => Object.keys(shape)[0])).toEqual([
    'text',
    'json',
    'segmentCount',
    'inArchive',
  ]);
  for (const shape of shapes) expect(analysisResult.parse(shape)).toEqual(shape);
});

it('finds a video with everything', async () => {
  const all = await found('One video, with everything', 0);

  expect(all.map(({ kind }) => kind)).toEqual([
    'analysis',
    'analysis',
    ...Array(all.length - 3).fill('segment'),
    'video',
  ]);
  expect(all.at(-1)).toMatchObject({ sk: 'VIDEO', key: GOALS, state: 'admitted' });
  const [goals, summary] = all;
  expect(goals).toMatchObject({ profile: 'goals', state: 'ready' });
  expect(goals?.['result']).toEqual({ segmentCount: all.length - 3 });
  expect(summary).toMatchObject({
    profile: 'summary',
    state: 'ready',
    result: { text: expect.stringContaining('Simulated') },
    finishReason: 'stop',
    usage: { outputTokens: expect.any(Number) },
    attempt: 1,
    setbacks: 0,
  });
});

it('finds on an analysis what the page says of it', async () => {
  expect(rowOf(CUT_SHORT)).toMatchObject({ state: 'ready', finishReason: 'length' });
  const { archived, batchId } = rowOf(LARGE);
  expect(rowOf(LARGE).result).toEqual({ inArchive: 'text', lengthBytes: expect.any(Number) });
  expect(archived?.archiveKey).toContain(`batches/${batchId}/`);
  const first = rowOf(HOPELESS).batchId;
  expect(rowOf(TWICE)).toMatchObject({ attempt: 2, setbacks: 1, parentBatchId: first });
  expect(rowOf(TWICE).batchId).not.toBe(first);
  for (const row of rows.values()) expect(row.stage).toBeUndefined();
});

it.each([GOALS, LARGE, HOPELESS])('reads the line that settled %s', async (key) => {
  const { archived, customId = '' } = rowOf(key);
  const output = await printed('One video, with everything', 1, {
    KEY: archived?.archiveKey ?? '',
    FIRST: String(archived?.offsetBytes),
    LENGTH: String(archived?.lengthBytes),
    CUSTOM_ID: customId,
  });

  const last = (archived?.offsetBytes ?? 0) + (archived?.lengthBytes ?? 0) - 1;
  expect(output).toContain(`"bytes ${archived?.offsetBytes}-${last}/`);
  const line = output.trimEnd().split('\n').at(-1) ?? '';
  const status = key === HOPELESS ? 'failed' : 'ready';
  expect(JSON.parse(line)).toMatchObject({ custom_id: customId, status });
  expect(Buffer.byteLength(line)).toBeGreaterThan(key === LARGE ? 99_000 : 100);
  expect(await rawLineOf(rowOf(key), test.pipeline.archiveBucket)).toBe(line);
});

it('gives results whole, wherever they lie', async () => {
  const { video, analyses } = JSON.parse(await printed('A result whole', 0));
  const { tableName, archiveBucket: archiveName, uploadsBucket } = test.pipeline;
  const stack = { tableName, archiveName };
  const answers = await answersOf(uploadsBucket, GOALS, stack);
  const large = (await answersOf(uploadsBucket, LARGE, stack)).get('summary');

  expect(video).toMatchObject({ key: GOALS, state: 'admitted' });
  expect(analyses.map((it: Analysis) => [it.profile, it.result])).toEqual([...answers]);
  expect(answers.get('goals')).toEqual({
    segments: (await found('The segments of a video', 0)).map((row) => ({
      definition: 'goal',
      startSeconds: row['startSeconds'],
      endSeconds: row['endSeconds'],
      fields: row['fields'],
    })),
  });
  expect(large).toEqual({ text: expect.stringContaining('Simulated') });
  expect(JSON.stringify(large).length).toBeGreaterThan(50_000);
});

it('finds the segments of a video, whole and in the order of time', async () => {
  const all = await found('The segments of a video', 0);

  const starts = all.map((row) => Number(row['startSeconds']));
  expect(starts.length).toBeGreaterThan(2);
  expect(starts).toEqual(starts.toSorted((a, b) => a - b));
  expect(all.map((row) => row['segmentNumber'])).toEqual(starts.map((_, at) => at + 1));
  expect(all[0]).toMatchObject({
    segmentCount: all.length,
    customId: rowOf(GOALS, 'goals').customId,
    definition: 'goals/goal',
    fields: { team: expect.stringMatching(/^(home|away)$/), headline: expect.any(String) },
  });
});

it('tells a whole set of segments from one of which some are missing', async () => {
  const { table, tableName, uploadsBucket: bucket } = test.pipeline;
  const video = { bucket, key: GOALS };
  const all = await found('The segments of a video', 0);

  expect(await segmentsOf(table, tableName, video, ['goals', 'goal'])).toEqual(all);
  expect(await segmentsOf(table, tableName, video, ['goals', 'card'])).toEqual([]);
  const partly = withAnswers(table, (items) => items.slice(1));
  expect(await segmentsOf(partly, tableName, video, ['goals', 'goal'])).toBeUndefined();
  const mixed = withAnswers(table, ([first, ...rest]) => [{ ...first, customId: 'old' }, ...rest]);
  expect(await segmentsOf(mixed, tableName, video, ['goals', 'goal'])).toBeUndefined();
});

it('finds the segments that begin between two times of a video', async () => {
  const all = await found('The segments of a video', 0);
  const within = all.filter((row) => {
    const startSeconds = Number(row['startSeconds']);
    return startSeconds >= 5 && startSeconds < 15;
  });

  expect(within.length).toBeGreaterThan(0);
  expect(within.length).toBeLessThan(all.length);
  expect(keysOf(await found('The segments of a video', 1))).toEqual(keysOf(within));
});

it('finds every segment of a definition, those of the newest video first', async () => {
  const { pipeline } = test;
  const newer = 'football/return.mp4';
  await test.drop(newer, new URL('samples/football/goals.mp4', ROOT));
  const [later] = await test.letThemFinish([newer], 600);
  const earlier = await found('The segments of a video', 0);

  const all = await found('Every segment of a definition', 0);
  expect(all.map((row) => row['key'])).toEqual([
    ...(later?.segments ?? []).map(() => newer),
    ...earlier.map(() => GOALS),
  ]);
  expect(new Set(all.map((row) => row['definition']))).toEqual(new Set(['goals/goal']));
  expect(all[0]).toMatchObject({ bucket: pipeline.uploadsBucket, fields: expect.anything() });

  // The same video is the newest by its profile.
  const summaries = await found('Everything by a profile', 0);
  expect(keysOf(summaries)[0]).toBe(analysisKey(newer));
  expect(keysOf(summaries).toSorted()).toEqual(
    [newer, ...ANALYSED].map((it) => analysisKey(it)).toSorted(),
  );
  const { table, tableName } = pipeline;
  const newest = await newestOf(table, tableName, 'summary', 5);
  expect(newest.map((row) => row['state'])).toEqual(Array(5).fill('ready'));
  expect(keysOf(newest)).toEqual(keysOf(summaries).filter((key) => key !== analysisKey(HOPELESS)));
  expect(keysOf(await newestOf(table, tableName, 'summary', 1))).toEqual([analysisKey(newer)]);
});

it('finds what failed, was refused or set aside, each with its reason', async () => {
  const by = (STATE: string) => found('What failed, was refused or set aside', 0, { STATE });

  expect(await by('failed')).toMatchObject([
    { pk: pkOf(HOPELESS), sk: 'ANALYSIS#summary', kind: 'analysis', reason: NO_PICTURE },
  ]);
  expect(await by('rejected')).toMatchObject([
    { pk: pkOf(NO_VIDEO), sk: 'VIDEO', kind: 'video', reason: { code: 'not_a_video' } },
  ]);
  expect(await by('quarantined')).toMatchObject([
    {
      pk: `BATCH#${rowOf(HOPELESS).batchId}`,
      sk: expect.stringMatching(/^QUARANTINE#/),
      kind: 'quarantine',
      reason: { code: 'line_astray' },
    },
  ]);
  expect(Object.keys((await by('failed'))[0] ?? {}).toSorted()).toEqual(
    ['kind', 'pk', 'reason', 'sk', 'state', 'stateSince'].toSorted(),
  );
});

it('finds a batch with its line in quarantine, whose bytes are kept', async () => {
  const BATCH = rowOf(HOPELESS).batchId ?? '';
  const [batch, line, ...others] = await found('Everything of a batch', 0, { BATCH });

  expect(batch).toMatchObject({
    sk: 'BATCH',
    state: 'closed',
    batchId: BATCH,
    itemCount: 5,
    readyItems: 3,
    failedItems: 2,
  });
  expect(line).toMatchObject({ kind: 'quarantine', reason: { code: 'line_astray' } });
  expect(others).toEqual([]);
  const { archived, sha256, lengthBytes } = line as Parameters<typeof quarantinedBytes>[0] & Row;
  const bytes = await quarantinedBytes({ archived, sha256 }, test.pipeline.archiveBucket);
  expect(bytes?.length).toBe(lengthBytes);

  const PROVIDER_BATCH = String(batch?.['providerBatchId']);
  const keys = await found('Everything of a batch', 1, { PROVIDER_BATCH });
  expect(keysOf(keys)).toEqual(keysOf([batch ?? {}]));
});

it('finds the analyses of a batch, however few the table answers at a time', async () => {
  const BATCH = rowOf(HOPELESS).batchId ?? '';
  const inBatch = [CUT_SHORT, LARGE, HOPELESS, GOALS].map((key) => rowOf(key));
  const keys = await found('Everything of a batch', 2, { BATCH });

  expect(keysOf(keys).toSorted()).toEqual(keysOf(inBatch).toSorted());
  expect(Object.keys(keys[0] ?? {}).toSorted()).toEqual(['batchId', 'customId', 'pk', 'sk']);
  const { table, tableName } = test.pipeline;
  const { client, calls } = aMiserOf(table);
  const analyses = await analysesOfBatch(client, tableName, BATCH);
  expect(keysOf(analyses)).toEqual(keysOf(keys));
  expect(analyses.map((row) => analysis.parse(row))).toEqual(
    keysOf(keys).map((key) => inBatch.find((row) => `${row.pk} ${row.sk}` === key)),
  );
  expect(calls).toEqual({ queries: 3, gets: 4 });
});

it('lists the archive of a batch, whose lines are all lines there are', async () => {
  const BATCH = rowOf(HOPELESS).batchId ?? '';
  const names = (await printed('Everything of a batch', 3, { BATCH })).trim().split('\n');
  expect(names).toContain(ROWS_FILE);
  expect(names.length).toBeGreaterThan(1);

  const [linesOut = '', rowsOut = ''] = blocksBelow(PAGE, 'The raw lines', 'sh');
  const options = {
    variables: pageVariables(test.pipeline),
    answers: { aws: awsCommand(test.pipeline) },
  };
  const read = async (commands: string, file: string) =>
    (await runCommands(`${commands}\ncat ${file}`, options)).trim().split('\n');
  const lines = (await read(linesOut, 'lines.jsonl')).map((line) => JSON.parse(line));
  const archivedRows = (await read(`${linesOut}${rowsOut}`, 'rows.jsonl')).map((line) =>
    JSON.parse(line),
  );

  const settled = [...rows.values()].map(({ customId }) => customId);
  expect(lines.map((line) => line.custom_id)).toEqual(expect.arrayContaining(settled));
  expect(lines.filter((line) => line.task_id === undefined)).toEqual([]);
  expect(new Set(lines.map((line) => JSON.stringify(line))).size).toBe(lines.length);
  const keyOf = new Map(archivedRows.map((row) => [row.customId, row.key]));
  for (const { customId, key } of rows.values()) expect(keyOf.get(customId)).toBe(key);
});

it('brings back by the command of the runbook what the table has lost', async () => {
  const { table, tableName } = test.pipeline;
  const lost = [rowOf(LARGE), rowOf(HOPELESS)];
  for (const { pk, sk } of lost) {
    await table.send(new DeleteCommand({ TableName: tableName, Key: { pk, sk } }));
  }
  expect((await test.rowsOf(LARGE)).analyses).toEqual([]);
  const [command = ''] = blocksBelow(RUNBOOK, 'The table was lost, edited or restored', 'sh');

  const said = await runCommands(command, {
    variables: pageVariables(test.pipeline),
    answers: { npm },
  });

  expect(said).toContain(`batch ${rowOf(HOPELESS).batchId}: `);
  expect(said).toMatch(/batches: \d+ rows restored, 0 left that are newer\n$/);
  for (const row of lost) expect((await test.rowsOf(row.key)).analyses).toEqual([row]);
});
