import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { archivePrefix, createArchive, ROWS_FILE } from '../../../shared/archive.ts';
import { startTestPipeline } from '../../support/test-pipeline.ts';

const samples = {
  'football/goals.mp4': new URL('../../../samples/football/goals.mp4', import.meta.url),
  'Köln 東京 – matinée.mp4': new URL('../../../samples/Köln 東京 – matinée.mp4', import.meta.url),
  'interview.webm': new URL('../../../samples/interview.webm', import.meta.url),
  'not-a-video.mp4': new URL('../../../samples/not-a-video.mp4', import.meta.url),
};

it('takes the samples from the bucket to their results, each paid once', async () => {
  await using test = await startTestPipeline();
  for (const [key, file] of Object.entries(samples)) await test.drop(key, file);

  const [goals, matinee, interview, notVideo] = await test.letThemFinish(Object.keys(samples), 120);

  expect(goals?.video).toMatchObject({ state: 'admitted', widthPixels: 640, heightPixels: 360 });
  expect(goals?.video?.durationSeconds).toBeCloseTo(20, 1);
  expect(goals?.analyses).toMatchObject([
    { profile: 'goals', state: 'ready', analysisMode: 'time_based_metadata', attempt: 1 },
    { profile: 'summary', state: 'ready', analysisMode: 'general', attempt: 1 },
  ]);
  expect(goals?.segments.length).toBeGreaterThan(0);
  expect(goals?.segments).toEqual(
    goals?.segments.toSorted((a, b) => a.startSeconds - b.startSeconds),
  );
  for (const it of [matinee, interview]) {
    expect(it?.analyses).toMatchObject([{ profile: 'summary', state: 'ready' }]);
    expect(it?.analyses[0]?.result).toMatchObject({ text: expect.stringContaining('Simulated') });
  }
  expect(notVideo?.video).toMatchObject({ state: 'rejected', reason: { code: 'not_a_video' } });
  expect(test.box.assets()).toHaveLength(3);
  expect(test.box.batches()).toHaveLength(2);
  expect(test.box.ledger.billedItems()).toHaveLength(4);
});

it('keeps the lines of each batch in the archive, byte for byte', async () => {
  await using test = await startTestPipeline();
  for (const key of ['a.webm', 'b.webm']) await test.drop(key);
  const [rows] = await test.letThemFinish(['a.webm', 'b.webm'], 300);
  const archive = createArchive(test.pipeline.archiveBucket, test.pipeline.s3);

  const prefix = archivePrefix(rows?.analyses[0]?.batchId ?? '');
  const lines: string[] = [];
  for await (const key of archive.list(prefix)) {
    if (key === `${prefix}${ROWS_FILE}`) continue;
    const { bytes, sha256 } = await archive.read(key);
    const raw = gunzipSync(bytes);
    expect(createHash('sha256').update(raw).digest('hex')).toBe(sha256);
    lines.push(...raw.toString().trimEnd().split('\n'));
  }

  const batchId = test.box.batches()[0]?.batch_id;
  const results = await fetch(`${test.box.baseUrl}/analyze/batches/${batchId}/results`, {
    headers: { 'x-api-key': 'tlk_test' },
  });
  expect(lines.toSorted()).toEqual((await results.text()).split('\n').toSorted());
});
