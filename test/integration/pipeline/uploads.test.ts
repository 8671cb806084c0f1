import { expect, it } from 'vitest';
import { startTestPipeline } from '../../support/test-pipeline.ts';

it('reads every kind of key that S3 allows', async () => {
  await using test = await startTestPipeline();
  const keys = [
    'with space.webm',
    'plus+and%percent.webm',
    'quote\'s and "double".webm',
    'emoji 🎬 東京.webm',
    'a//b/.webm',
    `${'long/'.repeat(200)}x.webm`.slice(-1_024),
  ];
  for (const key of keys) await test.drop(key);

  const rows = await test.letThemFinish(keys, 300);

  for (const it of rows) expect(it.analyses, it.key).toMatchObject([{ state: 'ready' }]);
});

it.each([
  ['empty.mp4', '', 'object_empty', /0 bytes/],
  ['text.mp4', 'only text', 'not_a_video', /plain text/],
  [
    'picture.mp4',
    Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'),
    'not_a_video',
    /image\/png/,
  ],
])('refuses %s with the reason, and calls nobody', async (key, content, code, message) => {
  await using test = await startTestPipeline();
  await test.drop(key, content);

  const [rows] = await test.letThemFinish([key], 60);

  expect(rows?.video?.state).toBe('rejected');
  expect(rows?.video?.reason).toMatchObject({ code, message: expect.stringMatching(message) });
  expect(test.box.requests).toEqual([]);
});

it('lets the provider judge what it can not read itself, and keeps its words', async () => {
  await using test = await startTestPipeline();
  await test.drop('noise.mp4', Buffer.alloc(64 * 1024, '\u0001\u00fe\u0080\u0017'));

  const [rows] = await test.letThemFinish(['noise.mp4'], 60);

  expect(rows?.video).toMatchObject({ state: 'rejected', reason: { code: 'asset_failed' } });
});

it('analyses the newest of two uploads of one key, and never the older over it', async () => {
  await using test = await startTestPipeline();
  await test.drop('a.mp4');
  await test.letPass(1);
  await test.drop('a.mp4', new URL('../../../samples/football/goals.mp4', import.meta.url));

  const [rows] = await test.letThemFinish(['a.mp4'], 600);
  await test.letPass(600);

  expect(rows?.video?.durationSeconds).toBeCloseTo(20, 1);
  expect((await test.rowsOf('a.mp4')).analyses[0]?.result).toMatchObject({
    text: expect.stringContaining('20 s'),
  });
});

it('keeps to the upload rate of the plan, and puts nobody in a dead-letter queue for waiting', async () => {
  await using test = await startTestPipeline();
  const keys = Array.from({ length: 70 }, (_, at) => `clip-${at}.webm`);
  for (const key of keys) await test.drop(key);

  await test.letThemFinish(keys, 600);

  expect(test.box.ledger.assets()).toHaveLength(70);
  expect(test.box.requests.filter((it) => it === 'assets.create')).toHaveLength(70);
});

it('believes a rate limit all the same, and comes back when it is over', async () => {
  await using test = await startTestPipeline();
  const refusal = { kind: 'answer', status: 429, body: 'empty' } as const;
  test.box.faults.set({ ...refusal, operation: 'assets.create', times: 3 });
  await test.drop('a.webm');

  const [rows] = await test.letThemFinish(['a.webm'], 3_600);

  expect(rows?.analyses).toMatchObject([{ state: 'ready' }]);
  expect(test.box.ledger.assets()).toHaveLength(1);
});
