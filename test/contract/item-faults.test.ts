import { describe, expect, it } from 'vitest';
import type { FaultInput } from '../../local/twelvelabs/faults/fault.ts';
import {
  createBatch,
  refusalOf,
  segmentBatch,
  withItem,
  withSchema,
} from '../support/batch-bodies.ts';
import { generalBatch, readLines, startBox } from '../support/box-fixture.ts';

/** A box with an asset and faults. */
async function faultyBox(...faults: FaultInput[]) {
  const fixture = await startBox();
  const id = await fixture.readyAsset();
  for (const fault of faults) fixture.box.faults.set(fault);
  return { ...fixture, id };
}

/** The statuses of the items of a batch, in the order of the request, once all have ended. */
async function statuses(test: Awaited<ReturnType<typeof faultyBox>>, batch: object) {
  const { batch_id, items } = await createBatch(test.call, batch);
  await test.clock.advance(4_000);
  const lines = await readLines(test.call, batch_id);
  return items.map((item) => lines.find((line) => line.task_id === item.task_id)?.status);
}

describe('a poisoned asset', () => {
  it('refuses every batch that contains it, and does not say which item it was', async () => {
    const test = await faultyBox();
    const bad = await test.readyAsset();
    test.box.faults.set({ kind: 'poison-asset', assetId: bad });
    const refusal = await refusalOf(test.call, generalBatch(test.id, bad, test.id));
    expect(refusal).toMatchObject({ status: 400, code: 'parameter_invalid' });
    expect(refusal.message).not.toMatch(new RegExp(`${bad}|item-1|\\[1\\]|clip`));
    expect(test.box.ledger.items()).toEqual([]);
    expect((await refusalOf(test.call, generalBatch(bad))).status).toBe(400);
    await createBatch(test.call, generalBatch(test.id, test.id));
  });

  it.each<[FaultInput, object]>([
    [
      { kind: 'poison-asset', status: 503, code: 'internal', message: 'Try later.' },
      { status: 503, code: 'internal', message: 'Try later.' },
    ],
    [{ kind: 'poison-asset', filename: 'goals' }, { status: 400 }],
    [{ kind: 'poison-asset', customId: 'item-1' }, { status: 400 }],
  ])('is chosen and worded by %j', async (fault, refusal) => {
    const { call, id } = await faultyBox(fault);
    expect(await refusalOf(call, generalBatch(id, id))).toMatchObject(refusal);
  });

  it('poisons as often as it is told, and is met by what would be created only', async () => {
    const { call, box, id } = await faultyBox({ kind: 'poison-asset', times: 1 });
    expect((await refusalOf(call, generalBatch())).status).toBe(400);
    expect((await refusalOf(call, withItem(generalBatch(id), { max_tokens: 1 }))).status).toBe(400);
    box.change({ limits: { activeBatches: 0 } });
    expect((await call('POST', '/analyze/batches', generalBatch(id))).status).toBe(429);
    box.change({ limits: { activeBatches: 5 } });
    expect(box.faults.list()).toMatchObject([{ met: 0, struck: 0 }]);
    expect((await refusalOf(call, generalBatch(id))).message).toBe(
      'The video can not be analyzed.',
    );
    await createBatch(call, generalBatch(id));
  });
});

describe('a fault of an item', () => {
  it('fail-item fails it alone with the code that it is given, unbilled', async () => {
    const test = await faultyBox({
      kind: 'fail-item',
      customId: 'item-1',
      code: 'internal_server_error',
      message: 'Ouch.',
    });
    const { batch_id, items } = await createBatch(test.call, generalBatch(test.id, test.id));
    await test.clock.advance(4_000);
    const error = { code: 'internal_server_error', message: 'Ouch.' };
    const line = (await readLines(test.call, batch_id)).find((each) => each.status === 'failed');
    expect(line).toEqual({
      task_id: items[1]?.task_id,
      custom_id: 'item-1',
      status: 'failed',
      error,
    });
    expect((await test.call('GET', `/analyze/tasks/${items[1]?.task_id}`)).body).toMatchObject({
      status: 'failed',
      completed_at: expect.any(String),
      error,
    });
    expect(test.box.ledger.billedItems()).toMatchObject([{ customId: 'item-0' }]);
  });

  it('fail-item does not hide that a file can not be analyzed', async () => {
    const { call, clock, id } = await faultyBox({ kind: 'fail-item' });
    const { batch_id } = await createBatch(call, withItem(generalBatch(id), { end_time: 1 }));
    await clock.advance(4_000);
    expect((await readLines(call, batch_id))[0]?.error?.code).toBe('video_duration_too_short');
  });

  it.each<[FaultInput, string[]]>([
    [{ kind: 'fail-item', times: 2 }, ['failed', 'failed', 'ready', 'ready']],
    [{ kind: 'fail-item', times: 1, skip: 2 }, ['ready', 'ready', 'failed', 'ready']],
    [{ kind: 'fail-item', probability: 0 }, ['ready', 'ready', 'ready', 'ready']],
    [{ kind: 'fail-item', filename: 'goals' }, ['failed', 'failed', 'failed', 'failed']],
    [{ kind: 'fail-item', filename: 'interview' }, ['ready', 'ready', 'ready', 'ready']],
  ])('%j makes of four items %j', async (fault, expected) => {
    const test = await faultyBox(fault);
    const { id } = test;
    expect(await statuses(test, generalBatch(id, id, id, id))).toEqual(expected);
  });

  it('is decided once, however often the results are read', async () => {
    const { call, clock, id } = await faultyBox({ kind: 'fail-item', probability: 0.5 });
    const { batch_id } = await createBatch(call, generalBatch(...Array(20).fill(id)));
    await clock.advance(4_000);
    const first = await readLines(call, batch_id);
    expect(new Set(first.map((line) => line.status))).toEqual(new Set(['ready', 'failed']));
    expect(await readLines(call, batch_id)).toEqual(first);
  });

  it('slow-item ends it so much later', async () => {
    const ends = async (...faults: FaultInput[]) => {
      const { call, box, clock, id } = await faultyBox(...faults);
      await createBatch(call, generalBatch(id));
      await clock.advance(60_000);
      return box.ledger.items()[0]?.endedAtMs ?? Number.NaN;
    };
    expect((await ends({ kind: 'slow-item', ms: 30_000 })) - (await ends())).toBe(30_000);
  });

  it('stall-item is in process until its batch expires', async () => {
    const { sdk, call, clock, id } = await faultyBox({ kind: 'stall-item', customId: 'item-0' });
    const { batch_id } = await createBatch(call, generalBatch(id, id));
    await clock.advance(24 * 3_600_000 - 1);
    expect(await sdk.analyzeAsync.batches.retrieve(batch_id)).toMatchObject({
      status: 'processing',
      processingItems: 1,
      readyItems: 1,
    });
    await clock.advance(1);
    expect(await sdk.analyzeAsync.batches.retrieve(batch_id)).toMatchObject({
      status: 'expired',
      canceledItems: 1,
      readyItems: 1,
    });
  });
});

describe('truncate-item', () => {
  it('leaves half of a text, with finish_reason length and a warning in its task', async () => {
    const test = await faultyBox({ kind: 'truncate-item', times: 1 });
    const { call, clock, sdk, box, id } = test;
    const batch = withItem(generalBatch(id, id), { max_tokens: 700 });
    const { batch_id, items } = await createBatch(call, batch);
    await clock.advance(4_000);
    const lines = await readLines(call, batch_id);
    const half = lines.find((line) => line.custom_id === 'item-0');
    const whole = lines.find((line) => line.custom_id === 'item-1')?.data?.data ?? '';
    expect(half).toMatchObject({
      status: 'ready',
      data: {
        data: whole.slice(0, Math.ceil(whole.length / 2)),
        finish_reason: 'length',
        usage: { output_tokens: 700 },
      },
    });
    expect(half).not.toHaveProperty('error');
    const task = await sdk.analyzeAsync.tasks.retrieve(items[0]?.task_id ?? '');
    expect(task).toMatchObject({
      status: 'ready',
      error: { message: expect.stringMatching(/^output truncated/) },
    });
    expect(box.ledger.billedItems()).toHaveLength(2);
  });

  it('leaves JSON that can not be parsed', async () => {
    const { call, clock, id } = await faultyBox({ kind: 'truncate-item' });
    const schema = { type: 'object', properties: { title: { type: 'string' } } };
    const { batch_id } = await createBatch(call, withSchema(id, schema));
    await clock.advance(4_000);
    const [line] = await readLines(call, batch_id);
    expect(() => JSON.parse(line?.data?.data ?? '')).toThrow(SyntaxError);
  });

  it('fails segments, without a part of them', async () => {
    const { call, clock, box, id } = await faultyBox({ kind: 'truncate-item' });
    const { batch_id } = await createBatch(call, segmentBatch(id));
    await clock.advance(4_000);
    const [line] = await readLines(call, batch_id);
    expect(line).toMatchObject({ status: 'failed', error: { code: 'token_limit_exceeded' } });
    expect(line).not.toHaveProperty('data');
    expect(box.ledger.billedItems()).toEqual([]);
  });
});
