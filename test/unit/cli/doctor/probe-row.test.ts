import { describe, expect, it } from 'vitest';
import { probeRow, sweepProbes, withProbe } from '../../../../cli/doctor/probe-row.ts';
import { batch } from '../../../../shared/batch.ts';
import { createStore } from '../../../../shared/store/store.ts';
import { aBatch } from '../../../support/rows.ts';
import { startTable } from '../../../support/start-table.ts';

const now = new Date('2026-11-21T12:00:00Z');
const log = { info: () => {}, warn: () => {}, error: () => {} };

async function start() {
  const table = await startTable();
  return { table, store: createStore(table, () => now, log), row: probeRow(now) };
}

describe('a probe', () => {
  it('is a batch like any other, found by the id of the event, and by nobody who looks for the latest', async () => {
    const { table, store, row } = await start();
    const real = aBatch({ state: 'closed', stateSince: '2026-11-21T11:00:00.000Z' });
    expect(batch.parse(row)).toEqual(row);
    expect(row.providerBatchId).toMatch(/^[0-9a-f]{24}$/);
    await table.putAll([real, row]);
    expect(await store.batchOfProvider(row.providerBatchId)).toEqual(row);
    expect(await store.lastIn('closed', 1)).toMatchObject([{ batchId: real.batchId }]);
  });

  it('is gone when all went well, when something threw, and when the doctor was interrupted', async () => {
    const { table, row } = await start();
    const cleanup = new AsyncDisposableStack();
    const deps = { table: () => table, cleanup };
    const there = async () => (await table.get(row)) !== undefined;

    expect(await withProbe(row, deps, there)).toEqual({ result: true, leftBecause: undefined });
    expect(await there()).toBe(false);
    const thrown = withProbe(row, deps, () => Promise.reject(new Error('no')));
    await expect(thrown).rejects.toThrow('no');
    expect(await there()).toBe(false);
    const { promise: begun, resolve } = Promise.withResolvers<void>();
    void withProbe(row, deps, () => {
      resolve();
      return new Promise(() => {});
    });
    await begun;
    expect(await there()).toBe(true);
    await cleanup.disposeAsync();
    expect(await there()).toBe(false);
  });

  it('that can not be taken out again is named', async () => {
    const { table, row } = await start();
    const deleteAll = () => Promise.reject(new Error('not allowed'));
    const deps = { table: () => ({ ...table, deleteAll }), cleanup: new AsyncDisposableStack() };
    expect(await withProbe(row, deps, async () => 1)).toEqual({
      result: 1,
      leftBecause: 'not allowed',
    });
    await deps.cleanup.disposeAsync();
  });
});

it('sweeps away what killed doctors have left, and nothing else', async () => {
  const { table, row } = await start();
  const left = probeRow(new Date('2026-11-21T11:00:00Z'));
  const real = aBatch({ state: 'closed', stateSince: new Date(0).toISOString() });
  await table.putAll([row, left, real]);
  await sweepProbes(table, now);
  const found = await table.getMany([row, left, real]);
  expect(found.map(({ batchId }) => batchId).toSorted()).toEqual(
    [real.batchId, row.batchId].toSorted(),
  );
});
