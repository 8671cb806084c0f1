import { describe, expect, it } from 'vitest';
import { cancel, reachOfBatch, reachOfPrefix, reachOfVideo } from '../../../shared/cancel.ts';
import { type BatcherWorld, startBatcherWorld } from '../../support/batcher-world.ts';
import { anUpload } from '../../support/rows.ts';

const HOUR_MS = 3_600_000;
const REASON = { code: 'canceled_by_operator' };

/** A world whose batches stay pending for an hour, then take an hour. */
const slowWorld = () =>
  startBatcherWorld({
    timing: { batchPendingMs: HOUR_MS, itemMinMs: HOUR_MS, itemMaxMs: HOUR_MS },
  });

const depsOf = ({ store, waitingRoom, clock }: BatcherWorld) => ({
  store,
  waitingRoom,
  now: () => clock.now(),
});

const statesOf = (world: BatcherWorld) => world.analyses().map(({ state }) => state);

async function cancelTheBatch(world: BatcherWorld): Promise<number> {
  const [batch] = world.table.all().filter(({ kind }) => kind === 'batch');
  const reach = await reachOfBatch(String(batch?.['batchId']), world);
  if (!reach) throw new Error('there is no batch');
  return await cancel(reach, depsOf(world));
}

describe('a batch', () => {
  it('that has not begun is not billed, and its analyses say why they ended', async () => {
    await using world = await slowWorld();
    await world.queue(3);
    await world.submit();
    expect(await cancelTheBatch(world)).toBe(1);
    await world.letEnd(24 * 60);
    expect(world.analyses()).toMatchObject(
      [1, 2, 3].map(() => ({ state: 'failed', reason: REASON })),
    );
    expect(world.box.ledger.billedItems()).toEqual([]);
    expect(world.box.batches()).toMatchObject([{ status: 'canceled' }]);
  });

  it('that has begun keeps what becomes ready, and does not try the rest again', async () => {
    await using world = await startBatcherWorld({
      timing: { itemStartSpreadMs: 4 * HOUR_MS, itemMinMs: HOUR_MS, itemMaxMs: HOUR_MS },
    });
    await world.queue(12);
    await world.submit();
    await world.letPass(2 * 3_600);
    await cancelTheBatch(world);
    await world.letEnd(24 * 60);
    const ready = world.analyses().filter(({ state }) => state === 'ready');
    expect(ready.length).toBeGreaterThan(0);
    expect(ready.length).toBeLessThan(12);
    expect(world.box.ledger.billedItems()).toHaveLength(ready.length);
    const others = world.analyses().filter(({ state }) => state !== 'ready');
    expect(others).toMatchObject(others.map(() => ({ state: 'failed', reason: REASON })));
  });

  it('is found by the id that the provider gave it', async () => {
    await using world = await slowWorld();
    await world.queue(1);
    await world.submit();
    const id = world.box.batches()[0]?.batch_id ?? '';
    expect((await reachOfBatch(id, world))?.batches).toHaveLength(1);
    expect(await reachOfBatch('nobody', world)).toBeUndefined();
  });

  it('that is collected, and only waits for its webhook, is over', async () => {
    await using world = await startBatcherWorld();
    await world.queue(1);
    await world.submit();
    const [batch] = world.box.batches();
    for (let minutes = 0; minutes < 60; minutes += 3) {
      await world.letPass(180);
      await world.collect();
      if (world.analyses()[0]?.state === 'ready') break;
    }
    expect(await world.store.batchOfProvider(batch?.batch_id ?? '')).toMatchObject({
      state: 'active',
    });
    expect((await reachOfBatch(batch?.batch_id ?? '', world))?.batches).toEqual([]);
  });

  it('whose reply was lost is canceled once it is found', async () => {
    await using world = await slowWorld();
    world.box.faults.set({ kind: 'lose-reply', operation: 'batches.create', times: 1 });
    await world.queue(2);
    await world.submit();
    await cancelTheBatch(world);
    await world.letEnd(24 * 60);
    expect(statesOf(world)).toEqual(['failed', 'failed']);
    expect(world.box.batches()).toMatchObject([{ status: 'canceled' }]);
  });

  it('that never came to be leaves its analyses canceled', async () => {
    await using world = await slowWorld();
    world.box.faults.set({ kind: 'lose-request', operation: 'batches.create', times: 1 });
    await world.queue(2);
    await world.submit();
    await cancelTheBatch(world);
    await world.letEnd(24 * 60);
    expect(world.analyses()).toMatchObject([{ reason: REASON }, { reason: REASON }]);
    expect(world.box.batches()).toEqual([]);
  });

  it('that is over is not reached', async () => {
    await using world = await startBatcherWorld();
    await world.queue(1);
    await world.submit();
    await world.letEnd(60);
    expect(await cancelTheBatch(world)).toBe(0);
  });

  it('whose cancellation the provider did not hear is canceled at the next look', async () => {
    await using world = await slowWorld();
    await world.queue(1);
    await world.submit();
    world.box.faults.set({ kind: 'lose-request', operation: 'batches.cancel', times: 1 });
    await cancelTheBatch(world);
    await world.letEnd(24 * 60);
    expect(world.box.batches()).toMatchObject([{ status: 'canceled' }]);
    expect(statesOf(world)).toEqual(['failed']);
  });
});

describe('a video', () => {
  it('whose analysis waits ends at once, the others go', async () => {
    await using world = await startBatcherWorld();
    const [first] = await world.queue(2);
    const reach = await reachOfVideo({ bucket: 'uploads', key: first?.key ?? '' }, world);
    expect(await cancel(reach, depsOf(world))).toBe(1);
    expect(await cancel(reach, depsOf(world))).toBe(0);
    await world.letEnd(60);
    expect(world.analyses()).toMatchObject([
      { state: 'failed', reason: REASON },
      { state: 'ready' },
    ]);
    expect(world.box.ledger.billedItems()).toHaveLength(1);
  });

  it('is reached by one profile alone', async () => {
    await using world = await startBatcherWorld();
    const [first] = await world.queue(1);
    const of = { bucket: 'uploads', key: first?.key ?? '' };
    expect((await reachOfVideo({ ...of, profile: 'another' }, world)).notBegun).toEqual([]);
    expect((await reachOfVideo({ ...of, profile: 'summary' }, world)).notBegun).toHaveLength(1);
  });

  it('that rides in a batch is kept when it is ready, and not tried again when it is not', async () => {
    await using world = await startBatcherWorld();
    const [kept, failed] = await world.queue(2);
    const assetId = await world.newAsset('failing.webm');
    const [fails] = await world.queue(1, { assetId });
    world.box.faults.set({ kind: 'fail-item', assetId });
    await world.submit();
    for (const it of [kept, fails]) {
      const reach = await reachOfVideo({ bucket: 'uploads', key: it?.key ?? '' }, world);
      expect(reach.riding).toHaveLength(1);
      await cancel(reach, depsOf(world));
    }
    await world.letEnd(600);
    expect(await world.store.read(kept ?? anAbsence)).toMatchObject({ state: 'ready' });
    expect(await world.store.read(failed ?? anAbsence)).toMatchObject({ state: 'ready' });
    expect(await world.store.read(fails ?? anAbsence)).toMatchObject({
      state: 'failed',
      reason: REASON,
      attempt: 1,
    });
  });

  it('that waits to be registered ends before it costs anything', async () => {
    await using world = await startBatcherWorld();
    const upload = anUpload();
    await world.store.claimVideo(upload, { at: world.clock.now(), by: 'message' });
    const reach = await reachOfVideo(upload, world);
    expect(await cancel(reach, depsOf(world))).toBe(1);
    const [row] = await world.store.ofVideo(upload.bucket, upload.key);
    expect(row).toMatchObject({ kind: 'video', state: 'failed', reason: REASON });
  });
});

describe('an upload that is under way', () => {
  it('is reached, but not ended: its analyses are about to be queued', async () => {
    await using world = await startBatcherWorld();
    const due = { at: world.clock.now(), by: 'clock' } as const;
    const claimed = await world.store.claimVideo(anUpload(), due);
    const waiting = claimed && (await world.store.move(claimed, { to: 'waiting', due }));
    const video = waiting && (await world.store.move(waiting, { to: 'registering', due }));
    for (const profile of [undefined, 'summary']) {
      const reach = await reachOfVideo({ ...anUpload(), profile }, world);
      expect(reach).toMatchObject({ notBegun: [], uploading: [{ state: 'registering' }] });
      expect(await cancel(reach, depsOf(world))).toBe(0);
    }
    expect(await world.store.read(video ?? anAbsence)).toEqual(video);
  });
});

describe('a prefix', () => {
  it('reaches what is under way below it, wherever that is, and nothing else', async () => {
    await using world = await slowWorld();
    const [, second] = await world.queue(2);
    await world.submit();
    await world.queue(3, { queuedAt: world.clock.now().toISOString() });
    const upload = anUpload({ key: '1-not-yet.mp4' });
    await world.store.claimVideo(upload, { at: world.clock.now(), by: 'message' });

    const below = await reachOfPrefix({ prefix: '1' }, world);
    expect(below.notBegun.map(({ key }) => key)).toEqual(['1-not-yet.mp4']);
    expect(below.riding.map(({ key }) => key)).toEqual([second?.key]);
    expect((await reachOfPrefix({ prefix: '', bucket: 'uploads' }, world)).notBegun).toHaveLength(
      4,
    );
    expect((await reachOfPrefix({ prefix: '', bucket: 'others' }, world)).notBegun).toEqual([]);
    expect((await reachOfPrefix({ prefix: 'z' }, world)).riding).toEqual([]);
  });

  it('of ten thousand is canceled whole', async () => {
    await using world = await startBatcherWorld();
    await world.queue(10_000);
    const reach = await reachOfPrefix({ prefix: '' }, world);
    expect(await cancel(reach, depsOf(world))).toBe(10_000);
    await world.submit();
    expect(world.box.batches()).toEqual([]);
  });
});

const anAbsence = { pk: 'nobody', sk: 'nobody' };
