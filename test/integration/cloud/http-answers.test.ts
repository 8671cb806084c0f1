import { request } from 'node:http';
import { expect, it } from 'vitest';
import { shareHttpCloud } from './http-cloud.ts';

const MEBIBYTE = 1024 ** 2;
const { running, url } = shareHttpCloud();

const answered = (answer: unknown) =>
  fetch(`${url()}?answer=${encodeURIComponent(JSON.stringify(answer))}`, { method: 'POST' });

it('gives the address on this machine for the one on the internet', () => {
  expect(url()).toBe(`${running().cloud.endpoints.httpApi}/webhooks/a`);
  expect(running().cloud.outputs['Endpoint']).toBe(running().cloud.endpoints.httpApi);
});

it('answers with status, headers, cookies and bytes', async () => {
  const response = await answered({
    statusCode: 202,
    headers: { 'X-Own': 'yes', 'Content-Type': 'image/png' },
    cookies: ['a=1', 'b=2'],
    body: 'AP8=',
    isBase64Encoded: true,
  });

  expect(response.status).toBe(202);
  expect(response.headers.get('x-own')).toBe('yes');
  expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
  expect(Buffer.from(await response.arrayBuffer())).toEqual(Buffer.from([0, 255]));
});

it.each([
  [{ a: 1 }, '{"a":1}'],
  ['a text', 'a text'],
])('infers the answer to %j', async (answer, body) => {
  const response = await answered(answer);

  expect([response.status, response.headers.get('content-type')]).toEqual([
    200,
    'application/json',
  ]);
  expect(await response.text()).toBe(body);
});

it.each([
  ['a status that is none', { statusCode: 'fine' }],
  ['a body that is no text', { statusCode: 200, body: { a: 1 } }],
])('answers 500 to %s', async (_what, answer) => {
  const response = await answered(answer);

  expect(response.status).toBe(500);
  expect(await response.json()).toEqual({ message: 'Internal Server Error' });
});

it('answers 500 when the function throws, and tells nobody why', async () => {
  const response = await fetch(`${url()}?answer=throw`, { method: 'POST' });

  expect(response.status).toBe(500);
  expect(await response.json()).toEqual({ message: 'Internal Server Error' });
});

it('answers 404 where there is no route', async () => {
  const response = await fetch(`${running().cloud.endpoints.httpApi}/webhooks`, { method: 'POST' });

  expect(response.status).toBe(404);
  expect(await response.json()).toEqual({ message: 'Not Found' });
});

it.each([
  [10 * MEBIBYTE + 1, 413],
  [5 * MEBIBYTE, 200],
])('answers a body of %i bytes with %i', async (bytes, status) => {
  const response = await fetch(url(), {
    method: 'POST',
    headers: { 'content-type': 'text/plain' },
    body: 'x'.repeat(bytes),
  });
  await response.arrayBuffer();

  expect(response.status).toBe(status);
});

it('outlives a client that goes away in the middle of its request', async () => {
  const broken = request(url(), { method: 'POST', headers: { 'content-length': 100 } });
  broken.on('error', () => {});
  broken.write('only this');
  await new Promise((resolve) =>
    broken.once('socket', (socket) => socket.once('connect', resolve)),
  );
  broken.destroy();

  expect((await answered({ statusCode: 204 })).status).toBe(204);
});
