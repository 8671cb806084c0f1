import { describe, expect, it } from 'vitest';
import { startBox } from '../support/box-fixture.ts';
import { controlOf } from '../support/control-client.ts';

const routes: [string, string, object?][] = [
  ['GET', ''],
  ['GET', '/settings'],
  ['PATCH', '/settings', { limits: { activeBatches: 1 } }],
  ['GET', '/faults'],
  ['POST', '/faults', { kind: 'lose-reply' }],
  ['DELETE', '/faults'],
  ['DELETE', '/faults/fault-1'],
  ['GET', '/clock'],
  ['POST', '/clock', { advance: '1s' }],
  ['GET', '/webhooks'],
  ['POST', '/webhooks', { url: 'http://127.0.0.1:1/', secret: 's' }],
  ['DELETE', '/webhooks?url=x'],
  ['POST', '/webhooks/resend', { batchId: 'x' }],
  ['GET', '/ledger'],
  ['GET', '/requests'],
  ['POST', '/reset'],
];

describe('a request to the control endpoint', () => {
  it.each(routes)('%s %s needs the key', async (method, path, body) => {
    const { box, clock } = await startBox();
    box.faults.set({ kind: 'stall-asset' });
    const control = controlOf(box);
    const before = (await control('GET', '')).body;
    for (const key of ['', 'tlk_other', 'tlk_box, tlk_box']) {
      expect(await control(method, path, body, { 'x-api-key': key })).toEqual({
        status: 401,
        body: { code: 'api_key_invalid', message: expect.any(String) },
      });
    }
    expect((await control('GET', '')).body).toEqual(before);
    expect(clock.untilNextTimerMs()).toBeUndefined();
  });

  it('gets no leave for a web page to send the key', async () => {
    const { box } = await startBox();
    const response = await fetch(new URL('/control/reset', box.baseUrl), {
      method: 'OPTIONS',
      headers: {
        origin: 'http://example.com',
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'x-api-key',
      },
    });
    expect(response.ok).toBe(false);
    expect([...response.headers.keys()].filter((name) => name.includes('allow'))).toEqual([]);
  });

  it.each([
    'application/x-www-form-urlencoded',
    'text/plain;charset=UTF-8',
    'application/octet-stream',
    'multipart/form-data; boundary=x',
    'application/json',
    'video/mp4',
  ])('is read as JSON when it is called %s', async (type) => {
    const { box } = await startBox();
    const body = '{"kind":"stall-asset"}';
    const answer = await controlOf(box)('POST', '/faults', body, { 'content-type': type });
    expect(answer.status).toBe(201);
  });

  it.each<[string, string, unknown, string]>([
    ['PATCH', '/settings', undefined, 'body'],
    ['PATCH', '/settings', '[]', 'body'],
    ['PATCH', '/settings', 'null', 'body'],
    ['PATCH', '/settings', '{"timing":', 'body'],
    ['PATCH', '/settings', { plan: 'tier1' }, 'plan'],
    ['PATCH', '/settings', { timing: [] }, 'timing'],
    ['PATCH', '/settings', { timing: { itemMinMs: -1 } }, 'timing.itemMinMs'],
    ['PATCH', '/settings', { timing: { itemMinMs: 0.5 } }, 'timing.itemMinMs'],
    ['PATCH', '/settings', { timing: { uploadUrlMs: 1e15 } }, 'timing.uploadUrlMs'],
    ['PATCH', '/settings', { timing: { itemMinMs: null } }, 'timing.itemMinMs'],
    ['PATCH', '/settings', { timing: { webhookRetryMs: [1, 'x'] } }, 'timing.webhookRetryMs[1]'],
    ['PATCH', '/settings', { limits: { activeBatches: 1, nope: 1 } }, 'limits.nope'],
    ['PATCH', '/settings', { switches: { expiry: 'never' } }, 'switches.expiry'],
    ['PATCH', '/settings', { limits: { activeBatches: 1 }, switches: { x: 1 } }, 'switches.x'],
    ['PATCH', '/settings', '{"limits":{"__proto__":{"activeBatches":1}}}', 'limits.__proto__'],
    ['PATCH', '/settings', '{"limits":{"constructor":1}}', 'limits.constructor'],
    ['POST', '/faults', undefined, 'body'],
    ['POST', '/faults', {}, 'kind'],
    ['POST', '/faults', { kind: 'lose-everything' }, 'kind'],
    ['POST', '/faults', [{ kind: 'lose-reply' }], 'body'],
    ['POST', '/faults', { kind: 'slow' }, 'ms'],
    ['POST', '/faults', { kind: 'lose-reply', times: 0 }, 'times'],
    ['POST', '/faults', { kind: 'lose-reply', operation: 'assets.steal' }, 'operation'],
    ['POST', '/faults', { kind: 'lose-reply', filename: 'x' }, 'filename'],
    ['POST', '/faults', { kind: 'answer', status: 500, body: 'nothing' }, 'body'],
    ['POST', '/webhooks', { url: 'http://127.0.0.1/' }, 'secret'],
    ['POST', '/webhooks', { url: 'ftp://127.0.0.1/', secret: 's' }, 'url'],
    ['POST', '/webhooks', { url: 'nowhere', secret: 's' }, 'url'],
    ['POST', '/webhooks', { url: 'http://127.0.0.1/', secret: '' }, 'secret'],
    ['DELETE', '/webhooks', undefined, 'url'],
    ['DELETE', '/webhooks?url=a&url=b', undefined, 'url'],
    ['DELETE', '/webhooks?uri=a', undefined, 'u'],
    ['POST', '/webhooks/resend', { batchId: 1 }, 'batchId'],
    ['POST', '/clock', '"24h"', 'body'],
  ])(
    '%s %s with %j is told what is wrong, and changes nothing',
    async (method, path, body, name) => {
      const { box } = await startBox();
      const before = box.settings();
      const answer = await controlOf(box)(method, path, body);
      expect(answer).toEqual({
        status: 400,
        body: {
          code: expect.stringMatching(/^parameter_/),
          message: expect.stringContaining(`The ${name}`),
        },
      });
      expect(box.settings()).toEqual(before);
      expect(box.faults.list()).toEqual([]);
      expect((await controlOf(box)('GET', '/webhooks')).body).toEqual({ webhooks: [] });
    },
  );

  it('names every kind of fault to who asks for another', async () => {
    const { box } = await startBox();
    const { body } = await controlOf(box)('POST', '/faults', { kind: '?' });
    expect(body.message).toContain('"lose-request"');
    expect(body.message).toContain('"forge-webhook"');
  });

  it('may have a mebibyte', async () => {
    const { box } = await startBox();
    const control = controlOf(box);
    const { status } = await control('POST', '/faults', `"${'x'.repeat(1024 ** 2)}"`);
    expect(status).toBe(413);
    expect((await control('GET', '')).status).toBe(200);
  });

  it('may be nested deeply', async () => {
    const { box } = await startBox();
    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
    expect((await controlOf(box)('PATCH', '/settings', deep)).status).toBe(400);
  });

  it.each([
    ['GET', '/nothing'],
    ['PUT', '/settings'],
    ['POST', '/requests'],
    ['GET', '/reset'],
    ['DELETE', '/faults/fault-1'],
    ['DELETE', '/faults/__proto__'],
  ])('%s %s is answered with 404', async (method, path) => {
    const { box } = await startBox();
    expect(await controlOf(box)(method, path)).toMatchObject({
      status: 404,
      body: { code: 'resource_not_exist' },
    });
  });

  it('is allowed to ask for the same twice', async () => {
    const { box } = await startBox();
    const control = controlOf(box);
    for (const status of [200, 200]) {
      const changes = { timing: { itemMinMs: 7 } };
      expect((await control('PATCH', '/settings', changes)).status).toBe(status);
    }
    for (const faultId of ['fault-1', 'fault-2']) {
      expect((await control('POST', '/faults', { kind: 'lose-reply' })).body.faultId).toBe(faultId);
    }
    for (const path of ['/reset', '/reset']) expect((await control('POST', path)).status).toBe(204);
  });
});
