import { describe, expect, it } from 'vitest';
import { startBox } from '../support/box-fixture.ts';
import { BATCH_MS, createBatch, endBatch, pass } from '../support/end-batch.ts';
import { receiveWebhooks } from '../support/webhook-receiver.ts';

const HOUR_MS = 3_600_000;
const NO_BATCH = '0123456789abcdef01234567';

describe('the dashboard of webhooks', () => {
  it('adds an endpoint that hears of what ends from then on', async () => {
    const early = await receiveWebhooks();
    const late = await receiveWebhooks();
    const fixture = await startBox({ webhooks: [{ url: early.url, secret: 's' }] });
    const first = await endBatch(fixture);
    fixture.box.registerWebhook({ url: late.url, secret: 's' });
    const second = await endBatch(fixture);
    expect(early.received.map(({ event }) => event.data.id)).toEqual([first, second]);
    expect(late.received.map(({ event }) => event.data.id)).toEqual([second]);
  });

  it('removes an endpoint: it hears nothing more, not even what it refused before', async () => {
    const endpoint = await receiveWebhooks(500);
    const other = await receiveWebhooks();
    const fixture = await startBox({
      webhooks: [
        { url: endpoint.url, secret: 's' },
        { url: other.url, secret: 's' },
      ],
    });
    const batchId = await endBatch(fixture);
    expect(fixture.box.removeWebhook(endpoint.url)).toBe(true);
    expect(fixture.box.removeWebhook(endpoint.url)).toBe(false);
    await pass(fixture, HOUR_MS);
    await endBatch(fixture);
    expect(endpoint.received).toHaveLength(1);
    expect(other.received).toHaveLength(2);
    const { body } = await fixture.call('GET', `/analyze/batches/${batchId}`);
    expect(body.webhooks).toEqual([
      { url: endpoint.url, delivered: false, attempts: 1, last_error: 'the endpoint answered 500' },
      { url: other.url, delivered: true, attempts: 1 },
    ]);
  });

  it('has two entries for one URL with two secrets, and removes both', async () => {
    const { url, received } = await receiveWebhooks();
    const fixture = await startBox({
      webhooks: [
        { url, secret: 'old' },
        { url, secret: 'new' },
      ],
    });
    const batchId = await endBatch(fixture);
    expect(new Set(received.map(({ signature }) => signature)).size).toBe(2);
    const { body } = await fixture.call('GET', `/analyze/batches/${batchId}`);
    expect(body.webhooks).toEqual([
      { url, delivered: true, attempts: 1 },
      { url, delivered: true, attempts: 1 },
    ]);
    fixture.box.removeWebhook(url);
    await endBatch(fixture);
    expect(received).toHaveLength(2);
  });

  it('sends the same event again, to endpoints that came later too', async () => {
    const early = await receiveWebhooks();
    const late = await receiveWebhooks();
    const fixture = await startBox({ webhooks: [{ url: early.url, secret: 's' }] });
    const batchId = await endBatch(fixture);
    fixture.box.registerWebhook({ url: late.url, secret: 's' });
    await pass(fixture, HOUR_MS);
    fixture.box.resendWebhooks(batchId);
    await pass(fixture, HOUR_MS);
    expect(early.received).toHaveLength(2);
    expect(late.received).toHaveLength(1);
    const bodies = [...early.received, ...late.received].map(({ body }) => body);
    expect(new Set(bodies).size).toBe(1);
    const { body } = await fixture.call('GET', `/analyze/batches/${batchId}`);
    expect(body.webhooks).toEqual([
      { url: early.url, delivered: true, attempts: 2 },
      { url: late.url, delivered: true, attempts: 1 },
    ]);
  });

  it('brings the attempt that is waited for forward', async () => {
    const endpoint = await receiveWebhooks(500, 200);
    const fixture = await startBox({
      webhooks: [{ url: endpoint.url, secret: 's' }],
      timing: { webhookRetryMs: [HOUR_MS] },
    });
    const batchId = await endBatch(fixture);
    fixture.box.resendWebhooks(batchId);
    await pass(fixture, 2 * HOUR_MS);
    expect(endpoint.received).toHaveLength(2);
    const { body } = await fixture.call('GET', `/analyze/batches/${batchId}`);
    expect(body.webhooks).toEqual([{ url: endpoint.url, delivered: true, attempts: 2 }]);
  });

  it('leaves delivered what was delivered, though it is refused the second time', async () => {
    const endpoint = await receiveWebhooks(200, 500);
    const fixture = await startBox({ webhooks: [{ url: endpoint.url, secret: 's' }] });
    const batchId = await endBatch(fixture);
    fixture.box.resendWebhooks(batchId);
    await pass(fixture, HOUR_MS);
    expect(endpoint.received).toHaveLength(2);
    const { body } = await fixture.call('GET', `/analyze/batches/${batchId}`);
    expect(body.webhooks).toEqual([{ url: endpoint.url, delivered: true, attempts: 2 }]);
  });

  it('sends what no endpoint was there for', async () => {
    const endpoint = await receiveWebhooks();
    const fixture = await startBox();
    const batchId = await endBatch(fixture);
    expect((await fixture.call('GET', `/analyze/batches/${batchId}`)).body).not.toHaveProperty(
      'webhooks',
    );
    fixture.box.registerWebhook({ url: endpoint.url, secret: 's' });
    fixture.box.resendWebhooks(batchId);
    await fixture.box.settled();
    expect(endpoint.received.map(({ event }) => event.data.id)).toEqual([batchId]);
  });

  it('has nothing to send again of a batch that is under way, deleted or unknown', async () => {
    const endpoint = await receiveWebhooks();
    const fixture = await startBox({ webhooks: [{ url: endpoint.url, secret: 's' }] });
    const batchId = await createBatch(fixture);
    expect(() => fixture.box.resendWebhooks(batchId)).toThrow('not over');
    expect(() => fixture.box.resendWebhooks(NO_BATCH)).toThrow(NO_BATCH);
    expect(() => fixture.box.resendWebhooks('__proto__')).toThrow('__proto__');
    await pass(fixture, BATCH_MS);
    await fixture.sdk.analyzeAsync.batches.delete(batchId);
    expect(() => fixture.box.resendWebhooks(batchId)).toThrow(batchId);
    await pass(fixture, HOUR_MS);
    expect(endpoint.received).toHaveLength(1);
  });
});
