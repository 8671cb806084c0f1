import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { createMemoryTable } from '../../support/memory-table.ts';
import { startTable } from '../../support/start-table.ts';
import { byKey } from '../../support/store-acts.ts';
import { allKeys, type Operation, operations } from '../../support/table-operations.ts';

it('answers, whatever is done, as the emulator does, and keeps the same', async () => {
  const emulated = await startTable();
  const run = async (all: readonly Operation[]) => {
    const inMemory = createMemoryTable();
    await emulated.deleteAll(allKeys);
    for (const operation of all) {
      const [actual, expected] = await Promise.allSettled([
        operation(inMemory),
        operation(emulated),
      ]);
      expect(actual.status).toBe(expected.status);
      if (actual.status === 'rejected' || expected.status === 'rejected') continue;
      expect(actual.value).toStrictEqual(expected.value);
    }
    expect(byKey(inMemory.all())).toStrictEqual(byKey(await emulated.getMany(allKeys)));
  };
  const sequences = fc.array(operations, { minLength: 25, maxLength: 35, size: 'max' });
  await fc.assert(fc.asyncProperty(sequences, run), { numRuns: 30 });
});
