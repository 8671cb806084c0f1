import type { ServerResponse } from 'node:http';
import { describe, expect, it } from 'vitest';
import { API_KEY, type BoxFixture, serve, startBox } from '../support/box-fixture.ts';
import { BATCH_MS, createBatch, endBatch, pass } from '../support/end-batch.ts';
import { startRawEndpoint } from '../support/raw-endpoint.ts';
import { waitFor } from '../support/wait-for.ts';
import { receiveWebhooks } from '../support/webhook-receiver.ts';

const HOUR_MS = 3_600_000;

describe('the endpoint of a webhook', () => {
  it('that never answers holds up neither other endpoints nor the end of the box', async () => {
    const { url, sockets } = await startRawEndpoint(() => {});
    const other = await receiveWebhooks();
    const fixture = await startBox({
      switches: { taskEvents: 'all' },
      webhooks: [
        { url, secret: 's' },
        { url: other.url, secret: 's' },
      ],
    });
    await createBatch(fixture, 100);
    await fixture.clock.leap(BATCH_MS);
    await waitFor(() => other.received.length === 101 && sockets.size > 0);
    const startedMs = performance.now();
    await fixture.box.close();
    expect(performance.now() - startedMs).toBeLessThan(8_000);
    expect(fixture.clock.untilNextTimerMs()).toBeUndefined();
    await waitFor(() => sockets.size === 0);
  });

  it('hears nothing more of what was before a reset, and again of what comes after', async () => {
    const endpoint = await receiveWebhooks(500);
    const fixture = await startBox({
      webhooks: [{ url: endpoint.url, secret: 's' }],
      timing: { webhookRetryMs: [HOUR_MS] },
    });
    const before = await endBatch(fixture);
    await createBatch(fixture);
    await reset(fixture);
    await pass(fixture, 2 * HOUR_MS);
    const after = await endBatch(fixture);
    expect(endpoint.received.map(({ event }) => event.data.id)).toEqual([before, after]);
  });

  it('that refuses after a reset what was sent before is not sent it again', async () => {
    const held: ServerResponse[] = [];
    const url = await serve((_, response) => held.push(response));
    const fixture = await startBox({ webhooks: [{ url, secret: 's' }] });
    await createBatch(fixture);
    await fixture.clock.advance(BATCH_MS);
    await waitFor(() => held.length === 1);
    await reset(fixture);
    held[0]?.writeHead(500).end();
    await fixture.box.settled();
    await pass(fixture, HOUR_MS);
    expect(held).toHaveLength(1);
  });

  it('is tried again at once where there is nothing to wait for', async () => {
    const endpoint = await receiveWebhooks(500, 500);
    const fixture = await startBox({
      webhooks: [{ url: endpoint.url, secret: 's' }],
      timing: { webhookRetryMs: [0, 0] },
    });
    await endBatch(fixture);
    expect(endpoint.received).toHaveLength(3);
  });

  it('that is removed gets nothing of what was waiting for its turn', async () => {
    const { url, sockets, count } = await startRawEndpoint(() => {});
    const fixture = await startBox({
      switches: { taskEvents: 'all' },
      timing: { webhookRetryMs: [] },
      webhooks: [{ url, secret: 's' }],
    });
    await createBatch(fixture, 100);
    await fixture.clock.leap(BATCH_MS);
    await waitFor(() => sockets.size > 0);
    fixture.box.removeWebhook(url);
    const isQuiet = fixture.box.settled().then(() => true);
    await waitFor(() => {
      for (const socket of sockets) socket.destroy();
      return Promise.race([isQuiet, false]);
    });
    expect(count()).toBeLessThan(50);
  });

  it('that fails leaves no timer behind when the box is closed', async () => {
    const endpoint = await receiveWebhooks(500);
    const fixture = await startBox({ webhooks: [{ url: endpoint.url, secret: 's' }] });
    await endBatch(fixture);
    expect(fixture.clock.untilNextTimerMs()).toBe(1_000);
    await fixture.box.close();
    expect(fixture.clock.untilNextTimerMs()).toBeUndefined();
    await fixture.box.close();
    await fixture.clock.advance(HOUR_MS);
    expect(endpoint.received).toHaveLength(1);
  });

  it('is sent nothing by a box that is closed', async () => {
    const endpoint = await receiveWebhooks();
    const fixture = await startBox({ webhooks: [{ url: endpoint.url, secret: 's' }] });
    const batchId = await endBatch(fixture);
    await fixture.box.close();
    fixture.box.resendWebhooks(batchId);
    fixture.box.faults.set({ kind: 'delay-webhook', ms: HOUR_MS });
    fixture.box.resendWebhooks(batchId);
    expect(fixture.clock.untilNextTimerMs()).toBeUndefined();
    await fixture.box.settled();
    expect(endpoint.received).toHaveLength(1);
  });
});

async function reset({ box }: BoxFixture): Promise<void> {
  const url = box.baseUrl.replace(/v1\.3$/, 'control/reset');
  const { status } = await fetch(url, { method: 'POST', headers: { 'x-api-key': API_KEY } });
  expect(status).toBe(204);
}
