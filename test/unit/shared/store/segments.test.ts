import { describe, expect, it } from 'vitest';
import { createSegmentStore, type Segment } from '../../../../shared/store/segments.ts';
import type { Table } from '../../../../shared/store/table.ts';
import { createMemoryTable } from '../../../support/memory-table.ts';
import { anAnalysis } from '../../../support/rows.ts';
import { startTable } from '../../../support/start-table.ts';

const owner = anAnalysis({ profile: 'goals', customId: 'first', sequencer: '0A' });

function segmentsOf(count: number, definition = 'goal'): Segment[] {
  return Array.from({ length: count }, (_, at) => ({
    definition,
    startSeconds: at * 2,
    endSeconds: at * 2 + 1.5,
    fields: { number: at },
  }));
}

async function rowsOf(table: Table) {
  return await table.query({
    KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
    ExpressionAttributeValues: { ':pk': owner.pk, ':prefix': 'SEGMENT#' },
  });
}

describe('the segments of an answer', () => {
  it('are rows in the order of time, each of which tells how many there are', async () => {
    const table = await startTable();
    const store = createSegmentStore(table);
    const thousands = segmentsOf(2_345);

    await store.replace(owner, [...thousands.toReversed(), ...segmentsOf(2, 'foul')]);

    const rows = await rowsOf(table);
    const goals = rows.filter(({ definition }) => definition === 'goals/goal');
    expect(goals.map(({ startSeconds }) => startSeconds)).toEqual(
      thousands.map(({ startSeconds }) => startSeconds),
    );
    expect(goals.every(({ segmentCount }) => segmentCount === 2_345)).toBe(true);
    expect(new Set(goals.map(({ segmentNumber }) => segmentNumber)).size).toBe(2_345);
    expect(rows.filter(({ definition }) => definition === 'goals/foul')).toMatchObject([
      { segmentNumber: 1, segmentCount: 2, bucket: owner.bucket, key: owner.key },
      { segmentNumber: 2, segmentCount: 2 },
    ]);
    expect(await store.read(owner)).toEqual([...segmentsOf(2, 'foul'), ...thousands]);
  });

  it('that begin together all stay', async () => {
    const store = createSegmentStore(createMemoryTable());
    const [one] = segmentsOf(1);
    const same = [one, { ...one, endSeconds: 3 }, { ...one, endSeconds: 4 }] as Segment[];

    await store.replace(owner, same);

    expect(await store.read(owner)).toEqual(same);
  });

  it('take the place of all others of the profile, whatever those were', async () => {
    const table = createMemoryTable();
    const store = createSegmentStore(table);
    await store.replace(owner, segmentsOf(5));
    const neighbour = { ...owner, profile: 'goals-2' };
    await store.replace(neighbour, segmentsOf(1));
    const next = { ...owner, customId: 'second' };

    await store.replace(next, segmentsOf(2));

    expect(await store.read(owner)).toEqual([]);
    expect(await store.read(next)).toEqual(segmentsOf(2));
    expect(await store.read(neighbour)).toEqual(segmentsOf(1));
    await store.replace(next, []);
    expect(await rowsOf(table)).toHaveLength(1);
  });

  it('are the same rows when they are written again', async () => {
    const table = createMemoryTable();
    const store = createSegmentStore(table);
    await store.replace(owner, segmentsOf(3));
    const before = await rowsOf(table);

    await store.replace(owner, segmentsOf(3));

    expect(await rowsOf(table)).toEqual(before);
  });

  it('are never half of one and half of the other as if whole, wherever the writer dies', async () => {
    for (let fatal = 1; ; fatal += 1) {
      const table = createMemoryTable();
      await createSegmentStore(table).replace(owner, segmentsOf(60));
      const next = { ...owner, customId: 'second' };
      const { dying, calls } = dyingTable(table, fatal);

      await createSegmentStore(dying)
        .replace(next, segmentsOf(70))
        .catch(() => {});

      const sets = Map.groupBy(await rowsOf(table), ({ customId }) => String(customId));
      for (const [customId, rows] of sets) {
        const whole = customId === 'first' ? 60 : 70;
        expect(rows.every(({ segmentCount }) => segmentCount === whole)).toBe(true);
      }
      const isWhole = (id: string) =>
        sets.get(id)?.length === Number(sets.get(id)?.[0]?.['segmentCount']);
      expect(isWhole('first') || isWhole('second')).toBe(true);
      await createSegmentStore(table).replace(next, segmentsOf(70));
      expect(await rowsOf(table)).toHaveLength(70);
      if (calls() < fatal) break;
    }
  });

  it('of a newer upload stay, whoever comes late', async () => {
    const store = createSegmentStore(createMemoryTable());
    const newer = { ...owner, sequencer: '0B', customId: 'newer' };
    await store.replace(newer, segmentsOf(3));

    await store.replace(owner, segmentsOf(5));
    await store.withdraw(owner);

    expect(await store.read(newer)).toEqual(segmentsOf(3));
    expect(await store.read(owner)).toEqual([]);
  });

  it('of an older upload go when a newer one takes its place, and no others', async () => {
    const table = createMemoryTable();
    const store = createSegmentStore(table);
    await store.replace(owner, segmentsOf(4));

    await store.deleteOlder({ ...owner, sequencer: '0A' });
    expect(await store.read(owner)).toHaveLength(4);
    await store.deleteOlder({ ...owner, profile: 'goal', sequencer: '0B' });
    expect(await store.read(owner)).toHaveLength(4);
    await store.deleteOlder({ ...owner, sequencer: '0B' });
    expect(await rowsOf(table)).toEqual([]);
  });
});

/** A table whose putting and deleting goes in steps of 25 rows, and dies at one of them. */
function dyingTable(table: Table, fatal: number) {
  let calls = 0;
  const inSteps =
    <T>(write: (rows: readonly T[]) => Promise<void>) =>
    async (rows: readonly T[]) => {
      for (let at = 0; at < rows.length; at += 25) {
        calls += 1;
        if (calls >= fatal) throw new Error('killed');
        await write(rows.slice(at, at + 25));
      }
    };
  const dying: Table = {
    ...table,
    putAll: inSteps(table.putAll),
    deleteAll: inSteps(table.deleteAll),
  };
  return { dying, calls: () => calls };
}
