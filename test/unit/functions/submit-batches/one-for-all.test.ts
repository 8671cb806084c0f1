import { describe, expect, it } from 'vitest';
import {
  type Around,
  type BatcherWorld,
  startBatcherWorld,
} from '../../../support/batcher-world.ts';

const HOUR_MS = 3_600_000;

/** How many analyses are in each state. */
function statesOf(world: BatcherWorld): Record<string, number> {
  const byState = Map.groupBy(world.analyses(), ({ state }) => state);
  return Object.fromEntries([...byState].map(([state, its]) => [state, its.length]));
}

describe('one analysis that makes every create with it come to nothing', () => {
  it.each([
    [500, 'internal_server_error', 'never_created'],
    [504, 'deadline_exceeded', 'never_created'],
    [403, 'content_not_allowed', 'content_not_allowed'],
    [451, 'legal', 'legal'],
  ])('with %d ends by itself, and the others go', async (status, code, reason) => {
    await using world = await startBatcherWorld();
    const assetId = await world.newAsset('bad.webm');
    world.box.faults.set({ kind: 'poison-asset', assetId, status, code, message: 'no' });
    await world.queue(1, { assetId });
    await world.queue(9);
    for (let hour = 0; hour < 30; hour += 1) {
      // Others come, and show that the provider is well.
      await world.queue(1, { queuedAt: world.clock.now().toISOString() });
      await world.letEnd(60);
      await world.letPass(60);
    }
    await world.letEnd(24 * 60);
    expect(statesOf(world)).toEqual({ failed: 1, ready: 39 });
    expect(world.analyses()[0]).toMatchObject({ state: 'failed', reason: { code: reason } });
  });
});

it('eight bad neighbours do not hold back the good ones of their profile', async () => {
  await using world = await startBatcherWorld();
  const assetId = await world.newAsset('bad.webm');
  world.box.faults.set({ kind: 'poison-asset', assetId });
  await world.queue(8, { assetId });
  await world.queue(40);
  expect(await world.letEnd(24 * 60)).toBeLessThan(30);
  expect(statesOf(world)).toEqual({ failed: 8, ready: 40 });
});

it('a quota that is smaller than a batch is met by smaller ones', async () => {
  await using world = await startBatcherWorld({ limits: { analyzeMinutesPerHour: 2 } });
  await world.queue(60);
  await world.letEnd(7 * 24 * 60);
  expect(statesOf(world)).toEqual({ ready: 60 });
});

describe('a batch whose reply was lost is found, and nothing is paid twice,', () => {
  /** Three analyses that ride in a batch which takes hours, and of which we know nothing. */
  async function inDoubt(): Promise<BatcherWorld> {
    const world = await startBatcherWorld({
      timing: { batchPendingMs: HOUR_MS, itemMinMs: 60_000, itemMaxMs: 60_000 },
    });
    world.box.faults.set({ kind: 'lose-reply', operation: 'batches.create', times: 1 });
    await world.queue(3);
    await world.submit();
    return world;
  }

  async function expectPaidOnce(world: BatcherWorld) {
    await world.letEnd(3 * 24 * 60);
    expect(statesOf(world)).toEqual({ ready: 3 });
    expect(world.box.batches()).toHaveLength(1);
  }

  it('though its results are not there for an hour', async () => {
    await using world = await inDoubt();
    const fault = { kind: 'answer', operation: 'batches.results', status: 404 } as const;
    world.box.faults.set({ ...fault, times: 40 });
    await expectPaidOnce(world);
  });

  it.each([-30, 30])('though the provider’s clock is %d minutes off', async (minutes) => {
    await using world = await inDoubt();
    const skewed = (at: unknown) =>
      new Date(Date.parse(String(at)) + minutes * 60_000).toISOString();
    const around: Around = async (name, call) => {
      const answer = await call();
      if (name !== 'provider.listBatches') return answer;
      const listed = answer as { created_at: string }[];
      return listed.map((it) => ({ ...it, created_at: skewed(it.created_at) })) as typeof answer;
    };
    await world.letEnd(3 * 24 * 60, () => world.submit(around));
    await expectPaidOnce(world);
  });

  it('though the secret held the key of another account for 27 hours', async () => {
    await using world = await inDoubt();
    const ofAnother: Around = async (name, call) =>
      /listBatches|listAssets/.test(name) ? ([] as Awaited<ReturnType<typeof call>>) : call();
    for (let looks = 0; looks < 27 * 30; looks += 1) {
      await world.letPass(120);
      await world.submit(ofAnother);
    }
    expect(statesOf(world)).toEqual({ submitting: 3 });
    await expectPaidOnce(world);
  });
});
