import { describe, expect, it } from 'vitest';
import {
  type BatchingMemory,
  createBatchingMemory,
  nothingRemembered,
} from '../../../../shared/store/batching-memory.ts';
import { batchingMemoryKey } from '../../../../shared/store/keys.ts';
import { createMemoryTable } from '../../../support/memory-table.ts';
import { atSecond } from '../../../support/rows.ts';
import { startTable } from '../../../support/start-table.ts';

const at = atSecond(0).toISOString();
const much: BatchingMemory = {
  maxItems: 500,
  tooSlow: { items: 1_000, at },
  searches: ['batch-1'],
  refusedProfiles: { v1: { refusals: 3, probeAt: at, reason: 'no' } },
  refusedAloneInARow: 4,
  pausesInARow: 2,
  absences: 1,
};
const pausing = (pausesInARow: number) => ({ ...nothingRemembered, pausesInARow });

describe('the memory of the batcher', () => {
  it('is empty at the beginning', async () => {
    const memory = createBatchingMemory(createMemoryTable());
    expect(await memory.read()).toEqual(nothingRemembered);
  });

  it.each<[string, Record<string, unknown>]>([
    ['without a memory', { version: 3 }],
    ['with words', { version: 3, memory: 'much' }],
    ['without some of it', { version: 3, memory: { searches: [] } }],
    ['with a batch of none', { version: 3, memory: { ...much, maxItems: 0 } }],
    ['with no time', { version: 3, memory: { ...much, tooSlow: { items: 1, at: 'then' } } }],
    ['with a version that is no number', { version: 'x', memory: 5 }],
  ])('is empty where it can not be read: %s', async (_, item) => {
    const table = createMemoryTable();
    await table.putAll([{ ...batchingMemoryKey, ...item }]);
    expect(await createBatchingMemory(table).read()).toEqual(nothingRemembered);
  });

  it('is written over what can not be read', async () => {
    const table = createMemoryTable();
    await table.putAll([{ ...batchingMemoryKey, version: 3, memory: 'much' }]);
    const memory = createBatchingMemory(table);
    await memory.read();
    await memory.write(much);
    expect(await createBatchingMemory(table).read()).toEqual(much);
  });

  it.each([
    ['in memory', async () => createMemoryTable()],
    ['as DynamoDB is', startTable],
  ])('is read as it was written last, by a table that is %s', async (_, start) => {
    const table = await start();
    const memory = createBatchingMemory(table);
    await memory.read();
    for (const its of [much, pausing(1), nothingRemembered, pausing(2)]) {
      await memory.write(its);
      expect(await createBatchingMemory(table).read()).toEqual(its);
    }
    expect(await memory.read()).toEqual(pausing(2));
    await memory.write(much);
    expect(await createBatchingMemory(table).read()).toEqual(much);
  });

  it.each([
    ['at the beginning', false],
    ['later', true],
  ])('is not written by whoever read it before another wrote it, %s', async (_, isKnown) => {
    const table = createMemoryTable();
    const [late, holder] = [createBatchingMemory(table), createBatchingMemory(table)];
    if (isKnown) {
      await late.read();
      await late.write(much);
    }
    await late.read();
    await holder.read();
    await holder.write(pausing(1));
    for (const again of [7, 8]) await late.write(pausing(again));
    expect(await createBatchingMemory(table).read()).toEqual(pausing(1));
    await holder.write(pausing(2));
    expect(await createBatchingMemory(table).read()).toEqual(pausing(2));
  });

  it('is written again by whoever was late once he has read it anew', async () => {
    const table = createMemoryTable();
    const [late, holder] = [createBatchingMemory(table), createBatchingMemory(table)];
    await late.read();
    await holder.read();
    await holder.write(pausing(1));
    await late.write(pausing(7));
    expect(await late.read()).toEqual(pausing(1));
    await late.write(pausing(8));
    expect(await holder.read()).toEqual(pausing(8));
  });
});
