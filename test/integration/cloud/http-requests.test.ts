import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { expect, it } from 'vitest';
import { shareHttpCloud } from './http-cloud.ts';
import { START } from './test-cloud.ts';

const { running, url } = shareHttpCloud();

async function post(body: string | Buffer<ArrayBuffer>, headers: Record<string, string>) {
  const response = await fetch(`${url()}?x=1&x=2&y=%20z`, { method: 'POST', body, headers });
  return (await response.json()) as APIGatewayProxyEventV2;
}

it('writes a request as an event of format 2.0', async () => {
  const event = await post('{"ü": 1}', {
    'Content-Type': 'application/json; charset=utf-8',
    'TL-Signature': 't=1,v1=ab',
    Cookie: 'a=1; b=2',
  });

  expect(event).toMatchObject({
    version: '2.0',
    routeKey: 'POST /webhooks/{id}',
    rawPath: '/webhooks/a',
    rawQueryString: 'x=1&x=2&y=%20z',
    queryStringParameters: { x: '1,2', y: ' z' },
    cookies: ['a=1', 'b=2'],
    headers: { 'tl-signature': 't=1,v1=ab', 'content-type': 'application/json; charset=utf-8' },
    pathParameters: { id: 'a' },
    body: '{"ü": 1}',
    isBase64Encoded: false,
    requestContext: {
      accountId: '000000000000',
      apiId: 'api',
      stage: '$default',
      time: '21/Nov/2026:23:28:00 +0000',
      timeEpoch: START.getTime(),
      http: { method: 'POST', path: '/webhooks/a', protocol: 'HTTP/1.1', sourceIp: '127.0.0.1' },
    },
  });
  expect(event.headers).not.toHaveProperty('cookie');
});

it.each([
  ['text/plain', false],
  ['application/xml', false],
  ['application/octet-stream', true],
  ['application/x-www-form-urlencoded', true],
  ['application/vnd.api+json', true],
])('passes %s on as base64: %s', async (type, isBase64Encoded) => {
  const bytes = Buffer.from('héllo');

  const event = await post(bytes, { 'content-type': type });

  expect(event.isBase64Encoded).toBe(isBase64Encoded);
  expect(Buffer.from(event.body ?? '', isBase64Encoded ? 'base64' : 'utf8')).toEqual(bytes);
});

it('passes on arbitrary bytes unharmed', async () => {
  const bytes = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));

  const event = await post(bytes, { 'content-type': 'video/mp4' });

  expect(Buffer.from(event.body ?? '', 'base64')).toEqual(bytes);
});

it('takes the greedy route with all of the path', async () => {
  const response = await fetch(`${running().cloud.endpoints.httpApi}/a/b%20c`);

  expect(await response.json()).toMatchObject({
    routeKey: 'GET /{proxy+}',
    pathParameters: { proxy: 'a/b c' },
    isBase64Encoded: false,
  });
});
