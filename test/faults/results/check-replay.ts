import { replayBatch } from '../../../shared/replay.ts';
import { createSegmentStore } from '../../../shared/store/segments.ts';
import { createStore } from '../../../shared/store/store.ts';
import type { Item } from '../../../shared/store/table.ts';
import type { CollectorWorld } from '../../support/collector-world.ts';
import { fakeLog } from '../../support/fakes.ts';
import { createMemoryTable, type MemoryTable } from '../../support/memory-table.ts';
import { briefly, isSame } from './same.ts';

/** The archive alone gives every final row again, byte for byte, and none beside them. */
export async function wrongWithReplay({
  archive,
  batchId,
  table,
}: CollectorWorld): Promise<string[]> {
  const empty = createMemoryTable();
  const store = createStore(empty, () => new Date(0), fakeLog());
  const segments = createSegmentStore(empty);
  const deps = { archive, table: empty, store, segments };
  const { damaged } = await replayBatch(batchId, deps).catch((error: unknown) => ({
    damaged: [`it is cut short: ${error}`],
  }));
  const expected = finalRows(table);
  const found = finalRows(empty);
  const words = damaged.map((each) => `replay: ${each}`);
  for (const [key, row] of expected) {
    if (!isSame(comparable(found.get(key)), comparable(row)))
      words.push(`replay gives ${briefly(found.get(key))} at ${key}`);
  }
  for (const key of found.keys()) if (!expected.has(key)) words.push(`replay gives ${key} too`);
  return words;
}

/**
 * The row without what a batch that was collected before its webhook came gets after that: its rows are
 * archived when it is collected.
 */
function comparable(row: Item | undefined): Item | undefined {
  if (row?.['kind'] !== 'batch' || row['collectedAt'] === undefined) return row;
  const { revision, stateSince, webhook, hintedAt, lookedAt, ...same } = row;
  return same;
}

/** All that waits for nothing, but the videos of analyses that go on: another batch will archive those. */
function finalRows(table: MemoryTable): Map<string, Item> {
  const all = table.all();
  const goOn = new Set(all.filter((row) => row['stage']).map((row) => row['pk']));
  const rows = all.filter((row) => !goOn.has(row['pk']));
  return new Map(rows.map((row) => [`${row['pk']} ${row['sk']}`, row]));
}
