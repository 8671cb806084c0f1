import { describe, expect, it } from 'vitest';
import type { TwelveLabsBoxOptions } from '../../local/twelvelabs/box.ts';
import { type BoxFixture, generalBatch, startBox } from '../support/box-fixture.ts';
import { BATCH_MS, createBatch, endBatch, pass } from '../support/end-batch.ts';
import { receiveWebhooks, verdictOf } from '../support/webhook-receiver.ts';

const DAY_MS = 24 * 3_600_000;

async function boxWith(options: Partial<TwelveLabsBoxOptions>) {
  const endpoint = await receiveWebhooks();
  const fixture = await startBox({ webhooks: [{ url: endpoint.url, secret: 's' }], ...options });
  const events = () => endpoint.received.map(({ event }) => event);
  const types = () => events().map(({ type }) => type);
  return { endpoint, fixture, events, types };
}

describe('events of tasks', () => {
  it('taskEvents none: items end in silence', async () => {
    const { fixture, types } = await boxWith({ switches: { taskEvents: 'none' } });
    await endBatch(fixture, 2);
    expect(types()).toEqual(['analyze.batch.completed']);
  });

  it('taskEvents ready-and-failed: each item is announced when it ends, as the page shows it', async () => {
    const { endpoint, fixture, events } = await boxWith({
      switches: { taskEvents: 'ready-and-failed' },
    });
    fixture.box.faults.set({ kind: 'fail-item', customId: 'item-1' });
    const assetId = await fixture.readyAsset();
    const batch = generalBatch(assetId, assetId, assetId);
    const [unnamed] = batch.requests;
    if (unnamed) Reflect.deleteProperty(unnamed, 'custom_id');
    const { body } = await fixture.call('POST', '/analyze/batches', batch);
    await pass(fixture, BATCH_MS);

    const tasks = await Promise.all(
      body.items.map(async ({ task_id }: { task_id: string }) => {
        return (await fixture.call('GET', `/analyze/tasks/${task_id}`)).body;
      }),
    );
    expect(tasks.map(({ custom_id }) => custom_id)).toEqual([null, 'item-1', 'item-2']);
    const byTask = (a: Named, b: Named) => a.data.id.localeCompare(b.data.id);
    expect(events().slice(0, -1).sort(byTask)).toEqual(
      tasks
        .map(({ task_id: id, custom_id, status, created_at, completed_at }) => ({
          id: expect.stringMatching(/^whe_[0-9a-f]{32}$/),
          created_at: completed_at,
          type: custom_id === 'item-1' ? 'analyze.task.failed' : 'analyze.task.ready',
          data: { id, custom_id, status, created_at },
        }))
        .sort(byTask),
    );
    expect(events().at(-1).type).toBe('analyze.batch.completed');
    expect(new Set(events().map(({ id }) => id)).size).toBe(4);
    for (const each of endpoint.received) {
      expect(verdictOf(each, 's', fixture.clock.now())).toBe('valid');
    }
  });

  it.each([
    ['ready-and-failed', ['analyze.batch.canceled']],
    ['all', ['analyze.task.canceled', 'analyze.task.canceled', 'analyze.batch.canceled']],
  ] as const)('taskEvents %s: of canceled items it sends %j', async (taskEvents, expected) => {
    const { fixture, types } = await boxWith({ switches: { taskEvents } });
    const batchId = await createBatch(fixture, 2);
    await fixture.sdk.analyzeAsync.batches.cancel(batchId);
    await pass(fixture, BATCH_MS);
    expect(types()).toEqual(expected);
  });

  it.each([
    ['cancel-all', ['batch.expired', 'task.canceled']],
    ['fail-processing', ['batch.expired', 'task.canceled', 'task.failed']],
    ['finish-processing', ['batch.expired', 'task.canceled', 'task.ready']],
  ] as const)('expiry %s: announces every item in the end, as %j', async (expiry, expected) => {
    const { fixture, types } = await boxWith({
      switches: { taskEvents: 'all', expiry },
      timing: {
        batchPendingMs: DAY_MS - 2_000,
        itemStartSpreadMs: 4_000,
        itemMinMs: DAY_MS,
        itemMaxMs: DAY_MS,
      },
    });
    await createBatch(fixture, 12);
    await pass(fixture, 3 * DAY_MS);
    expect(types()).toHaveLength(13);
    expect([...new Set(types())].sort()).toEqual(expected.map((type) => `analyze.${type}`));
    expect(fixture.clock.untilNextTimerMs()).toBeUndefined();
  });

  it('are kept on the task, tried again by themselves', async () => {
    const endpoint = await receiveWebhooks(500);
    const { sdk, ...fixture } = await startBox({
      webhooks: [{ url: endpoint.url, secret: 's' }],
      switches: { taskEvents: 'ready-and-failed' },
    });
    const batchId = await createBatch({ sdk, ...fixture });
    const taskId = (await firstLine({ sdk, ...fixture }, batchId)).task_id;
    expect((await fixture.call('GET', `/analyze/tasks/${taskId}`)).body.webhooks).toBeUndefined();
    await pass({ sdk, ...fixture }, BATCH_MS);
    await pass({ sdk, ...fixture }, BATCH_MS);
    const { url } = endpoint;
    const { webhooks } = await sdk.analyzeAsync.tasks.retrieve(taskId);
    const batch = await sdk.analyzeAsync.batches.retrieve(batchId);
    expect([webhooks, batch.webhooks]).toEqual(
      [
        [2, 1],
        [1, 2],
      ].map(([attempts]) => [{ url, delivered: true, attempts }]),
    );
  });
});

interface Named {
  readonly data: { readonly id: string };
}

async function firstLine({ call }: BoxFixture, batchId: string) {
  const { text } = await call('GET', `/analyze/batches/${batchId}/results`);
  return JSON.parse(text.split('\n')[0] ?? '');
}
