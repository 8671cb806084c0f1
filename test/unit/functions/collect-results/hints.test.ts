import { describe, expect, it } from 'vitest';
import {
  aResultLine,
  type CollectorWorld,
  startCollectorWorld,
  WEBHOOK_URL,
} from '../../../support/collector-world.ts';
import { atSecond } from '../../../support/rows.ts';

/** A batch of one that is over, with all of its results. */
async function overWorld(): Promise<CollectorWorld> {
  const world = await startCollectorWorld();
  world.results(world.analyses.map((it) => aResultLine(it, 'text')).join('\n'));
  return world;
}

const delivery = (fields: object) => ({ webhooks: [{ url: WEBHOOK_URL, ...fields }] });

describe('the webhook of a batch', () => {
  it('closes it, and is counted as received', async () => {
    await using world = await overWorld();
    await world.collect();
    expect(world.batch()).toMatchObject({ state: 'closed', webhook: { outcome: 'received' } });
    expect(world.counted).toEqual(['WebhookDelivery received']);
  });

  it.each([
    ['never_sent', {}, {}],
    ['lost_by_us', delivery({ delivered: true, attempts: 1 }), { attempts: 1 }],
    [
      'not_received',
      delivery({ delivered: false, attempts: 4, last_error: 'timeout' }),
      { attempts: 4, lastError: 'timeout' },
    ],
    ['never_sent', { webhooks: 'none yet' }, {}],
    ['never_sent', { webhooks: [{ nonsense: true }] }, {}],
  ])('that has not come in a quarter of an hour is %s', async (outcome, told, facts) => {
    await using world = await overWorld();
    world.says(told);
    await world.collectDue();
    // The results are there at once; only the row of the batch waits.
    expect(world.analysis(0)).toMatchObject({ state: 'ready' });
    expect(world.batch()).toMatchObject({ state: 'active', stage: 'collect-results' });
    expect(world.counted).toEqual([]);
    world.letPass(899);
    await world.collectDue();
    expect(world.batch().state).toBe('active');
    world.letPass(1);
    await world.collectDue();
    expect(world.batch()).toMatchObject({ state: 'closed', webhook: { outcome, ...facts } });
    expect(world.counted).toEqual([`WebhookDelivery ${outcome}`]);
    expect(world.readings()).toBe(1);
  });

  it('that comes while it is waited for closes the batch, and reads nothing again', async () => {
    await using world = await overWorld();
    await world.collectDue();
    world.letPass(60);
    await world.collect();
    expect(world.batch()).toMatchObject({ state: 'closed', webhook: { outcome: 'received' } });
    expect(world.readings()).toBe(1);
  });

  it('that came before the look, and was delivered after it, is counted as received', async () => {
    await using world = await overWorld();
    const receivedAt = atSecond(0);
    world.letPass(5);
    await world.collectDue();
    world.letPass(5);
    await world.collect({}, receivedAt);
    expect(world.batch()).toMatchObject({ state: 'closed', webhook: { outcome: 'received' } });
  });

  it('that comes when the batch is closed is noted as late, once, and moves nothing', async () => {
    await using world = await overWorld();
    await world.collectDue();
    world.letPass(900);
    await world.collectDue();
    const closed = world.batch();
    world.letPass(7_200);
    await Promise.all([world.collect(), world.collect(), world.collect()]);

    const { revision: _was, ...before } = closed;
    const hintedAt = atSecond(8_100).toISOString();
    expect(world.batch()).toMatchObject({ ...before, webhook: { outcome: 'late' }, hintedAt });
    expect(world.batch()).not.toHaveProperty('dueAt');
    expect(world.counted).toEqual(['WebhookDelivery never_sent', 'WebhookDelivery late']);
  });

  it('is unknown when the provider is away by then, and the batch closes all the same', async () => {
    await using world = await overWorld();
    await world.collectDue();
    world.letPass(900);
    world.deny('68f4ddaf8aaa60d33df0e800');
    await world.collectDue();
    expect(world.batch()).toMatchObject({ state: 'closed', webhook: { outcome: 'unknown' } });
  });
});

describe('hints', () => {
  it('that come twenty at once make one look, or one more', async () => {
    await using world = await overWorld();
    world.says({ status: 'processing', ready_items: 1 });
    await Promise.all(Array.from({ length: 20 }, () => world.collect()));
    expect(world.readings()).toBeLessThanOrEqual(2);
    expect(world.batch().state).toBe('active');
    expect(world.analysis(0)).toMatchObject({ state: 'ready' });
  });

  it('that were received before a look began have nothing new to say after it', async () => {
    await using world = await overWorld();
    world.says({ status: 'processing', ready_items: 0, processing_items: 1 });
    await world.collect();
    const before = world.batch();
    world.letPass(1_800);
    for (let copy = 0; copy < 20; copy++) await world.collect({}, atSecond(0));
    expect(world.batch()).toEqual(before);
    expect(world.log.lines.filter(({ event }) => event === 'hint_ignored')).toHaveLength(20);
  });

  it('that are newer than the last look begin another', async () => {
    await using world = await overWorld();
    world.says({ status: 'processing', ready_items: 0, processing_items: 1 });
    await world.collect();
    world.letPass(1);
    world.says({ status: 'completed', ready_items: 1, processing_items: 0 });
    await world.collect();
    expect(world.batch().state).toBe('closed');
  });

  it('about a batch that is not ours, or that has had its webhook, do nothing', async () => {
    await using world = await overWorld();
    await world.collect();
    const before = world.table.all();
    for (let copy = 0; copy < 3; copy++) await world.collect();
    expect(world.table.all()).toEqual(before);
  });

  it('whose look dies leave the batch to the clock, five minutes later', async () => {
    await using world = await overWorld();
    const on = {
      ...world.table,
      get: async () => {
        throw new Error('the function died');
      },
      getMany: async () => {
        throw new Error('the function died');
      },
    };
    await expect(world.collect({ on })).rejects.toThrow('died');
    world.letPass(300);
    await world.collectDue();
    expect(world.analysis(0)).toMatchObject({ state: 'ready' });
  });
});

describe('a batch that is about to expire', () => {
  it('is read whatever its counters say, and what is missing is salvaged after', async () => {
    await using world = await overWorld();
    world.says({ status: 'processing', ready_items: 0, processing_items: 1 });
    for (let look = 0; look < 5; look++) {
      world.letPass(180);
      await world.collectDue();
    }
    expect(world.readings()).toBe(0);
    world.letPass(24 * 3_600 - 300 - 5 * 180);
    await world.collectDue();
    expect(world.readings()).toBe(1);
    expect(world.analysis(0)).toMatchObject({ state: 'ready' });
  });
});
