import { createHmac } from 'node:crypto';
import pMap from 'p-map';
import { expect, it } from 'vitest';
import { interceptInvocations, recordsOf } from '../../support/intercept-invocations.ts';
import { startTestPipeline, type TestPipeline } from '../../support/test-pipeline.ts';
import { type BurstEvent, planBurst } from '../../support/webhook-burst.ts';

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

it('answers a burst of 5,000 events of every kind, and looks only where a true one points', async () => {
  await using test = await startTestPipeline({ timing: { batchPendingMs: 300_000 } });
  await test.drop('a.webm');
  await test.letPass(60);
  const knownBatchId = test.box.batches()[0]?.batch_id ?? 'none';
  const events = planBurst(5_000, {
    seed: Number(process.env['SEED'] ?? 20_261_121),
    secret: SECRET,
    nowSeconds: test.clock.nowMs() / 1000,
    knownBatchId,
  });
  const requestsBefore = test.box.requests.length;
  const messages = new Map<string, string>();
  using _ = interceptInvocations(({ functionName, event, run }) => {
    const received = functionName === 'CollectResults' ? recordsOf(event) : [];
    for (const { messageId, body } of received) messages.set(messageId, body);
    return run(event);
  });

  const answers = await pMap(events, (event) => send(test, event), { concurrency: 16 });
  await test.pipeline.cloud.whenIdle();

  const wrong = answers.filter(({ event, status }) => !event.statuses.includes(status));
  expect(wrong.slice(0, 5)).toEqual([]);
  const refusals = answers.filter(({ status }) => status === 401).map(({ text }) => text);
  expect(new Set(refusals).size).toBe(1);
  const [hints, known] = [events.filter(({ isHint }) => isHint), kindOf(events, 'known')];
  const hinted = [...messages.values()].map((it) => JSON.parse(it).providerBatchId);
  expect(hinted.filter((id) => id !== undefined)).toHaveLength(hints.length);
  expect(hinted.filter((id) => id === knownBatchId)).toHaveLength(known.length);
  // Many true events at once are one look or some, never more than there were; others are none.
  const looks = test.box.requests.slice(requestsBefore);
  expect(looks.length).toBeGreaterThan(0);
  expect(looks.length).toBeLessThanOrEqual(known.length);
  expect(new Set(looks)).toEqual(new Set(['batches.retrieve']));
  expect(test.logs.filter((line) => /collect_failed|invocation .* failed/.test(line))).toEqual([]);

  const [rows] = await test.letThemFinish(['a.webm'], 900);
  expect(rows?.analyses).toMatchObject([{ state: 'ready', attempt: 1 }]);
  expect(test.box.ledger.billedItems()).toHaveLength(1);
}, 400_000);

async function send(test: TestPipeline, event: BurstEvent) {
  const { body, headers } = event;
  const answer = await fetch(test.pipeline.webhookUrl, { method: 'POST', body, headers });
  return { event, status: answer.status, text: await answer.text() };
}

function kindOf(events: readonly BurstEvent[], kind: BurstEvent['kind']): readonly BurstEvent[] {
  return events.filter((event) => event.kind === kind);
}
