import { expect, it } from 'vitest';
import { deliver, s3Record } from '../../support/s3-records.ts';
import { startTestPipeline } from '../../support/test-pipeline.ts';

it('pays once for an upload whose event is delivered five times', async () => {
  await using test = await startTestPipeline();
  const key = 'twice & more +.webm';
  await test.drop(key);
  const [rows] = await test.letThemFinish([key], 120);

  for (let time = 0; time < 4; time++) {
    expect(await deliver(test.pipeline, { Records: [s3Record(rows?.video ?? {})] })).toEqual([]);
  }
  await test.letPass(600);

  expect(test.box.ledger.assets()).toHaveLength(1);
  expect(test.box.ledger.billedItems()).toHaveLength(1);
});

it('adopts the asset of a registration whose reply was lost', async () => {
  await using test = await startTestPipeline();
  test.box.faults.set({ kind: 'lose-reply', operation: 'assets.create', times: 1 });
  await test.drop('a.webm');

  const [rows] = await test.letThemFinish(['a.webm'], 1_200);

  expect(rows?.analyses).toMatchObject([{ state: 'ready' }]);
  expect(test.box.ledger.assets()).toHaveLength(1);
  expect(test.box.requests.filter((it) => it === 'assets.create')).toHaveLength(1);
});

it('adopts the batch of a create whose reply was lost, and pays once', async () => {
  await using test = await startTestPipeline();
  test.box.faults.set({ kind: 'lose-reply', operation: 'batches.create', times: 1 });
  await test.drop('a.webm');
  await test.drop('b.webm');

  const rows = await test.letThemFinish(['a.webm', 'b.webm'], 1_200);

  for (const { analyses } of rows) expect(analyses).toMatchObject([{ state: 'ready', attempt: 1 }]);
  expect(test.box.ledger.items()).toHaveLength(2);
});

it('sends a batch anew whose request never arrived, once that is certain', async () => {
  await using test = await startTestPipeline();
  test.box.faults.set({ kind: 'lose-request', operation: 'batches.create', times: 1 });
  await test.drop('a.webm');

  const [rows] = await test.letThemFinish(['a.webm'], 7_200);

  expect(rows?.analyses).toMatchObject([{ state: 'ready', attempt: 2 }]);
  expect(test.box.ledger.billedItems()).toHaveLength(1);
});

it.each([
  ['an HTML page', { kind: 'answer', status: 502, body: 'html' }],
  ['an HTML page after the work', { kind: 'answer', status: 502, body: 'html', afterWork: true }],
  ['an empty body', { kind: 'answer', status: 201, body: 'empty' }],
  ['an empty body after the work', { kind: 'answer', status: 201, body: 'empty', afterWork: true }],
  ['a 504 after the work', { kind: 'answer', status: 504, afterWork: true }],
  ['a bare 503 after the work', { kind: 'answer', status: 503, body: 'html', afterWork: true }],
  ['half an answer', { kind: 'cut', afterBytes: 40 }],
  ['half an answer that ends well', { kind: 'cut', afterBytes: 40, ending: 'clean' }],
] as const)('doubts %s to a create, and pays once', async (_, fault) => {
  await using test = await startTestPipeline();
  test.box.faults.set({ ...fault, operation: 'batches.create', times: 1 });
  await test.drop('a.webm');

  const [rows] = await test.letThemFinish(['a.webm'], 7_200);

  expect(rows?.analyses).toMatchObject([{ state: 'ready' }]);
  expect(test.box.ledger.billedItems()).toHaveLength(1);
});

it('goes on by the clock alone when every message is lost at every stage', async () => {
  await using test = await startTestPipeline({ webhooks: false });
  await test.drop('a.webm');
  await test.pipeline.cloud.whenIdle();

  const ready = async () => (await test.rowsOf('a.webm')).analyses[0]?.state === 'ready';
  for (let halfMinutes = 0; halfMinutes < 120 && !(await ready()); halfMinutes++) {
    await test.purgeQueues();
    await test.letPass(30);
  }

  expect(await test.rowsOf('a.webm')).toMatchObject({ analyses: [{ state: 'ready', attempt: 1 }] });
  expect(test.box.ledger.billedItems()).toHaveLength(1);
});
