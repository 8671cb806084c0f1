import { describe, expect, it } from 'vitest';
import { signWebhook } from '../../local/twelvelabs/webhooks/sign-webhook.ts';
import { startBox } from '../support/box-fixture.ts';
import { BATCH_MS, createBatch, endBatch, pass } from '../support/end-batch.ts';
import {
  expectedSignature,
  type ReceivedWebhook,
  receiveWebhooks,
  signedAtSeconds,
  verdictOf,
} from '../support/webhook-receiver.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

describe('webhooks', () => {
  it('announce the end of a batch to every endpoint, signed with its own secret', async () => {
    const first = await receiveWebhooks();
    const second = await receiveWebhooks();
    const fixture = await startBox({ webhooks: [{ url: first.url, secret: 'whsec_1' }] });
    fixture.box.registerWebhook({ url: second.url, secret: 'whsec_例' });
    const batchId = await endBatch(fixture);
    const { body: batch } = await fixture.call('GET', `/analyze/batches/${batchId}`);

    for (const [endpoint, secret] of [[first, 'whsec_1'] as const, [second, 'whsec_例'] as const]) {
      expect(endpoint.received).toHaveLength(1);
      const [webhook] = endpoint.received as [ReceivedWebhook];
      expect(webhook.method).toBe('POST');
      expect(webhook.headers['content-type']).toBe('application/json');
      expect(webhook.signature).toMatch(/^t=\d{10},v1=[0-9a-f]{64}$/);
      const endedAtSeconds = Math.floor(Date.parse(batch.completed_at) / 1000);
      expect(webhook.signature).toBe(expectedSignature(secret, endedAtSeconds, webhook.body));
      expect(verdictOf(webhook, secret, fixture.clock.now())).toBe('valid');
      expect(verdictOf(webhook, 'whsec_other', fixture.clock.now())).toBe('mismatch');
      expect(webhook.event).toEqual({
        id: expect.stringMatching(/^whe_[0-9a-f]{32}$/),
        created_at: batch.completed_at,
        type: 'analyze.batch.completed',
        data: { id: batchId, status: 'completed', created_at: batch.created_at },
      });
    }
    expect(first.received[0]?.event.id).toBe(second.received[0]?.event.id);
  });

  it('are signed as openssl signs them', () => {
    expect(signWebhook('whsec_例', 1659342128, '{"id":"whe_1","text":"何"}')).toBe(
      't=1659342128,v1=9d01cb4da1c538c23bfcff83aeb22a02c21f88feb83c8ff6696c4678c7319cd1',
    );
  });

  it('announce canceled and expired batches too', async () => {
    const endpoint = await receiveWebhooks();
    const fixture = await startBox({
      webhooks: [{ url: endpoint.url, secret: 's' }],
      timing: { itemMinMs: 2 * DAY_MS, itemMaxMs: 2 * DAY_MS },
    });
    const canceled = await createBatch(fixture);
    await fixture.sdk.analyzeAsync.batches.cancel(canceled);
    const expired = await createBatch(fixture);
    await pass(fixture, DAY_MS);
    const events = endpoint.received.map(({ event }) => event);
    expect(events.map(({ type, data }) => [type, data.id, data.status])).toEqual([
      ['analyze.batch.canceled', canceled, 'canceled'],
      ['analyze.batch.expired', expired, 'expired'],
    ]);
  });

  it('call a batch completed though every item of it failed', async () => {
    const endpoint = await receiveWebhooks();
    const fixture = await startBox({ webhooks: [{ url: endpoint.url, secret: 's' }] });
    fixture.box.faults.set({ kind: 'fail-item' });
    const batchId = await endBatch(fixture);
    const { body } = await fixture.call('GET', `/analyze/batches/${batchId}`);
    expect(body).toMatchObject({ failed_items: 1, ready_items: 0 });
    expect(endpoint.received.map(({ event }) => event.type)).toEqual(['analyze.batch.completed']);
  });

  it('say nothing while a batch is under way, and nothing twice', async () => {
    const endpoint = await receiveWebhooks();
    const fixture = await startBox({ webhooks: [{ url: endpoint.url, secret: 's' }] });
    const batchId = await createBatch(fixture, 3);
    await fixture.sdk.analyzeAsync.batches.cancel(batchId);
    await fixture.sdk.analyzeAsync.batches.cancel(batchId);
    expect(endpoint.received).toEqual([]);
    await pass(fixture, DAY_MS);
    expect(endpoint.received).toHaveLength(1);
  });

  it('are tried again on the clock, signed anew, and show in the batch only once sent', async () => {
    const endpoint = await receiveWebhooks(500, 302);
    const fixture = await startBox({ webhooks: [{ url: endpoint.url, secret: 's' }] });
    const batchId = await createBatch(fixture);
    const books = async () =>
      (await fixture.call('GET', `/analyze/batches/${batchId}`)).body.webhooks;
    expect(await books()).toBeUndefined();
    await pass(fixture, BATCH_MS);
    const { url } = endpoint;
    expect(await books()).toEqual([
      { url, delivered: false, attempts: 1, last_error: 'the endpoint answered 500' },
    ]);
    await pass(fixture, 1_000);
    expect(await books()).toEqual([
      { url, delivered: false, attempts: 2, last_error: 'the endpoint answered 302' },
    ]);
    await pass(fixture, 4_999);
    expect(endpoint.received).toHaveLength(2);
    await pass(fixture, 1);
    expect(await books()).toEqual([{ url, delivered: true, attempts: 3 }]);
    const { received } = endpoint;
    const nowSeconds = fixture.clock.nowMs() / 1000;
    expect(received.map(signedAtSeconds).slice(1)).toEqual([
      Math.floor(nowSeconds - 5),
      Math.floor(nowSeconds),
    ]);
    expect(received.map((each) => verdictOf(each, 's', fixture.clock.now()))).toEqual(
      received.map(() => 'valid'),
    );
    expect(new Set(received.map(({ body }) => body)).size).toBe(1);
    expect(new Set(received.map(({ signature }) => signature)).size).toBe(3);
    await pass(fixture, HOUR_MS);
    expect(received).toHaveLength(3);
  });

  it('are given up when every attempt failed, as the SDK reads it', async () => {
    const endpoint = await receiveWebhooks(500, 500, 500, 503);
    const fixture = await startBox({ webhooks: [{ url: endpoint.url, secret: 's' }] });
    const batchId = await endBatch(fixture);
    for (let hour = 0; hour < 3; hour += 1) await pass(fixture, HOUR_MS);
    const { webhooks } = await fixture.sdk.analyzeAsync.batches.retrieve(batchId);
    expect(webhooks).toEqual([
      {
        url: endpoint.url,
        delivered: false,
        attempts: 4,
        lastError: 'the endpoint answered 503',
      },
    ]);
    expect(endpoint.received).toHaveLength(4);
  });

  it.each([200, 201, 202, 204, 299])('are delivered by %i', async (status) => {
    const endpoint = await receiveWebhooks(status);
    const fixture = await startBox({ webhooks: [{ url: endpoint.url, secret: 's' }] });
    const batchId = await endBatch(fixture);
    await pass(fixture, HOUR_MS);
    const { body } = await fixture.call('GET', `/analyze/batches/${batchId}`);
    expect(body.webhooks).toEqual([{ url: endpoint.url, delivered: true, attempts: 1 }]);
  });

  it.each([300, 301, 303, 307, 308, 400, 401, 404, 410, 429, 500])(
    'are not delivered by %i, and follow it nowhere',
    async (status) => {
      const endpoint = await receiveWebhooks(status);
      const fixture = await startBox({
        webhooks: [{ url: endpoint.url, secret: 's' }],
        timing: { webhookRetryMs: [] },
      });
      const batchId = await endBatch(fixture);
      await pass(fixture, HOUR_MS);
      const { body } = await fixture.call('GET', `/analyze/batches/${batchId}`);
      expect(body.webhooks).toMatchObject([{ delivered: false, attempts: 1 }]);
      expect(endpoint.received).toHaveLength(1);
    },
  );
});
