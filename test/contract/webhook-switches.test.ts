import { describe, expect, it } from 'vitest';
import type { BoxSwitches } from '../../local/twelvelabs/switches.ts';
import { startBox } from '../support/box-fixture.ts';
import { BATCH_MS, createBatch, endBatch, pass } from '../support/end-batch.ts';
import {
  expectedSignature,
  receiveWebhooks,
  signedAtSeconds,
  verdictOf,
} from '../support/webhook-receiver.ts';

const HOUR_MS = 3_600_000;

async function boxWith(switches: Partial<BoxSwitches>, ...statuses: readonly number[]) {
  const endpoint = await receiveWebhooks(...statuses);
  const fixture = await startBox({ switches, webhooks: [{ url: endpoint.url, secret: 's' }] });
  return { endpoint, fixture };
}

describe('the switches of webhooks', () => {
  it.each([
    ['id', 'id'],
    ['batch_id', 'batch_id'],
  ] as const)('batchEventData %s: the event names its batch by data.%s', async (position, key) => {
    const { endpoint, fixture } = await boxWith({ batchEventData: position });
    const batchId = await endBatch(fixture);
    const { body: batch } = await fixture.call('GET', `/analyze/batches/${batchId}`);
    expect(endpoint.received.map(({ event }) => event.data)).toEqual([
      { [key]: batchId, status: 'completed', created_at: batch.created_at },
    ]);
  });

  it('batchEventData batch: the event has the batch as it is before anybody was notified', async () => {
    const { endpoint, fixture } = await boxWith({ batchEventData: 'batch' });
    const batchId = await endBatch(fixture, 2);
    const { webhooks, ...batch } = (await fixture.call('GET', `/analyze/batches/${batchId}`)).body;
    expect(webhooks).toHaveLength(1);
    expect(batch).toMatchObject({ status: 'completed', ready_items: 2 });
    expect(endpoint.received.map(({ event }) => event.data)).toEqual([batch]);
  });

  it('batchEventData batch: its counters are as late as those that are asked for', async () => {
    const { endpoint, fixture } = await boxWith({
      batchEventData: 'batch',
      countersLagMs: HOUR_MS,
    });
    await endBatch(fixture);
    expect(endpoint.received.map(({ event }) => event.data)).toMatchObject([
      { status: 'completed', queued_items: 1, ready_items: 0 },
    ]);
  });

  it.each(['analyze.batch.completed', 'analyze.batch.ready'] as const)(
    'completedEventType %s: the type of the event, whose batch is completed',
    async (type) => {
      const { endpoint, fixture } = await boxWith({ completedEventType: type });
      await endBatch(fixture);
      expect(endpoint.received.map(({ event }) => [event.type, event.data.status])).toEqual([
        [type, 'completed'],
      ]);
    },
  );

  it('completedEventType says nothing of canceled batches', async () => {
    const { endpoint, fixture } = await boxWith({ completedEventType: 'analyze.batch.ready' });
    const batchId = await createBatch(fixture);
    await fixture.sdk.analyzeAsync.batches.cancel(batchId);
    await pass(fixture, BATCH_MS);
    expect(endpoint.received.map(({ event }) => event.type)).toEqual(['analyze.batch.canceled']);
  });

  it('webhookResend signed-anew: every attempt is signed in its own moment', async () => {
    const { endpoint, fixture } = await boxWith({ webhookResend: 'signed-anew' }, 500);
    const batchId = await endBatch(fixture);
    await pass(fixture, 1_000);
    expect(endpoint.received).toHaveLength(2);
    await pass(fixture, HOUR_MS);
    fixture.box.resendWebhooks(batchId);
    await fixture.box.settled();
    const [, second, third] = endpoint.received;
    expect(second?.signature).toBe(
      expectedSignature(
        's',
        Math.floor((fixture.clock.nowMs() - HOUR_MS) / 1000),
        second?.body ?? '',
      ),
    );
    expect(third?.signature).toBe(
      expectedSignature('s', Math.floor(fixture.clock.nowMs() / 1000), third?.body ?? ''),
    );
  });

  it('webhookResend same: every attempt has the signature of the first', async () => {
    const { endpoint, fixture } = await boxWith({ webhookResend: 'same' }, 500);
    const batchId = await endBatch(fixture);
    await pass(fixture, 1_000);
    await pass(fixture, HOUR_MS);
    fixture.box.resendWebhooks(batchId);
    await fixture.box.settled();
    const { received } = endpoint;
    expect(received).toHaveLength(3);
    expect(new Set(received.map(({ signature }) => signature)).size).toBe(1);
    const last = received[2];
    expect(last?.signature).toBe(
      expectedSignature('s', signedAtSeconds(received[0] as never), last?.body ?? ''),
    );
    expect(verdictOf(last as never, 's', fixture.clock.now())).toBe('outside_window');
  });

  it('count as they are in the moment of sending', async () => {
    const { endpoint, fixture } = await boxWith({}, 500);
    await createBatch(fixture);
    fixture.box.change({
      switches: { batchEventData: 'batch_id', completedEventType: 'analyze.batch.ready' },
    });
    await pass(fixture, BATCH_MS);
    expect(endpoint.received.map(({ event }) => event)).toMatchObject([
      { type: 'analyze.batch.ready', data: { batch_id: expect.any(String) } },
    ]);
    fixture.box.change({ switches: { batchEventData: 'id', webhookResend: 'same' } });
    await pass(fixture, 1_000);
    const [first, second] = endpoint.received;
    expect(second?.body).toBe(first?.body);
    expect(second?.signature).toBe(first?.signature);
  });
});
