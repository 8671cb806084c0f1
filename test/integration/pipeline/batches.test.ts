import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { CLIP, startTestPipeline, type TestPipeline } from '../../support/test-pipeline.ts';

const HOUR = 3_600;

it('stores every result when no webhook ever comes', async () => {
  await using test = await startTestPipeline({ webhooks: false });
  await test.drop('a.webm');

  const [rows] = await test.letThemFinish(['a.webm'], 900);

  expect(rows?.analyses).toMatchObject([{ state: 'ready', attempt: 1 }]);
});

it('shows a result long before the slowest of its batch', async () => {
  await using test = await startTestPipeline({
    webhooks: false,
    timing: { itemStartSpreadMs: 10 * HOUR * 1000 },
  });
  const keys = ['a.webm', 'b.webm', 'c.webm', 'd.webm'];
  for (const key of keys) await test.drop(key);
  const states = async () =>
    (await Promise.all(keys.map(test.rowsOf))).flatMap(({ analyses }) =>
      analyses.map(({ state }) => state),
    );

  for (let looks = 0; looks < 100 && !(await states()).includes('ready'); looks++) {
    await test.letPass(HOUR / 10);
  }

  expect(await states()).toContain('ready');
  expect(await states()).toContain('submitted');
  expect(test.box.batches()).toMatchObject([{ status: 'processing' }]);
});

it('sends what an expired batch left undone again, and says where it comes from', async () => {
  await using test = await startTestPipeline({
    webhooks: false,
    timing: { batchPendingMs: 30 * HOUR * 1000 },
  });
  await test.drop('a.webm');

  let parentBatchId: string | undefined;
  for (let attempt = 1; attempt <= 3; attempt++) {
    await test.letPass(90);
    const [analysis] = (await test.rowsOf('a.webm')).analyses;
    expect(analysis).toMatchObject({ state: 'submitted', attempt, setbacks: 0 });
    expect(analysis?.notRun ?? 0).toBe(attempt - 1);
    expect(analysis?.parentBatchId).toBe(parentBatchId);
    parentBatchId = analysis?.batchId;
    await test.leap(24 * HOUR + 1);
  }

  expect(test.box.batches().map(({ status }) => status)).toEqual(['expired', 'expired', 'expired']);
  expect(test.box.ledger.billedItems()).toHaveLength(0);
});

it('sets aside the one analysis that the provider refuses a batch for, and sends the others', async () => {
  await using test = await startTestPipeline();
  const keys = ['a.webm', 'b.webm', 'c.webm'];
  for (const key of keys) await test.drop(key);
  await test.letPass(8);
  const gone = (await test.rowsOf('b.webm')).video?.assetId;
  const answer = await fetch(`${test.box.baseUrl}/assets/${gone}`, {
    method: 'DELETE',
    headers: { 'x-api-key': 'tlk_test' },
  });
  expect(answer.status).toBe(204);

  const [a, b, c] = await test.letThemFinish(keys, 600);

  expect(b?.analyses).toMatchObject([{ state: 'failed', reason: { code: 'resource_not_exist' } }]);
  for (const it of [a, c]) expect(it?.analyses).toMatchObject([{ state: 'ready' }]);
  expect(test.box.ledger.billedItems()).toHaveLength(2);
});

it('waits while others hold all five slots, and goes when one is free', async () => {
  await using test = await startTestPipeline({ timing: { batchPendingMs: 2 * HOUR * 1000 } });
  await holdAllSlots(test);
  const asked = test.box.requests.length;
  await test.drop('a.webm');

  await test.letPass(HOUR / 2);
  expect((await test.rowsOf('a.webm')).analyses).toMatchObject([{ state: 'queued', attempt: 0 }]);
  expect(test.box.requests.slice(asked)).not.toContain('batches.create');

  await test.leap(2 * HOUR);
  await test.letPass(120);
  expect((await test.rowsOf('a.webm')).analyses).toMatchObject([{ state: 'submitted' }]);
});

it('has the result of a batch that took a day, a leap of the clock later', async () => {
  await using test = await startTestPipeline({
    webhooks: false,
    timing: { batchPendingMs: 23 * HOUR * 1000 },
  });
  await test.drop('a.webm');
  await test.letPass(60);

  await test.leap(23 * HOUR + 60);

  expect((await test.rowsOf('a.webm')).analyses).toMatchObject([{ state: 'ready', attempt: 1 }]);
});

/** Batches of somebody else with the same account. */
async function holdAllSlots({ box, clock }: TestPipeline): Promise<void> {
  const headers = { 'x-api-key': 'tlk_test' };
  const form = new FormData();
  form.set('method', 'direct');
  form.set('file', new Blob([await readFile(CLIP)]), 'stranger.webm');
  const asset = await fetch(`${box.baseUrl}/assets`, { method: 'POST', headers, body: form });
  const { _id } = (await asset.json()) as { _id: string };
  await clock.advance(10_000);
  for (let slot = 0; slot < 5; slot++) {
    const created = await fetch(`${box.baseUrl}/analyze/batches`, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json' },
      body: JSON.stringify({
        model_name: 'pegasus1.5',
        analysis_mode: 'general',
        requests: [{ video: { type: 'asset_id', asset_id: _id }, prompt: { input_text: 'What?' } }],
      }),
    });
    expect(created.status).toBe(201);
  }
}
