import { describe, expect, it } from 'vitest';
import type { Batch } from '../../../../shared/batch.ts';
import { createStore } from '../../../../shared/store/store.ts';
import { fakeLog } from '../../../support/fakes.ts';
import { createMemoryTable } from '../../../support/memory-table.ts';
import { aBatch, anAnalysis, atSecond } from '../../../support/rows.ts';
import { startTable } from '../../../support/start-table.ts';

function batches(seconds: readonly number[], state: Batch['state'] = 'closed'): Batch[] {
  return seconds.map((second) =>
    aBatch({ batchId: `${state}-${second}`, state, stateSince: atSecond(second).toISOString() }),
  );
}

describe.each([
  ['in memory', async () => createMemoryTable()],
  ['as DynamoDB is', startTable],
])('what came into a state last, in a table %s', (_, start) => {
  it.each([
    [1, [90]],
    [3, [90, 70, 50]],
    [9, [90, 70, 50, 30, 10]],
  ])('of at most %d is the latest first, whole', async (limit, seconds) => {
    const table = await start();
    const closed = batches([50, 10, 90, 30, 70]);
    const others = batches([95, 5], 'active');
    await table.putAll([...closed, ...others, anAnalysis({ state: 'ready' })]);
    const store = createStore(table, () => atSecond(100), fakeLog());
    const expected = seconds.map((second) => batches([second])[0]);
    expect(await store.lastIn('closed', limit)).toEqual(expected);
    expect(await store.lastIn('abandoned', limit)).toEqual([]);
  });

  it('of more than one read brings is in order too', async () => {
    const table = await start();
    const all = Array.from({ length: 150 }, (__, at) => (at * 7) % 150);
    await table.putAll(batches(all));
    const store = createStore(table, () => atSecond(100), fakeLog());
    const found = await store.lastIn('closed', 120);
    expect(found).toEqual(batches(all.toSorted((a, b) => b - a).slice(0, 120)));
  });
});

it('leaves out what has left the state by the time it is read', async () => {
  const table = createMemoryTable();
  const [first, second] = batches([10, 20], 'active') as [Batch, Batch];
  await table.putAll([first, second]);
  // The index is behind the table.
  const behind = { ...table, query: async () => [first, second] };
  await table.putAll([{ ...second, state: 'closed' }]);
  const store = createStore(behind, () => atSecond(100), fakeLog());
  expect(await store.lastIn('active', 9)).toEqual([first]);
});
