import { describe, expect, it } from 'vitest';
import { unpackLines } from '../../../../shared/archive-format.ts';
import { replayBatch } from '../../../../shared/replay.ts';
import { createSegmentStore } from '../../../../shared/store/segments.ts';
import { rowDueOf } from '../../../../shared/waiting-room.ts';
import {
  aResultLine,
  type CollectorWorld,
  startCollectorWorld,
  WEBHOOK_URL,
} from '../../../support/collector-world.ts';
import { atSecond } from '../../../support/rows.ts';
import { waitFor } from '../../../support/wait-for.ts';

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
    const isLost = outcome !== 'never_sent';
    expect(world.counted).toEqual([
      `WebhookDelivery ${outcome}`,
      ...(isLost ? ['WebhooksLost'] : []),
    ]);
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
    // The function dies after its claim: nothing of it is heard any more.
    const provider = { ...world.provider, retrieveBatch: () => new Promise<never>(() => {}) };
    void world.collect({ provider });
    await waitFor(() => world.batch().lookedAt !== undefined);
    world.letPass(299);
    await world.collectDue();
    expect(world.analysis(0)).toMatchObject({ state: 'submitted' });
    world.letPass(1);
    await world.collectDue();
    expect(world.analysis(0)).toMatchObject({ state: 'ready' });
  });

  it('make no more than a look every ten seconds, however many come', async () => {
    await using world = await overWorld();
    world.says({ status: 'processing', ready_items: 0, processing_items: 1 });
    let looks = 0;
    const provider = {
      ...world.provider,
      retrieveBatch: (id: string) => {
        looks += 1;
        return world.provider.retrieveBatch(id);
      },
    };
    const began = world.now().getTime();
    for (let second = 0; second < 60; second++) {
      await world.collect({ provider });
      world.letPass(1);
    }
    const seconds = (world.now().getTime() - began) / 1_000;
    expect(looks).toBeLessThanOrEqual(seconds / 10 + 1);
    expect(looks).toBeGreaterThan(1);
  });

  it('that come in a burst do not use up the patience for what is missing', async () => {
    await using world = await startCollectorWorld({ count: 2 });
    const lines = world.analyses.map((it) => aResultLine(it, 'text'));
    world.results(lines[0] ?? '');
    for (let hint = 0; hint < 60; hint++) {
      await world.collect();
      world.letPass(11);
    }
    expect(world.readings()).toBeGreaterThan(20);
    world.letPass(25 * 3_600);
    await world.collectDue();
    expect(world.batch().state).toBe('active');
    world.results(lines.join('\n'));
    world.letPass(3_600);
    await world.collectDue();
    expect(world.analyses.map((_, at) => world.analysis(at).state)).toEqual(['ready', 'ready']);
  });

  it('beside the row of their batch in one invocation are followed', async () => {
    await using world = await overWorld();
    world.says({ status: 'processing', ready_items: 0, processing_items: 1 });
    const due = rowDueOf(world.batch());
    const hint = {
      providerBatchId: world.batch().providerBatchId ?? '',
      receivedAt: atSecond(12).toISOString(),
    };
    let looks = 0;
    const provider = {
      ...world.provider,
      // Each look takes half a minute; the batch ends during the first.
      retrieveBatch: async (id: string) => {
        const found = await world.provider.retrieveBatch(id);
        looks += 1;
        world.letPass(30);
        world.says({ status: 'completed', ready_items: 1, processing_items: 0 });
        return found;
      },
    };
    await world.take([due, hint], { provider });
    expect(looks).toBe(2);
    expect(world.batch()).toMatchObject({ state: 'closed', webhook: { outcome: 'received' } });
  });
});

describe('the hint of an end', () => {
  it('that comes hours after an earlier one, and late, is noted', async () => {
    await using world = await overWorld();
    world.says({ status: 'processing', ready_items: 0, processing_items: 1 });
    await world.collect();
    world.letPass(7_200);
    world.says({ status: 'completed', ready_items: 1, processing_items: 0 });
    await world.collectDue();
    // It was received just before that look, and lay in the queue.
    await world.collect({}, atSecond(7_199));
    expect(world.batch()).toMatchObject({ state: 'closed', webhook: { outcome: 'received' } });
  });

  it('that comes after the batch was closed is noted though an earlier one had come', async () => {
    await using world = await overWorld();
    world.says({ status: 'processing', ready_items: 0, processing_items: 1 });
    await world.collect();
    world.letPass(7_200);
    world.says({ status: 'completed', ready_items: 1, processing_items: 0 });
    await world.collectDue();
    world.letPass(900);
    await world.collectDue();
    expect(world.batch()).toMatchObject({ state: 'closed', webhook: { outcome: 'never_sent' } });
    world.letPass(60);
    await world.collect();
    expect(world.batch()).toMatchObject({ webhook: { outcome: 'late' } });
  });

  it('is known by a clock of the provider that is ahead of ours', async () => {
    await using world = await overWorld();
    world.says({ completed_at: atSecond(1_200).toISOString() });
    await world.collect();
    expect(world.batch()).toMatchObject({ state: 'closed', webhook: { outcome: 'received' } });
  });
});

describe('a closed batch', () => {
  it('is not called late by a hint from before its end, however often that comes', async () => {
    await using world = await overWorld();
    world.letPass(7_200);
    await world.collectDue();
    world.letPass(900);
    await world.collectDue();
    const closed = world.batch();
    for (let copy = 0; copy < 5; copy++) await world.collect({}, atSecond(60));
    expect(world.batch()).toEqual(closed);
    expect(world.counted).toEqual(['WebhookDelivery never_sent']);
  });

  it('of nothing, a probe, notes its hint and counts nothing', async () => {
    await using world = await overWorld();
    const { stage, dueAt, dueBy, ...row } = world.batch();
    await world.table.putAll([{ ...row, state: 'closed', itemCount: 0 }]);
    await world.collect();
    expect(world.batch()).toHaveProperty('hintedAt');
    expect(world.counted).toEqual([]);
  });
});

describe('a batch that waits for its webhook', () => {
  it('has something open again, and is collected again', async () => {
    await using world = await overWorld();
    await world.collectDue();
    const { archived, result, finishReason, usage, ...before } = world.analysis(0);
    const open = { stage: 'collect-results', dueAt: world.now().toISOString(), dueBy: 'clock' };
    await world.table.putAll([{ ...before, state: 'submitted', ...open }]);
    world.says({ status: 'processing', ready_items: 0, processing_items: 1 });
    world.letPass(900);
    await world.collectDue();
    expect(world.batch().state).toBe('active');
    expect(world.batch()).not.toHaveProperty('collectedAt');
    world.says({ status: 'completed', ready_items: 1, processing_items: 0 });
    world.letPass(180);
    await world.collect();
    expect(world.batch().state).toBe('closed');
    expect(world.analysis(0).state).toBe('ready');
  });

  it('stays collected when it can not be closed', async () => {
    await using world = await overWorld();
    await world.collectDue();
    world.letPass(900);
    const provider = {
      ...world.provider,
      retrieveBatch: async () => {
        throw new TypeError('a defect of ours');
      },
    };
    await world.collectDue({ provider });
    expect(world.batch()).toMatchObject({ state: 'active', stage: 'collect-results' });
    expect(world.batch()).toHaveProperty('collectedAt');
    await world.collectDue();
    expect(world.batch().state).toBe('closed');
    expect(world.readings()).toBe(1);
  });

  it('is not closed by a replay over it', async () => {
    await using world = await overWorld();
    await world.collectDue();
    const waiting = world.batch();
    const { archive, table, store } = world;
    const segments = createSegmentStore(table);
    await replayBatch(world.batchId, { archive, table, store, segments });
    expect(world.batch()).toEqual(waiting);
  });

  it('has woken the batcher, and says when it was looked at', async () => {
    await using world = await overWorld();
    world.letPass(5);
    await world.collectDue();
    expect(world.batch()).toMatchObject({ state: 'active', lookedAt: atSecond(5).toISOString() });
    expect(world.roundsAsked()).toBe(1);
  });

  it('has its rows archived, though a newer upload takes a place meanwhile', async () => {
    await using world = await overWorld();
    await world.collectDue();
    const analysis = world.analysis(0);
    await world.table.putAll([{ ...analysis, batchId: 'another', state: 'queued' }]);
    world.letPass(900);
    await world.collectDue();
    expect(world.batch().state).toBe('closed');
    const kept = world.archive.objects.get(`batches/${world.batchId}/rows.jsonl.gz`);
    const rows = (await unpackLines(kept?.bytes ?? new Uint8Array())).map((line) =>
      JSON.parse(Buffer.from(line).toString()),
    );
    expect(rows).toContainEqual(expect.objectContaining({ kind: 'analysis', state: 'ready' }));
    expect(rows).toContainEqual(expect.objectContaining({ kind: 'batch', state: 'closed' }));
  });

  it('closes without the reason for which it could not be closed before', async () => {
    await using world = await overWorld();
    await world.collectDue();
    await world.store.move(world.batch(), {
      to: 'active',
      due: { at: world.now(), by: 'clock' },
      set: { reason: { code: 'Error', message: 'S3 is away' } },
    });
    world.letPass(900);
    await world.collectDue();
    expect(world.batch().state).toBe('closed');
    expect(world.batch().reason).toBeUndefined();
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
