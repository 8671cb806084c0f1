import { describe, expect, it, onTestFinished } from 'vitest';
import { Clock } from '../../local/clock.ts';
import { generalBatch, serve, startBox, T0, uploadForm } from '../support/box-fixture.ts';
import { controlOf } from '../support/control-client.ts';
import { createBatch } from '../support/end-batch.ts';
import { waitFor } from '../support/wait-for.ts';
import { receiveWebhooks, signedAtSeconds } from '../support/webhook-receiver.ts';

const DAY_MS = 24 * 3_600_000;

describe('the clock of the control endpoint', () => {
  it.each([
    ['250ms', '2026-10-01T00:00:00.250Z'],
    ['90s', '2026-10-01T00:01:30.000Z'],
    ['15m', '2026-10-01T00:15:00.000Z'],
    ['1.5h', '2026-10-01T01:30:00.000Z'],
    ['30d', '2026-10-31T00:00:00.000Z'],
    ['366d', '2027-10-02T00:00:00.000Z'],
    ['0s', '2026-10-01T00:00:00.000Z'],
  ])('advances by %s, and leaps by it', async (span, now) => {
    for (const body of [{ advance: span }, { leap: span }]) {
      const { box } = await startBox();
      const control = controlOf(box);
      const answer = { now, clock: 'stopped' };
      expect(await control('POST', '/clock', body)).toEqual({
        status: 200,
        body: { ...answer, settled: true },
      });
      expect((await control('GET', '/clock')).body).toEqual(answer);
    }
  });

  it.each([
    [{ advance: '367d' }, 'The advance parameter is invalid. It is at most 366d.'],
    [{ leap: `${'9'.repeat(400)}d` }, 'The leap parameter is invalid. It is at most 366d.'],
    ...[{ advance: '24' }, { advance: '-1s' }, { advance: '1e3s' }, { advance: 'x' }].map(
      (body): [object, string] => [body, 'It is a number and a unit, as in 90s, 15m, 24h or 30d.'],
    ),
    [{ advance: 1000 }, 'It is a number and a unit, as in 90s, 15m, 24h or 30d.'],
    [{ advance: null }, 'It is a number and a unit, as in 90s, 15m, 24h or 30d.'],
    [{}, 'It has either advance or leap, as in {"advance":"24h"}.'],
    [{ advance: '1s', leap: '1s' }, 'It has either advance or leap, as in {"advance":"24h"}.'],
    [{ advance: '1s', by: 'me' }, 'The by parameter is unknown.'],
  ])('refuses %j and stays where it is', async (body, message) => {
    const { box, clock } = await startBox();
    const answer = await controlOf(box)('POST', '/clock', body);
    expect(answer.status).toBe(400);
    expect(answer.body.message).toContain(message);
    expect(clock.nowMs()).toBe(T0.getTime());
  });

  it('goes no further than clients can read', async () => {
    const { box, clock } = await startBox({ clock: Clock.stoppedAt(new Date('9998-12-31')) });
    const answer = await controlOf(box)('POST', '/clock', { advance: '2d' });
    expect(answer).toMatchObject({ status: 400, body: { code: 'parameter_invalid' } });
    expect(clock.now()).toEqual(new Date('9998-12-31'));
  });

  it('keeps pace with the machine where it runs', async () => {
    const clock = new Clock();
    onTestFinished(() => clock.close());
    const { box } = await startBox({ clock });
    const control = controlOf(box);
    const { body } = await control('POST', '/clock', { advance: '24h' });
    expect(body.clock).toBe('running');
    expect(Date.parse(body.now) - Date.now()).toBeGreaterThan(DAY_MS - 60_000);
    expect(Date.parse(body.now) - Date.now()).toBeLessThanOrEqual(DAY_MS);
  });

  it('lets a day bring a batch to its end, and its webhook through every retry', async () => {
    const endpoint = await receiveWebhooks(500, 500, 500);
    const fixture = await startBox({ webhooks: [{ url: endpoint.url, secret: 's' }] });
    const batchId = await createBatch(fixture);
    await controlOf(fixture.box)('POST', '/clock', { advance: '24h' });
    const { body: batch } = await fixture.call('GET', `/analyze/batches/${batchId}`);
    expect(batch).toMatchObject({ status: 'completed', webhooks: [{ delivered: true }] });
    const endedAtSeconds = Math.floor(Date.parse(batch.completed_at) / 1000);
    expect(endpoint.received.map((each) => signedAtSeconds(each) - endedAtSeconds)).toEqual([
      0, 1, 6, 36,
    ]);
  });

  it('leaps over what was due, which then happens late', async () => {
    const endpoint = await receiveWebhooks();
    const fixture = await startBox({ webhooks: [{ url: endpoint.url, secret: 's' }] });
    await createBatch(fixture);
    const leaptAtMs = fixture.clock.nowMs();
    await controlOf(fixture.box)('POST', '/clock', { leap: '24h' });
    expect(endpoint.received.map(signedAtSeconds)).toEqual([
      Math.floor((leaptAtMs + DAY_MS) / 1000),
    ]);
  });

  it('lets a URL be fetched before time passes', async () => {
    const { box, call } = await startBox();
    const url = await serve((_, response) => response.end('no video'));
    await call('POST', '/assets', uploadForm({ method: 'url', url: `${url}/clip.mp4` }));
    await controlOf(box)('POST', '/clock', { advance: '2s' });
    expect((await call('GET', '/assets')).body.data).toMatchObject([{ status: 'failed' }]);
  });

  it('adds up what is asked for at the same time', async () => {
    const { box, call, clock } = await startBox();
    const control = controlOf(box);
    let release: (() => void) | undefined;
    const url = await serve((_, response) => {
      release = () => response.end('no video');
    });
    await call('POST', '/assets', uploadForm({ method: 'url', url: `${url}/clip.mp4` }));
    await waitFor(() => release !== undefined);
    const hours = Array.from({ length: 5 }, () => control('POST', '/clock', { advance: '1h' }));
    await control('GET', '/clock');
    release?.();
    await Promise.all(hours);
    expect(clock.nowMs() - T0.getTime()).toBe(5 * 3_600_000);
  });

  it('does not keep a box from closing', async () => {
    let isAsked = false;
    const url = await serve(() => {
      isAsked = true;
    });
    const fixture = await startBox({ webhooks: [{ url, secret: 's' }] });
    const assetId = await fixture.readyAsset();
    await fixture.call('POST', '/analyze/batches', generalBatch(assetId));
    const answer = controlOf(fixture.box)('POST', '/clock', { advance: '30d' });
    answer.catch(() => {});
    await waitFor(() => isAsked);
    await fixture.box.close();
    expect((await Promise.allSettled([answer]))[0].status).toBeDefined();
    expect(fixture.clock.untilNextTimerMs()).toBeUndefined();
  });
});
