import { describe, expect, it } from 'vitest';
import { archivePrefix, ROWS_FILE } from '../../../shared/archive.ts';
import { archivedBatches, type ReplayDeps, replayBatch } from '../../../shared/replay.ts';
import { resultsOf } from '../../../shared/results.ts';
import { createSegmentStore } from '../../../shared/store/segments.ts';
import { createStore } from '../../../shared/store/store.ts';
import {
  aLineWithout,
  aResultLine,
  type CollectorWorld,
  startCollectorWorld,
} from '../../support/collector-world.ts';
import { fakeLog } from '../../support/fakes.ts';
import { createMemoryTable, type MemoryTable } from '../../support/memory-table.ts';

const large = '漢'.repeat(200_000);

/** A closed batch with every kind of row in it. */
async function closedBatch(): Promise<CollectorWorld> {
  const world = await startCollectorWorld({
    count: 6,
    fields: (at) => ({
      ...(at === 2 && { profile: 'goals', analysisMode: 'time_based_metadata' }),
      ...((at === 3 || at === 4) && { asksForJson: true }),
    }),
  });
  const segments = [1, 2, 3].map((start_time) => ({ start_time, end_time: 9, metadata: { a: 1 } }));
  const answers = ['short', large, JSON.stringify({ goal: segments }), '{"a":[1,null]}', '{"a":['];
  const lines = answers.map((answer, at) => aResultLine(world.analysis(at), answer));
  const hopeless = { code: 'video_file_broken', message: 'its words' };
  const failed = aLineWithout(world.analysis(5), 'failed', hopeless);
  world.results([...lines, failed, '{"nobody":1}'].join('\n'));
  await world.collect();
  expect(world.batch().state).toBe('closed');
  return world;
}

function replayInto(table: MemoryTable, { archive }: CollectorWorld): ReplayDeps {
  const store = createStore(table, () => new Date(0), fakeLog());
  return { archive, table, store, segments: createSegmentStore(table) };
}

function sorted(table: MemoryTable) {
  return table
    .all()
    .toSorted((a, b) => `${a['pk']} ${a['sk']}`.localeCompare(`${b['pk']} ${b['sk']}`));
}

describe('the rows of a batch, from the archive alone', () => {
  it('are the same in an empty table', async () => {
    await using world = await closedBatch();
    const empty = createMemoryTable();

    const replayed = await replayBatch(world.batchId, replayInto(empty, world));

    expect(sorted(empty)).toEqual(sorted(world.table));
    expect(replayed).toMatchObject({ restored: 1 + 6 + 6 + 1, newer: 0, damaged: [] });
  });

  it('are the same over those that are there, however often', async () => {
    await using world = await closedBatch();
    const before = sorted(world.table);

    await replayBatch(world.batchId, replayInto(world.table, world));
    await replayBatch(world.batchId, replayInto(world.table, world));

    expect(sorted(world.table)).toEqual(before);
  });

  it('bring a table of yesterday up to date', async () => {
    await using world = await startCollectorWorld({ count: 2 });
    const yesterday = world.table.all();
    world.results(world.analyses.map((it) => aResultLine(it, 'new')).join('\n'));
    await world.collect();
    const restored = createMemoryTable();
    await restored.putAll(yesterday);

    await replayBatch(world.batchId, replayInto(restored, world));

    expect(sorted(restored)).toEqual(sorted(world.table));
  });

  it('leave alone what the table knows a later state of, or of a newer upload', async () => {
    await using world = await closedBatch();
    const newer = [
      { ...world.analysis(0), revision: 9, state: 'queued', stage: 'submit-batches' },
      { ...world.analysis(2), sequencer: 'F'.repeat(32), revision: 0, customId: 'newer' },
    ];
    await world.table.putAll(newer);
    await createSegmentStore(world.table).replace({ ...world.analysis(2), customId: 'newer' }, [
      { definition: 'goal', startSeconds: 0, endSeconds: 1, fields: {} },
    ]);
    const before = sorted(world.table);

    const replayed = await replayBatch(world.batchId, replayInto(world.table, world));

    expect(replayed.newer).toBe(2);
    expect(sorted(world.table)).toEqual(before);
  });

  it('leave no segments of an upload that is replaced while they are written', async () => {
    await using world = await closedBatch();
    const table = createMemoryTable();
    const deps = replayInto(table, world);
    const newer = { ...world.analysis(2), sequencer: 'F'.repeat(32), revision: 0 };
    const read: ReplayDeps['store']['read'] = async (key) => {
      const row = await deps.store.read(key);
      if (key.sk === newer.sk) await table.putAll([newer]);
      return row;
    };

    await replayBatch(world.batchId, { ...deps, store: { ...deps.store, read } });

    expect(table.all().filter(({ kind }) => kind === 'segment')).toEqual([]);
    expect(table.all()).toContainEqual(newer);
  });

  it('never make a video older than it is known to be', async () => {
    await using world = await closedBatch();
    const video = world.rows('video').find(({ key }) => key === '0.mp4');
    const renewed = { ...video, newestSequencer: 'F'.repeat(32) };
    await world.table.putAll([renewed]);

    await replayBatch(world.batchId, replayInto(world.table, world));

    expect(world.rows('video')).toContainEqual(renewed);
  });

  it('come from a batch that still runs too', async () => {
    await using world = await startCollectorWorld({ count: 2 });
    world.says({ status: 'processing', ready_items: 1, processing_items: 1 });
    const waiting = aLineWithout(world.analysis(1), 'processing');
    world.results(`${aResultLine(world.analysis(0), 'early')}\n${waiting}`);
    await world.collect();
    const empty = createMemoryTable();

    expect(await Array.fromAsync(archivedBatches(world))).toEqual([world.batchId]);
    await replayBatch(world.batchId, replayInto(empty, world));

    expect(empty.all()).toContainEqual(world.analysis(0));
    expect(empty.all().filter(({ stage }) => stage)).toEqual([]);
  });

  it('are found by listing the archive', async () => {
    await using world = await closedBatch();
    expect(await Array.fromAsync(archivedBatches(world))).toEqual([world.batchId]);
  });

  it('do not come back as work: what went back to the queue is not in them', async () => {
    await using world = await startCollectorWorld({ count: 2 });
    world.results(
      [aResultLine(world.analysis(0), 'x'), aLineWithout(world.analysis(1), 'canceled')].join('\n'),
    );
    await world.collect();
    expect(world.analysis(1).state).toBe('queued');
    const empty = createMemoryTable();

    await replayBatch(world.batchId, replayInto(empty, world));

    expect(empty.all().filter(({ stage }) => stage)).toEqual([]);
    expect(empty.all().filter(({ kind }) => kind === 'analysis')).toHaveLength(1);
  });
});

describe('an archive that is damaged', () => {
  it('is named, and the rest is written', async () => {
    await using world = await closedBatch();
    const { archiveKey = '', offsetBytes = 0 } = world.analysis(1).archived ?? {};
    const object = world.archive.objects.get(archiveKey);
    object?.bytes.fill(0, offsetBytes + 20, offsetBytes + 40);
    const empty = createMemoryTable();

    const { damaged } = await replayBatch(world.batchId, replayInto(empty, world));

    expect(damaged).toEqual([expect.stringMatching(/can't be read .* for summary of 1.mp4$/)]);
    expect(damaged[0]).toContain(archiveKey);
    expect(empty.all()).toContainEqual(world.analysis(0));
    expect(empty.all()).toContainEqual(world.analysis(5));
  });

  it.each([
    ['lines', (world: CollectorWorld) => world.analysis(0).archived?.archiveKey ?? ''],
    ['rows', (world: CollectorWorld) => `${archivePrefix(world.batchId)}${ROWS_FILE}`],
  ])('by having lost its %s is named too', async (_, keyOf) => {
    await using world = await closedBatch();
    world.archive.objects.delete(keyOf(world));

    const { damaged } = await replayBatch(world.batchId, replayInto(createMemoryTable(), world));

    expect(damaged).toContainEqual(expect.stringContaining(keyOf(world)));
  });
});

describe('one call', () => {
  it('returns any result whole', async () => {
    await using world = await closedBatch();
    const deps = { ...world, segments: createSegmentStore(world.table) };
    const wholes = await Promise.all(
      world.analyses.map(async ({ bucket, key }) => {
        const { video, analyses } = await resultsOf({ bucket, key }, deps);
        expect(video).toMatchObject({ key, state: 'admitted' });
        return analyses[0]?.result;
      }),
    );

    const [goal] = wholes.splice(2, 1);
    expect(goal).toMatchObject({ segments: [{ startSeconds: 1, fields: { a: 1 } }, {}, {}] });
    expect(wholes).toEqual([
      { text: 'short' },
      { text: large },
      { json: { a: [1, null] } },
      { text: '{"a":[', unparsedBecause: 'not JSON' },
      undefined,
    ]);
  });

  it('says so when the archive has lost the line', async () => {
    await using world = await closedBatch();
    for (const object of world.archive.objects.values()) object.bytes = new Uint8Array();
    const deps = { ...world, segments: createSegmentStore(world.table) };

    const damaged = await resultsOf({ bucket: 'uploads', key: '1.mp4' }, deps);
    expect(damaged.analyses[0]?.result).toEqual({ unreadableBecause: expect.any(String) });
    const inRow = await resultsOf({ bucket: 'uploads', key: '0.mp4' }, deps);
    expect(inRow.analyses[0]?.result).toEqual({ text: 'short' });
  });

  it('reads segments from the archive when rows of theirs are gone', async () => {
    await using world = await closedBatch();
    const [first] = world.rows('segment');
    await world.table.deleteAll([first as never]);
    const deps = { ...world, segments: createSegmentStore(world.table) };

    const { analyses } = await resultsOf({ bucket: 'uploads', key: '2.mp4' }, deps);

    expect(analyses[0]?.result).toMatchObject({ segments: [{ startSeconds: 1 }, {}, {}] });
  });
});
