import { describe, expect, it } from 'vitest';
import type { FaultInput } from '../../local/twelvelabs/faults/fault.ts';
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
const SECRET = 'whsec_local';

async function boxWith(fault: FaultInput, ...statuses: readonly number[]) {
  const endpoint = await receiveWebhooks(...statuses);
  const fixture = await startBox({ webhooks: [{ url: endpoint.url, secret: SECRET }] });
  const faultId = fixture.box.faults.set(fault);
  const books = async (batchId: string) =>
    (await fixture.call('GET', `/analyze/batches/${batchId}`)).body.webhooks;
  return { endpoint, fixture, faultId, books };
}

describe('faults of webhooks', () => {
  it('lose-webhook: it is never sent, and in no books', async () => {
    const { endpoint, fixture, books } = await boxWith({ kind: 'lose-webhook', times: 1 });
    const lost = await endBatch(fixture);
    const next = await endBatch(fixture);
    await pass(fixture, HOUR_MS);
    expect(endpoint.received.map(({ event }) => event.data.id)).toEqual([next]);
    expect(await books(lost)).toBeUndefined();
  });

  it('lose-webhook: sent again by hand it arrives, and has been sent once', async () => {
    const { endpoint, fixture, books } = await boxWith({ kind: 'lose-webhook', times: 1 });
    const batchId = await endBatch(fixture);
    fixture.box.resendWebhooks(batchId);
    await fixture.box.settled();
    expect(await books(batchId)).toEqual([{ url: endpoint.url, delivered: true, attempts: 1 }]);
  });

  it('double-webhook: each copy has the same event and a signature of its own moment', async () => {
    const { endpoint, fixture, books } = await boxWith({ kind: 'double-webhook', copies: 3 });
    const batchId = await endBatch(fixture);
    await pass(fixture, 1_000);
    await pass(fixture, HOUR_MS);
    const { received } = endpoint;
    expect(received).toHaveLength(3);
    expect(new Set(received.map(({ body }) => body)).size).toBe(1);
    expect(new Set(received.map(({ signature }) => signature)).size).toBe(3);
    for (const each of received) {
      expect(each.signature).toBe(expectedSignature(SECRET, signedAtSeconds(each), each.body));
    }
    expect(await books(batchId)).toEqual([{ url: endpoint.url, delivered: true, attempts: 1 }]);
  });

  it('double-webhook: copies that are refused are no attempts', async () => {
    const { endpoint, fixture, books } = await boxWith({ kind: 'double-webhook' }, 200, 500);
    const batchId = await endBatch(fixture);
    await pass(fixture, HOUR_MS);
    expect(endpoint.received).toHaveLength(2);
    expect(await books(batchId)).toEqual([{ url: endpoint.url, delivered: true, attempts: 1 }]);
  });

  it('delay-webhook: it comes late, behind that of a later batch, signed when it is sent', async () => {
    const { endpoint, fixture, books } = await boxWith({
      kind: 'delay-webhook',
      ms: HOUR_MS,
      times: 1,
    });
    const late = await endBatch(fixture);
    const next = await endBatch(fixture);
    expect(await books(late)).toBeUndefined();
    await pass(fixture, HOUR_MS);
    expect(endpoint.received.map(({ event }) => event.data.id)).toEqual([next, late]);
    const [, webhook] = endpoint.received as [ReceivedWebhook, ReceivedWebhook];
    expect(verdictOf(webhook, SECRET, fixture.clock.now())).toBe('valid');
    const { body } = await fixture.call('GET', `/analyze/batches/${late}`);
    expect(webhook.event.created_at).toBe(body.completed_at);
    expect(signedAtSeconds(webhook)).toBe(
      Math.floor((Date.parse(body.completed_at) + HOUR_MS) / 1000),
    );
  });

  it.each([
    ['secret', 'mismatch'],
    ['body', 'mismatch'],
    ['stale', 'outside_window'],
    ['header', 'missing'],
  ] as const)(
    'forge-webhook %s: the receiver finds it %s; no true one comes',
    async (how, verdict) => {
      const { endpoint, fixture, books } = await boxWith({ kind: 'forge-webhook', how }, 401, 401);
      const batchId = await endBatch(fixture);
      await pass(fixture, 1_000);
      expect(await books(batchId)).toEqual([
        {
          url: endpoint.url,
          delivered: false,
          attempts: 2,
          last_error: 'the endpoint answered 401',
        },
      ]);
      await pass(fixture, HOUR_MS);
      expect(await books(batchId)).toEqual([{ url: endpoint.url, delivered: true, attempts: 3 }]);
      expect(endpoint.received).toHaveLength(3);
      for (const each of endpoint.received.slice(0, 2)) {
        expect(verdictOf(each, SECRET, fixture.clock.now())).not.toBe('valid');
      }
      const [first] = endpoint.received as [ReceivedWebhook];
      const sentAt = new Date(Date.parse(first.event.created_at));
      expect(verdictOf(first, SECRET, sentAt)).toBe(verdict);
    },
  );

  it('forge-webhook body: names another batch below a signature of the true body', async () => {
    const { endpoint, fixture } = await boxWith({ kind: 'forge-webhook', how: 'body' });
    const batchId = await endBatch(fixture);
    const [webhook] = endpoint.received as [ReceivedWebhook];
    expect(webhook.event.data.id).toMatch(/^[0-9a-f]{24}$/);
    expect(webhook.event.data.id).not.toBe(batchId);
    const trueBody = webhook.body.replace(webhook.event.data.id, batchId);
    expect(webhook.signature).toBe(expectedSignature(SECRET, signedAtSeconds(webhook), trueBody));
  });

  it('forge-webhook stale: the signature is right but for its hour', async () => {
    const { endpoint, fixture } = await boxWith({ kind: 'forge-webhook', how: 'stale' });
    await endBatch(fixture);
    const [webhook] = endpoint.received as [ReceivedWebhook];
    const sentAtSeconds = Math.floor(Date.parse(webhook.event.created_at) / 1000);
    expect(webhook.signature).toBe(expectedSignature(SECRET, sentAtSeconds - 3_600, webhook.body));
  });

  it('strike by type and by endpoint, each endpoint for itself', async () => {
    const { endpoint, fixture, faultId } = await boxWith({
      kind: 'lose-webhook',
      type: 'analyze.batch.canceled',
    });
    const other = await receiveWebhooks();
    fixture.box.registerWebhook({ url: other.url, secret: SECRET });
    fixture.box.faults.set({ kind: 'lose-webhook', url: other.url });
    const canceled = await createBatch(fixture);
    await fixture.sdk.analyzeAsync.batches.cancel(canceled);
    await pass(fixture, BATCH_MS);
    const completed = await endBatch(fixture);
    expect(endpoint.received.map(({ event }) => event.data.id)).toEqual([completed]);
    expect(other.received).toEqual([]);
    const [byType] = fixture.box.faults.list();
    expect(byType).toMatchObject({ faultId, met: 2, struck: 2 });
  });

  it('strike together: late, twice, and forged', async () => {
    const { endpoint, fixture } = await boxWith({ kind: 'delay-webhook', ms: HOUR_MS });
    fixture.box.faults.set({ kind: 'double-webhook' });
    fixture.box.faults.set({ kind: 'forge-webhook', how: 'header' });
    await endBatch(fixture);
    await pass(fixture, HOUR_MS - BATCH_MS);
    expect(endpoint.received).toEqual([]);
    await pass(fixture, HOUR_MS);
    expect(endpoint.received.map(({ signature }) => signature)).toEqual([undefined, undefined]);
  });

  it('are decided when the notification is made: what is sent then stays forged', async () => {
    const { endpoint, fixture, faultId } = await boxWith({ kind: 'forge-webhook' }, 500);
    await endBatch(fixture);
    fixture.box.faults.end(faultId);
    await pass(fixture, 1_000);
    const verdicts = endpoint.received.map((each) => verdictOf(each, SECRET, fixture.clock.now()));
    expect(verdicts).toEqual(['mismatch', 'mismatch']);
  });

  it('wait on the clock only as long as the box is open', async () => {
    const { endpoint, fixture } = await boxWith({ kind: 'delay-webhook', ms: HOUR_MS });
    fixture.box.faults.set({ kind: 'double-webhook', copies: 1_000_000_000 });
    await endBatch(fixture);
    await pass(fixture, HOUR_MS);
    await fixture.box.close();
    expect(fixture.clock.untilNextTimerMs()).toBeUndefined();
    expect(endpoint.received.length).toBeGreaterThan(0);
  });
});
