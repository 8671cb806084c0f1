import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { createMemoryTable } from '../../support/memory-table.ts';

const dueFrom = (at: string) => ({
  IndexName: 'due',
  KeyConditionExpression: 'stage = :stage AND dueAt >= :at',
  ExpressionAttributeValues: { ':stage': 's', ':at': at },
});

it('finds among thousands of rows what a plain sort finds', async () => {
  const digits = fc.integer({ min: 0, max: 4_000 }).map((it) => String(it).padStart(4, '0'));
  const run = async (times: string[], bound: string, limit: number) => {
    const table = createMemoryTable();
    const rows = times.map((dueAt, at) => ({ pk: 'p', sk: String(at), stage: 's', dueAt }));
    await table.putAll(rows);
    const isDeleted = (dueAt: string, at: number) => at % 3 === 0 || dueAt.startsWith('1');
    await table.deleteAll(rows.filter(({ dueAt }, at) => isDeleted(dueAt, at)));
    const left = times.filter((dueAt, at) => !isDeleted(dueAt, at));
    const found = await table.query(dueFrom(bound), limit);
    const expected = left.sort().filter((dueAt) => dueAt >= bound);
    expect(found.map(({ dueAt }) => dueAt)).toEqual(expected.slice(0, limit));
    const backwards = { ...dueFrom(bound), ScanIndexForward: false };
    const last = await table.query(backwards, limit);
    expect(last.map(({ dueAt }) => dueAt)).toEqual(expected.toReversed().slice(0, limit));
    expect(table.size).toBe(left.length);
    expect(table.all()).toHaveLength(left.length);
  };
  const times = fc.array(digits, { minLength: 1_000, maxLength: 4_000, size: 'max' });
  const limits = fc.integer({ min: 1, max: 3_000 });
  // To find a smaller case among thousands of rows would take minutes.
  const settings = { numRuns: 20, endOnFailure: true };
  await fc.assert(fc.asyncProperty(times, digits, limits, run), settings);
});
