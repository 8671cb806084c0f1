import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { createMemoryTable } from '../../support/memory-table.ts';
import { startTable } from '../../support/start-table.ts';
import { actsOn, byKey, partitions } from '../../support/store-acts.ts';

it('is for the store and its neighbours as the emulator is', async () => {
  const emulated = await startTable();
  const allEmulated = async () => {
    const found = partitions.map((pk) =>
      emulated.query({
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': pk },
      }),
    );
    return byKey((await Promise.all(found)).flat());
  };
  const run = async (steps: readonly [number, number, number][]) => {
    const left = await allEmulated();
    await emulated.deleteAll(left.map(({ pk, sk }) => ({ pk: String(pk), sk: String(sk) })));
    const inMemory = createMemoryTable();
    const tables = [actsOn(inMemory), actsOn(emulated)];
    for (const [which, n, m] of steps) {
      const outcomes = tables.map((acts) => acts[which % acts.length]?.(n, m));
      const [actual, expected] = await Promise.allSettled(outcomes);
      expect(actual).toEqual(expected);
    }
    expect(byKey(inMemory.all())).toStrictEqual(await allEmulated());
  };
  const step = fc.tuple(fc.nat(21), fc.nat(30), fc.nat(30));
  const steps = fc.array(step, { minLength: 30, maxLength: 40, size: 'max' });
  await fc.assert(fc.asyncProperty(steps, run), { numRuns: 25 });
});
