import { describe, expect, it } from 'vitest';
import { generalBatch, startBox } from '../support/box-fixture.ts';
import { controlOf } from '../support/control-client.ts';
import { endBatch, pass } from '../support/end-batch.ts';
import { receiveWebhooks } from '../support/webhook-receiver.ts';

const NO_SUCH_ID = '0123456789abcdef01234567';

describe('the control endpoint', () => {
  it('shows what there is', async () => {
    const fixture = await startBox({ webhooks: [{ url: 'http://127.0.0.1:1/', secret: 's' }] });
    const control = controlOf(fixture.box);
    await fixture.call('POST', '/analyze/batches', generalBatch(await fixture.readyAsset()));
    fixture.box.faults.set({ kind: 'lose-webhook' });
    const { status, body } = await control('GET', '');
    expect({ status, body }).toEqual({
      status: 200,
      body: {
        simulated: true,
        now: '2026-10-01T00:00:01.500Z',
        clock: 'stopped',
        assets: { ready: 1 },
        batches: { pending: 1 },
        webhooks: ['http://127.0.0.1:1/'],
        faults: [{ faultId: 'fault-1', fault: { kind: 'lose-webhook' }, met: 0, struck: 0 }],
        requests: 2,
        links: expect.any(Array),
      },
    });
    for (const link of body.links) {
      expect(await control('GET', link.replace('/control', ''))).toMatchObject({ status: 200 });
    }
  });

  it('changes settings from now on, and leaves the others as they are', async () => {
    const { box, call, readyAsset } = await startBox({ limits: { activeBatches: 7 } });
    const control = controlOf(box);
    const before = box.settings();
    const { status, body } = await control('PATCH', '/settings', {
      timing: { itemMinMs: 5 },
      switches: { deleteStatus: '200' },
    });
    expect(status).toBe(200);
    expect(body).toEqual({
      timing: { ...before.timing, itemMinMs: 5 },
      limits: { ...before.limits, activeBatches: 7 },
      switches: { ...before.switches, deleteStatus: '200' },
    });
    expect((await control('GET', '/settings')).body).toEqual(body);
    expect((await call('DELETE', `/assets/${await readyAsset()}`)).status).toBe(200);
  });

  it('lets a fault strike, counts it, and ends it', async () => {
    const { box, call } = await startBox();
    const control = controlOf(box);
    const set = await control('POST', '/faults', {
      kind: 'answer',
      status: 503,
      operation: 'assets.list',
    });
    expect(set).toMatchObject({
      status: 201,
      body: { faultId: 'fault-1', fault: { kind: 'answer', status: 503 }, met: 0, struck: 0 },
    });
    expect((await call('GET', '/assets')).status).toBe(503);
    expect((await call('GET', '/analyze/batches')).status).toBe(200);
    expect((await control('GET', '/faults')).body.faults).toMatchObject([{ met: 1, struck: 1 }]);
    expect(await control('DELETE', '/faults/fault-1')).toEqual({ status: 204, body: undefined });
    expect((await call('GET', '/assets')).status).toBe(200);
    expect((await control('DELETE', '/faults/fault-1')).status).toBe(404);
  });

  it('ends all faults at once', async () => {
    const { box } = await startBox();
    const control = controlOf(box);
    await control('POST', '/faults', { kind: 'lose-reply' });
    await control('POST', '/faults', { kind: 'stall-asset' });
    expect((await control('DELETE', '/faults')).status).toBe(204);
    expect((await control('GET', '/faults')).body).toEqual({ faults: [] });
  });

  it('is not struck by faults and rate limits of the API', async () => {
    const { box } = await startBox({ limits: { readsPerMinute: 1 } });
    const control = controlOf(box);
    await control('POST', '/faults', { kind: 'lose-request' });
    expect((await control('GET', '/faults')).body.faults).toMatchObject([{ met: 0 }]);
    expect((await control('GET', '/requests')).body.total).toBe(0);
  });

  it('shows the books, of what was deleted too', async () => {
    const fixture = await startBox();
    const control = controlOf(fixture.box);
    const batchId = await endBatch(fixture, 2);
    await fixture.call('DELETE', `/analyze/batches/${batchId}`);
    const { ledger } = fixture.box;
    const { status, body } = await control('GET', '/ledger');
    expect(status).toBe(200);
    expect(body).toEqual({
      totals: {
        assets: 1,
        items: 2,
        billedItems: 2,
        billedSeconds: 40,
        billedUsd: ledger.billedUsd(),
      },
      paidTwice: [ledger.items()],
      items: ledger.items(),
      assets: ledger.assets(),
    });
    expect(body.items).toHaveLength(2);
    expect(body.totals.billedUsd).toBeGreaterThan(0);
  });

  it('shows what was asked for, in order and counted', async () => {
    const { box, call } = await startBox();
    await call('GET', '/assets');
    await call('GET', `/assets/${NO_SUCH_ID}`);
    await call('GET', '/assets');
    expect((await controlOf(box)('GET', '/requests')).body).toEqual({
      total: 3,
      counts: { 'assets.list': 2, 'assets.retrieve': 1 },
      operations: ['assets.list', 'assets.retrieve', 'assets.list'],
    });
  });
});

describe('webhooks of the control endpoint', () => {
  it('are registered once, however often that is asked for', async () => {
    const endpoint = await receiveWebhooks();
    const fixture = await startBox();
    const control = controlOf(fixture.box);
    const { url } = endpoint;
    expect((await control('POST', '/webhooks', { url, secret: 'old' })).status).toBe(201);
    expect((await control('POST', '/webhooks', { url, secret: 'new' })).status).toBe(201);
    expect((await control('POST', '/webhooks', { url, secret: 'new' })).body).toEqual({ url });
    expect((await control('GET', '/webhooks')).body).toEqual({ webhooks: [{ url }] });
    await endBatch(fixture);
    expect(endpoint.received).toHaveLength(1);
  });

  it('are still tried again when they are registered again meanwhile', async () => {
    const endpoint = await receiveWebhooks(500);
    const webhook = { url: endpoint.url, secret: 's' };
    const fixture = await startBox({ webhooks: [webhook] });
    await endBatch(fixture);
    await controlOf(fixture.box)('POST', '/webhooks', webhook);
    await pass(fixture, 1_000);
    expect(endpoint.received).toHaveLength(2);
  });

  it('are sent once more when asked for, and no more once removed', async () => {
    const endpoint = await receiveWebhooks();
    const fixture = await startBox({ webhooks: [{ url: endpoint.url, secret: 's' }] });
    const control = controlOf(fixture.box);
    const batchId = await endBatch(fixture);
    expect((await control('POST', '/webhooks/resend', { batchId })).status).toBe(202);
    await fixture.box.settled();
    expect(endpoint.received).toHaveLength(2);

    const query = `?url=${encodeURIComponent(endpoint.url)}`;
    expect((await control('DELETE', `/webhooks${query}`)).status).toBe(204);
    expect((await control('DELETE', `/webhooks${query}`)).status).toBe(404);
    await control('POST', '/webhooks/resend', { batchId });
    await fixture.box.settled();
    expect(endpoint.received).toHaveLength(2);
  });

  it('of a batch that is not there, or not over, are not sent', async () => {
    const fixture = await startBox();
    const control = controlOf(fixture.box);
    const batch = generalBatch(await fixture.readyAsset());
    const { body } = await fixture.call('POST', '/analyze/batches', batch);
    const resend = (batchId: string) => control('POST', '/webhooks/resend', { batchId });
    expect((await resend(body.batch_id)).status).toBe(409);
    expect((await resend(NO_SUCH_ID)).status).toBe(404);
  });
});
