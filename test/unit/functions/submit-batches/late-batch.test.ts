import { expect, it } from 'vitest';
import { type BatcherWorld, startBatcherWorld } from '../../../support/batcher-world.ts';

/** A world whose first create comes to nothing at once, and is done `seconds` later all the same. */
async function lateBy(seconds: number, items: number): Promise<BatcherWorld> {
  const world = await startBatcherWorld({
    timing: { batchPendingMs: 600_000, itemMinMs: 60_000, itemMaxMs: 120_000 },
  });
  const fault = {
    kind: 'late',
    ms: seconds * 1000,
    operation: 'batches.create',
    times: 1,
  } as const;
  world.box.faults.set(fault);
  await world.queue(items);
  await world.submit();
  return world;
}

function readyOf(world: BatcherWorld): number {
  return world.analyses().filter(({ state }) => state === 'ready').length;
}

it('adopts a batch that the provider made long after the connection ended', async () => {
  await using world = await lateBy(1_500, 3);
  await world.letEnd(24 * 60);
  expect(readyOf(world)).toBe(3);
  expect(world.box.batches()).toHaveLength(1);
});

it('cancels, before it begins, a batch that turns up after it was certain that there is none', async () => {
  await using world = await lateBy(5_000, 3);
  await world.letEnd(24 * 60);
  expect(readyOf(world)).toBe(3);
  expect(world.box.batches().map(({ status }) => status)).toEqual(['completed']);

  // What should not exist is looked for all day, whatever else there is to do.
  for (let looks = 0; looks < 30; looks++) {
    await world.letPass(300);
    await world.submit();
    await world.collect();
  }
  expect(world.box.batches().map(({ status }) => status)).toEqual(['completed', 'canceled']);
  expect(world.paidTwice()).toEqual([]);
  expect(world.log.events()).toContain('batch_turned_up');
  const rows = world.table.all().filter(({ kind }) => kind === 'batch');
  expect(rows.map(({ state }) => state)).toEqual(['closed', 'closed']);
});

it('ends the watch over what never turned up after a day', async () => {
  await using world = await startBatcherWorld();
  world.box.faults.set({ kind: 'lose-request', operation: 'batches.create', times: 1 });
  await world.queue(2);
  await world.submit();
  await world.letEnd(24 * 60);
  for (let hours = 0; hours < 26; hours++) {
    await world.letPass(3_600);
    await world.submit();
  }
  const rows = world.table.all().filter(({ kind }) => kind === 'batch');
  expect(rows.map(({ state }) => state)).toEqual(['abandoned', 'closed']);
  expect(readyOf(world)).toBe(2);
});
