import { expect, it } from 'vitest';
import { replayBatch } from '../../../../shared/replay.ts';
import { resultsOf } from '../../../../shared/results.ts';
import { createSegmentStore } from '../../../../shared/store/segments.ts';
import { createStore } from '../../../../shared/store/store.ts';
import {
  aResultLine,
  type CollectorWorld,
  startCollectorWorld,
} from '../../../support/collector-world.ts';
import { fakeLog } from '../../../support/fakes.ts';
import { createMemoryTable } from '../../../support/memory-table.ts';

// What the campaign found, each in its smallest form.

/** A line in which one byte is no UTF-8, and after it the same line as it should be. */
async function afterItsBrokenTwin(world: CollectorWorld, answer: string): Promise<void> {
  const line = Buffer.from(aResultLine(world.analysis(0), answer));
  const broken = Buffer.from(line);
  broken[broken.indexOf('answer')] = 0xff;
  world.results(Buffer.concat([broken, Buffer.from('\n'), line]));
  await world.collect();
}

async function replayed({ archive, batchId }: CollectorWorld): Promise<unknown> {
  const table = createMemoryTable();
  const store = createStore(table, () => new Date(0), fakeLog());
  await replayBatch(batchId, { archive, table, store, segments: createSegmentStore(table) });
  return table.all().find(({ kind }) => kind === 'analysis')?.['result'];
}

it('a line in quarantine is not replayed in place of the one that settled the analysis', async () => {
  await using world = await startCollectorWorld();
  await afterItsBrokenTwin(world, 'answer');
  expect(world.analysis(0).result).toEqual({ text: 'answer' });
  expect(await replayed(world)).toEqual({ text: 'answer' });
});

it('a line in quarantine does not stop the replay of its whole batch', async () => {
  await using world = await startCollectorWorld({ count: 2 });
  const wrongShape = aResultLine(world.analysis(0), 'answer', { status: 7 });
  world.results([wrongShape, ...world.analyses.map((it) => aResultLine(it, 'answer'))].join('\n'));
  await world.collect();
  expect(await replayed(world)).toEqual({ text: 'answer' });
});

it('a line in quarantine is not returned in place of the one that settled the analysis', async () => {
  const fields = { profile: 'goals', analysisMode: 'time_based_metadata' } as const;
  await using world = await startCollectorWorld({ fields });
  // No key of a row can be so long: the segments are in the archive alone.
  const definition = 'answer'.repeat(300);
  await afterItsBrokenTwin(
    world,
    JSON.stringify({ [definition]: [{ start_time: 1, end_time: 2 }] }),
  );
  const deps = { ...world, segments: createSegmentStore(world.table) };
  const { analyses } = await resultsOf({ bucket: 'uploads', key: '0.mp4' }, deps);
  expect(analyses[0]?.result).toMatchObject({ segments: [{ definition }] });
});

it('a custom_id of nobody does not pass for an item that was told of', async () => {
  await using world = await startCollectorWorld({ count: 2 });
  const misnamed = { customId: `${'h'.repeat(22)}-${world.batchId}` };
  world.results(
    `${aResultLine(world.analysis(0), 'x')}\n${aResultLine(misnamed, 'paid, and lost')}`,
  );
  await world.collect();
  expect(world.analysis(1).state).toBe('submitted');
});
