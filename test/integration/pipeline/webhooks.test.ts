import { createHmac } from 'node:crypto';
import { expect, it } from 'vitest';
import { startTestPipeline, type TestPipeline } from '../../support/test-pipeline.ts';

const SECRET = 'whsec_test';

function post(test: TestPipeline, body: string, secret: string, atSeconds: number) {
  const v1 = createHmac('sha256', secret).update(`${atSeconds}.${body}`).digest('hex');
  return fetch(test.pipeline.webhookUrl, {
    method: 'POST',
    body,
    headers: { 'tl-signature': `t=${atSeconds},v1=${v1}`, 'content-type': 'application/json' },
  });
}

it('answers forged, stale and foreign events without moving anything', async () => {
  await using test = await startTestPipeline();
  const now = test.clock.nowMs() / 1000;
  const unknown = JSON.stringify({
    type: 'analyze.batch.completed',
    data: { id: '0123456789abcdef01234567' },
  });

  expect((await post(test, unknown, 'another secret', now)).status).toBe(401);
  expect((await post(test, unknown, SECRET, now - 301)).status).toBe(401);
  expect((await fetch(test.pipeline.webhookUrl, { method: 'POST', body: unknown })).status).toBe(
    401,
  );
  expect((await post(test, unknown, SECRET, now)).status).toBe(202);
  expect((await post(test, 'not json', SECRET, now)).status).toBe(400);
  const task = JSON.stringify({ type: 'analyze.task.ready', data: { id: 'x' } });
  expect((await post(test, task, SECRET, now)).status).toBe(202);
  await test.letPass(60);

  expect(test.box.requests).toEqual([]);
  expect(test.logs.join('\n')).not.toContain(SECRET);
});

it('has a result within seconds of the batch being done, thanks to its webhook', async () => {
  await using test = await startTestPipeline({ timing: { batchPendingMs: 3_600_000 } });
  await test.drop('a.webm');
  await test.letThemFinish(['a.webm'], 7_200);

  const batch = await fetch(
    `${test.box.baseUrl}/analyze/batches/${test.box.batches()[0]?.batch_id}`,
    {
      headers: { 'x-api-key': 'tlk_test' },
    },
  );
  const { completed_at } = (await batch.json()) as { completed_at: string };
  const [analysis] = (await test.rowsOf('a.webm')).analyses;

  const delaySeconds = (Date.parse(analysis?.stateSince ?? '') - Date.parse(completed_at)) / 1000;
  expect(delaySeconds).toBeGreaterThanOrEqual(0);
  expect(delaySeconds).toBeLessThan(30);
});
