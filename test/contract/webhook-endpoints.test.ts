import type { Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { deliver } from '../../local/twelvelabs/webhooks/deliver.ts';
import { serve, startBox } from '../support/box-fixture.ts';
import { endBatch, pass } from '../support/end-batch.ts';
import { startRawEndpoint } from '../support/raw-endpoint.ts';
import { waitFor } from '../support/wait-for.ts';
import { receiveWebhooks } from '../support/webhook-receiver.ts';

const HOUR_MS = 3_600_000;
const OK = 'HTTP/1.1 200 OK\r\n';
const UPGRADE = 'upgrade: x\r\nconnection: upgrade';

function says(text: string, then: (socket: Socket) => void = () => {}) {
  return (socket: Socket) => {
    socket.once('data', () => socket.write(text, () => then(socket)));
  };
}

function flood(socket: Socket): void {
  while (!socket.destroyed && socket.write(Buffer.alloc(1 << 20)));
  socket.once('drain', () => flood(socket));
}

const refusals: readonly [string, (socket: Socket) => void][] = [
  ['closes at once', (socket) => socket.destroy()],
  ['resets the connection', (socket) => socket.resetAndDestroy()],
  ['is no HTTP server', says('220 smtp ready\r\n\r\n')],
  ['closes within its headers', says(`${OK}x: `, (socket) => socket.end())],
  ['sends endless headers', says(`${OK}x: ${'x'.repeat(1 << 20)}`)],
  ['switches to another protocol', says(`HTTP/1.1 101 Switching\r\n${UPGRADE}\r\n\r\n`)],
  ['says that it goes on, and closes', says('HTTP/1.1 100 Continue\r\n\r\n', (s) => s.end())],
];

const acceptances: readonly [string, (socket: Socket) => void][] = [
  ['closes within its body', says(`${OK}content-length: 9\r\n\r\nx`, (socket) => socket.end())],
  ['resets within its body', says(`${OK}content-length: 9\r\n\r\nx`, (s) => s.resetAndDestroy())],
  ['sends a body without end', says(`${OK}\r\n`, flood)],
  ['sends broken chunks', says(`${OK}transfer-encoding: chunked\r\n\r\nzz\r\n`)],
  ['answers twice', says(`${OK}content-length: 0\r\n\r\n${OK}\r\n`)],
  ['answers before it reads', (socket) => socket.write(`${OK}content-length: 0\r\n\r\n`)],
];

describe('the endpoint of a webhook', () => {
  it.each(refusals)('that %s is tried four times, then given up', async (_, behave) => {
    const { url, sockets } = await startRawEndpoint(behave);
    const fixture = await startBox({ webhooks: [{ url, secret: 's' }] });
    const batchId = await endBatch(fixture);
    for (let hour = 0; hour < 4; hour += 1) await pass(fixture, HOUR_MS);
    const { body } = await fixture.call('GET', `/analyze/batches/${batchId}`);
    expect(body.webhooks).toEqual([
      { url, delivered: false, attempts: 4, last_error: expect.stringMatching(/\S/) },
    ]);
    await waitFor(() => sockets.size === 0);
  });

  it.each(acceptances)('that says 200 and %s has got it', async (_, behave) => {
    const { url, sockets } = await startRawEndpoint(behave);
    const fixture = await startBox({ webhooks: [{ url, secret: 's' }] });
    const startedMs = performance.now();
    const batchId = await endBatch(fixture);
    expect(performance.now() - startedMs).toBeLessThan(8_000);
    const { body } = await fixture.call('GET', `/analyze/batches/${batchId}`);
    expect(body.webhooks).toEqual([{ url, delivered: true, attempts: 1 }]);
    await waitFor(() => sockets.size === 0);
  });

  it.each([
    'nonsense',
    '',
    'ftp://127.0.0.1/',
    'file:///etc/passwd',
    'http://127.0.0.1:65536/',
    'http://',
    'https://127.0.0.1:9/',
  ])('at %j is told of in the books, and holds up no other', async (url) => {
    const other = await receiveWebhooks();
    const fixture = await startBox({
      webhooks: [
        { url, secret: 's' },
        { url: other.url, secret: 's' },
      ],
    });
    const batchId = await endBatch(fixture);
    const { body } = await fixture.call('GET', `/analyze/batches/${batchId}`);
    expect(body.webhooks).toEqual([
      { url, delivered: false, attempts: 1, last_error: expect.stringMatching(/\S/) },
      { url: other.url, delivered: true, attempts: 1 },
    ]);
  });

  it('that speaks no TLS is told of in the books', async () => {
    const url = (await serve((_, response) => response.end())).replace('http:', 'https:');
    const fixture = await startBox({ webhooks: [{ url, secret: 's' }] });
    const batchId = await endBatch(fixture);
    const { body } = await fixture.call('GET', `/analyze/batches/${batchId}`);
    expect(body.webhooks).toMatchObject([{ delivered: false, last_error: expect.any(String) }]);
  });

  it.each([
    ['never answers', () => {}, /within 50 ms/],
    ['says for ever that it goes on', says('HTTP/1.1 100 Continue\r\n\r\n'), /within 50 ms/],
    ['says 200 and never ends its body', says(`${OK}content-length: 9\r\n\r\nx`), undefined],
  ] as const)('that %s is waited for so long and no longer', async (_, behave, failure) => {
    const { url, sockets } = await startRawEndpoint(behave);
    const result = await deliver(
      { url, body: '{}', signature: undefined },
      { signal: new AbortController().signal, timeoutMs: 50 },
    );
    if (failure) expect(result).toMatch(failure);
    else expect(result).toBeUndefined();
    await waitFor(() => sockets.size === 0);
  });

  it('leaves no timer behind, whatever it answers', async () => {
    const url = await serve((request, response) =>
      request.resume().on('end', () => response.end()),
    );
    const timers = () =>
      process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
    const before = timers();
    const post = { url, body: '{}', signature: undefined };
    const limits = { signal: new AbortController().signal, timeoutMs: 60_000 };
    const results = await Promise.all(Array.from({ length: 50 }, () => deliver(post, limits)));
    expect(results).toEqual(results.map(() => undefined));
    expect(timers() - before).toBeLessThan(25);
  });
});
