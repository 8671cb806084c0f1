import { createHmac } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { describe, expect, it } from 'vitest';
import { bodyOf, generalBatch, serve, startBox } from '../support/box-fixture.ts';
import { waitFor } from '../support/wait-for.ts';

const HOUR_MS = 3_600_000;

interface Delivery {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

describe('webhooks', () => {
  it('announces the end of a batch to every endpoint, signed with its own secret', async () => {
    const first = await receive();
    const second = await receive();
    const { box, call, clock, readyAsset } = await startBox({
      webhooks: [{ url: first.url, secret: 'secret-1' }],
    });
    box.registerWebhook({ url: second.url, secret: 'secret-2' });
    const { body: batch } = await call(
      'POST',
      '/analyze/batches',
      generalBatch(await readyAsset()),
    );
    await clock.advance(4_000);
    await box.settled();

    for (const [endpoint, secret] of [
      [first, 'secret-1'] as const,
      [second, 'secret-2'] as const,
    ]) {
      expect(endpoint.deliveries).toHaveLength(1);
      const { headers, body } = endpoint.deliveries[0] as Delivery;
      expect(headers['tl-signature']).toBe(signature(secret, headers['tl-signature'], body));
      expect(headers['content-type']).toBe('application/json');
      expect(JSON.parse(body)).toEqual({
        id: expect.stringMatching(/^whe_[0-9a-f]{32}$/),
        created_at: expect.any(String),
        type: 'analyze.batch.completed',
        data: { id: batch.batch_id, status: 'completed', created_at: batch.created_at },
      });
    }
    const { body: ended } = await call('GET', `/analyze/batches/${batch.batch_id}`);
    expect(ended.webhooks).toHaveLength(2);
    expect(ended.webhooks).toContainEqual({ url: first.url, delivered: true, attempts: 1 });
  });

  it('announces canceled and expired batches too', async () => {
    const endpoint = await receive();
    const { box, call, clock, readyAsset } = await startBox({
      webhooks: [{ url: endpoint.url, secret: 's' }],
      timing: { itemMinMs: 48 * HOUR_MS, itemMaxMs: 48 * HOUR_MS },
    });
    const id = await readyAsset();
    const { body: canceled } = await call('POST', '/analyze/batches', generalBatch(id));
    const { body: expired } = await call('POST', '/analyze/batches', generalBatch(id));
    await call('POST', `/analyze/batches/${canceled.batch_id}/cancel`);
    await clock.advance(1_000);
    await box.settled();
    await clock.advance(24 * HOUR_MS);
    await box.settled();
    const events = endpoint.deliveries.map((each) => JSON.parse(each.body));
    expect(events.map((event) => [event.type, event.data.id])).toEqual([
      ['analyze.batch.canceled', canceled.batch_id],
      ['analyze.batch.expired', expired.batch_id],
    ]);
  });

  it('tries again on the clock, signed anew, and keeps the books', async () => {
    const statuses = [500, 302, 200];
    const endpoint = await receive(() => statuses.shift() ?? 200);
    const { box, call, clock, readyAsset } = await startBox({
      webhooks: [{ url: endpoint.url, secret: 's' }],
    });
    const { body: batch } = await call(
      'POST',
      '/analyze/batches',
      generalBatch(await readyAsset()),
    );
    const books = async () =>
      (await call('GET', `/analyze/batches/${batch.batch_id}`)).body.webhooks;
    expect(await books()).toBeUndefined();
    await clock.advance(4_000);
    await box.settled();
    expect(await books()).toEqual([
      { url: endpoint.url, delivered: false, attempts: 1, last_error: 'the endpoint answered 500' },
    ]);
    await clock.advance(1_000);
    await box.settled();
    await clock.advance(5_000);
    await box.settled();
    expect(await books()).toEqual([{ url: endpoint.url, delivered: true, attempts: 3 }]);
    await clock.advance(HOUR_MS);
    await box.settled();
    const { deliveries } = endpoint;
    expect(deliveries).toHaveLength(3);
    expect(new Set(deliveries.map((each) => each.body)).size).toBe(1);
    expect(new Set(deliveries.map((each) => each.headers['tl-signature'])).size).toBe(3);
  });

  it('is not held up by an endpoint that is not there', async () => {
    const { box, call, clock, readyAsset } = await startBox({
      webhooks: [
        { url: 'http://127.0.0.1:1/', secret: 's' },
        { url: 'nonsense', secret: 's' },
      ],
    });
    const { body: batch } = await call(
      'POST',
      '/analyze/batches',
      generalBatch(await readyAsset()),
    );
    for (let attempt = 0; attempt < 6; attempt += 1) {
      await clock.advance(60_000);
      await box.settled();
    }
    const { body } = await call('GET', `/analyze/batches/${batch.batch_id}`);
    expect(body.webhooks).toHaveLength(2);
    for (const each of body.webhooks) {
      expect(each).toMatchObject({ delivered: false, attempts: 4, last_error: expect.any(String) });
    }
  });

  it('closes while an endpoint leaves it waiting', async () => {
    const deliveries: unknown[] = [];
    const url = await serve((request) => deliveries.push(request.url));
    const { box, call, clock, readyAsset } = await startBox({ webhooks: [{ url, secret: 's' }] });
    await call('POST', '/analyze/batches', generalBatch(await readyAsset()));
    await clock.advance(4_000);
    await waitFor(() => deliveries.length > 0, { describe: () => deliveries });
    await box.close();
    expect(clock.untilNextTimerMs()).toBeUndefined();
  });
});

async function receive(status: () => number = () => 200) {
  const deliveries: Delivery[] = [];
  const url = await serve(async (request, response) => {
    deliveries.push({ headers: request.headers, body: await bodyOf(request) });
    response.writeHead(status()).end();
  });
  return { url: `${url}/webhooks`, deliveries };
}

function signature(secret: string, header: string | string[] | undefined, body: string): string {
  const seconds = /^t=(\d+),/.exec(String(header))?.[1];
  const v1 = createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex');
  return `t=${seconds},v1=${v1}`;
}
