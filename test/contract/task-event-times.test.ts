import { describe, expect, it } from 'vitest';
import { Clock } from '../../local/clock.ts';
import type { BoxSwitches } from '../../local/twelvelabs/switches.ts';
import { startBox } from '../support/box-fixture.ts';
import { BATCH_MS, createBatch, pass } from '../support/end-batch.ts';
import { waitFor } from '../support/wait-for.ts';
import { receiveWebhooks } from '../support/webhook-receiver.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Items end at different times, all within a second. */
const spread = { itemMinMs: 1_000, itemMsPerContentSecond: 0, itemStartSpreadMs: 1_000 };

async function boxWith(taskEvents: BoxSwitches['taskEvents'], timing: object = spread) {
  const endpoint = await receiveWebhooks();
  const fixture = await startBox({
    switches: { taskEvents },
    timing,
    webhooks: [{ url: endpoint.url, secret: 's' }],
  });
  const events = () => endpoint.received.map(({ event }) => event);
  const tasks = () =>
    events()
      .filter(({ type }) => type.startsWith('analyze.task.'))
      .map(({ data }) => data.id as string);
  return { fixture, events, tasks };
}

describe('the times of task events', () => {
  it('come once each, in the order of ending, also after a leap over all of them', async () => {
    const { fixture, tasks, events } = await boxWith('all');
    // Decided one by one as the notifications are made: only the first three get through.
    fixture.box.faults.set({ kind: 'lose-webhook', skip: 3 });
    const batchId = await createBatch(fixture, 8);
    await fixture.clock.leap(HOUR_MS);
    await fixture.box.settled();
    const { text } = await fixture.call('GET', `/analyze/batches/${batchId}/results`);
    const inOrder = text.split('\n').map((line) => JSON.parse(line).task_id);
    expect(tasks().sort()).toEqual(inOrder.slice(0, 3).sort());
    expect(fixture.box.faults.list()).toMatchObject([{ met: 9 }]);
    expect(events()).toHaveLength(3);
  });

  it('announce the batch after its last item', async () => {
    const { fixture, tasks, events } = await boxWith('all');
    fixture.box.faults.set({ kind: 'lose-webhook', skip: 8 });
    await createBatch(fixture, 8);
    await fixture.clock.leap(HOUR_MS);
    await fixture.box.settled();
    expect(tasks()).toHaveLength(8);
    expect(events()).toHaveLength(8);
  });

  it('begin when the switch is turned on: what ended before stays unannounced', async () => {
    const { fixture, tasks, events } = await boxWith('none');
    const batchId = await createBatch(fixture, 20);
    await pass(fixture, 2_000);
    const { body } = await fixture.call('GET', `/analyze/batches/${batchId}`);
    expect(body).toMatchObject({ status: 'processing' });
    expect(body.ready_items).toBeGreaterThan(0);
    fixture.box.change({ switches: { taskEvents: 'all' } });
    await pass(fixture, HOUR_MS);
    expect(tasks()).toHaveLength(20 - body.ready_items);
    expect(new Set(events().map(({ created_at }) => created_at)).size).toBeGreaterThan(5);
  });

  it('end when the switch is turned off', async () => {
    const { fixture, tasks } = await boxWith('all');
    const batchId = await createBatch(fixture, 20);
    await pass(fixture, 2_000);
    const { body } = await fixture.call('GET', `/analyze/batches/${batchId}`);
    expect(body).toMatchObject({ status: 'processing' });
    expect(body.ready_items).toBeGreaterThan(0);
    fixture.box.change({ switches: { taskEvents: 'none' } });
    await pass(fixture, HOUR_MS);
    expect(tasks()).toHaveLength(body.ready_items);
  });

  it('can be turned on between the end of a batch and that of its items', async () => {
    const { fixture, tasks, events } = await boxWith('none', {
      itemMinMs: 25 * HOUR_MS,
      itemMaxMs: 25 * HOUR_MS,
    });
    fixture.box.change({ switches: { expiry: 'finish-processing' } });
    await createBatch(fixture, 2);
    await pass(fixture, DAY_MS);
    expect(events()).toMatchObject([{ type: 'analyze.batch.expired' }]);
    fixture.box.change({ switches: { taskEvents: 'ready-and-failed' } });
    await pass(fixture, 2 * HOUR_MS);
    expect(tasks()).toHaveLength(2);
  });

  it('say nothing of tasks that were deleted with their batch', async () => {
    const { fixture, tasks, events } = await boxWith('all', {
      itemMinMs: 25 * HOUR_MS,
      itemMaxMs: 25 * HOUR_MS,
    });
    fixture.box.change({ switches: { expiry: 'finish-processing' } });
    const batchId = await createBatch(fixture, 2);
    await pass(fixture, DAY_MS);
    await fixture.sdk.analyzeAsync.batches.delete(batchId);
    await pass(fixture, DAY_MS);
    expect(events()).toHaveLength(1);
    expect(tasks()).toEqual([]);
    expect(fixture.clock.untilNextTimerMs()).toBeUndefined();
  });

  it('say nothing of a task that was deleted by itself', async () => {
    const { fixture, tasks } = await boxWith('all');
    const batchId = await createBatch(fixture, 3);
    const { text } = await fixture.call('GET', `/analyze/batches/${batchId}/results`);
    const taskIds = text.split('\n').map((line) => JSON.parse(line).task_id as string);
    const [deleted = '', ...others] = taskIds;
    await fixture.sdk.analyzeAsync.tasks.delete(deleted);
    await pass(fixture, BATCH_MS);
    expect(tasks().sort()).toEqual(others.sort());
  });

  it('come though the batch is forgotten where a leap lands', async () => {
    const { fixture, tasks, events } = await boxWith('all');
    const batchId = await createBatch(fixture, 2);
    await fixture.clock.leap(40 * DAY_MS);
    await fixture.box.settled();
    expect((await fixture.call('GET', `/analyze/batches/${batchId}`)).status).toBe(404);
    expect(tasks()).toHaveLength(2);
    expect(events()).toHaveLength(3);
  });

  it('come on a running clock too', async () => {
    const endpoint = await receiveWebhooks(500);
    const fixture = await startBox({
      clock: new Clock(),
      switches: { taskEvents: 'all' },
      webhooks: [{ url: endpoint.url, secret: 's' }],
      timing: {
        assetProcessingMs: 0,
        batchPendingMs: 1,
        itemStartSpreadMs: 50,
        itemMinMs: 1,
        itemMaxMs: 50,
        webhookRetryMs: [1],
      },
    });
    await createBatch(fixture, 10);
    const ids = () => new Set(endpoint.received.map(({ event }) => event.id));
    await waitFor(() => endpoint.received.length === 12);
    expect(ids().size).toBe(11);
    await fixture.box.close();
    expect(fixture.clock.untilNextTimerMs()).toBeUndefined();
  });

  it('cost a batch whose items nobody asks for no stop of the clock but that of its end', async () => {
    const { fixture } = await boxWith('none');
    await createBatch(fixture, 50);
    let stops = 0;
    const setClock = async () => {
      stops += 1;
    };
    await fixture.clock.follow({ setClock });
    await pass(fixture, BATCH_MS);
    expect(stops).toBeLessThan(5);
  });

  it('reach an endpoint that is sent 1,001 of them at once', async () => {
    const { fixture, tasks, events } = await boxWith('all');
    await createBatch(fixture, 1_000);
    await fixture.clock.leap(DAY_MS);
    await fixture.box.settled();
    expect(new Set(tasks()).size).toBe(1_000);
    expect(events()).toHaveLength(1_001);
  });

  it('of 5 batches of 1,000 items are all decided', async () => {
    const { fixture } = await boxWith('all');
    fixture.box.faults.set({ kind: 'lose-webhook' });
    for (let batch = 0; batch < 5; batch += 1) await createBatch(fixture, 1_000);
    await pass(fixture, BATCH_MS);
    expect(fixture.box.faults.list()).toMatchObject([{ struck: 5_005 }]);
  });
});
