import { expect, it } from 'vitest';
import { createStore } from '../../../../shared/store/store.ts';
import { fakeLog } from '../../../support/fakes.ts';
import { createMemoryTable } from '../../../support/memory-table.ts';
import { anAnalysis, atSecond } from '../../../support/rows.ts';

it('finds what is due behind rows that nobody can read, as many as are asked for', async () => {
  const table = createMemoryTable();
  const store = createStore(table, () => atSecond(0), fakeLog());
  const rowAt = (second: number) =>
    anAnalysis({ pk: `VIDEO#${second}`, dueAt: atSecond(second).toISOString() });
  await table.putAll([0, 1, 2, 3, 4].map((second) => ({ ...rowAt(second), state: 'unheard-of' })));
  await table.putAll([5, 6, 7].map(rowAt));
  const found = await store.due('submit-batches', atSecond(9), 2);
  expect(found.map(({ pk }) => pk)).toEqual(['VIDEO#5', 'VIDEO#6']);
  expect(await store.due('submit-batches', atSecond(9), 9)).toHaveLength(3);
  expect(await store.due('submit-batches', atSecond(4), 2)).toEqual([]);
});
