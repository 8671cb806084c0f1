import { connect, type Socket } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { TwelveLabsBox } from '../../local/twelvelabs/box.ts';
import { boxFiles, boxFolders } from '../support/box-files.ts';
import { API_KEY, type BoxFixture, startBox } from '../support/box-fixture.ts';
import { waitFor } from '../support/wait-for.ts';

const KEY = `host: x\r\nx-api-key: ${API_KEY}\r\n`;
const JSON_BODY = `${KEY}content-type: application/json\r\n`;
const FORM = `${KEY}content-type: multipart/form-data; boundary=x\r\n`;
const FILE_PART = '--x\r\ncontent-disposition: form-data; name="file"; filename="a.mp4"\r\n\r\n';
const LIST = `GET /v1.3/assets HTTP/1.1\r\n${KEY}\r\n`;

/** A socket to the box that has sent these bytes. */
function send(box: TwelveLabsBox, bytes: string | Uint8Array): Socket & { received: string } {
  const socket = Object.assign(connect(Number(new URL(box.baseUrl).port), '127.0.0.1'), {
    received: '',
  });
  socket.on('data', (chunk) => {
    socket.received += chunk;
  });
  socket.on('error', () => {});
  socket.write(bytes);
  onTestFinished(() => {
    socket.destroy();
  });
  return socket;
}

async function expectServed(call: BoxFixture['call']): Promise<void> {
  expect((await call('GET', '/assets')).status).toBe(200);
}

describe('a connection', () => {
  it.each<[string, string | Uint8Array, RegExp]>([
    ['bytes that are no HTTP', Uint8Array.from([0, 1, 2, 255, 13, 10, 13, 10]), /^HTTP\/1.1 400 /],
    ['the beginning of TLS', Uint8Array.from([22, 3, 1, 0]), /^HTTP\/1.1 400 /],
    ['no host', 'GET /v1.3/assets HTTP/1.1\r\n\r\n', /^HTTP\/1.1 400 /],
    [
      'two lengths',
      `POST /v1.3/assets HTTP/1.1\r\n${JSON_BODY}content-length: 2\r\ncontent-length: 3\r\n\r\n{}`,
      /^HTTP\/1.1 400 /,
    ],
    [
      'a negative length',
      `POST /v1.3/assets HTTP/1.1\r\n${JSON_BODY}content-length: -1\r\n\r\n`,
      /^HTTP\/1.1 400 /,
    ],
    [
      'a length and chunks',
      `POST /v1.3/assets HTTP/1.1\r\n${JSON_BODY}content-length: 2\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`,
      /^HTTP\/1.1 400 /,
    ],
    [
      'chunks that are none',
      `POST /v1.3/analyze/batches HTTP/1.1\r\n${JSON_BODY}transfer-encoding: chunked\r\n\r\nzz\r\n`,
      /^HTTP\/1.1 400 /,
    ],
    [
      'a length beyond the limit',
      `POST /v1.3/analyze/batches HTTP/1.1\r\n${JSON_BODY}content-length: 99999999999\r\n\r\n{}`,
      /^HTTP\/1.1 413 .*x-api-version: v1.3/s,
    ],
    [
      'a header of 100 kB',
      `GET /v1.3/assets HTTP/1.1\r\n${KEY}x: ${'a'.repeat(100_000)}\r\n\r\n`,
      /^HTTP\/1.1 431 /,
    ],
    [
      'a URL of 100 kB',
      `GET /v1.3/assets?${'a'.repeat(100_000)} HTTP/1.1\r\n${KEY}\r\n`,
      /^HTTP\/1.1 431 /,
    ],
    [
      '3,000 headers',
      `GET /v1.3/assets HTTP/1.1\r\n${KEY}${'a: b\r\n'.repeat(3_000)}\r\n`,
      /^HTTP\/1.1 (200|431) /,
    ],
    [
      'the key twice',
      `GET /v1.3/assets HTTP/1.1\r\n${KEY}x-api-key: ${API_KEY}\r\n\r\n`,
      /^HTTP\/1.1 401 .*x-api-version: v1.3/s,
    ],
    [
      'another protocol',
      `GET /v1.3/assets HTTP/1.1\r\n${KEY}connection: upgrade\r\nupgrade: h2c\r\n\r\n`,
      /^HTTP\/1.1 200 /,
    ],
    ['two requests and garbage', `${LIST}${LIST}garbage\r\n\r\n`, /HTTP\/1.1 400 /],
    [
      'a body for a GET, and another request',
      `GET /v1.3/assets HTTP/1.1\r\n${KEY}content-length: 4\r\n\r\n{{{{${LIST}`,
      /^HTTP\/1.1 200 .*HTTP\/1.1 200 /s,
    ],
    [
      'a URL that can not be decoded',
      `GET /v1.3/assets/%E0%A4%A HTTP/1.1\r\n${KEY}\r\n`,
      /^HTTP\/1.1 400 .*x-api-version: v1.3.*parameter_invalid/s,
    ],
    [
      'a path that is too long',
      `GET /v1.3/analyze/batches/${'a'.repeat(5_000)} HTTP/1.1\r\n${KEY}\r\n`,
      /^HTTP\/1.1 400 .*x-api-version: v1.3.*parameter_invalid/s,
    ],
  ])('that brings %s is answered', async (_, bytes, answer) => {
    const { box, call } = await startBox();
    const socket = send(box, bytes);
    await waitFor(() => answer.test(socket.received), { describe: () => socket.received });
    await expectServed(call);
  });

  it.each([
    ['before anything', ''],
    ['in the head', 'GET /v1.3/ass'],
    [
      'in a JSON body',
      `POST /v1.3/analyze/batches HTTP/1.1\r\n${JSON_BODY}content-length: 99\r\n\r\n{"a`,
    ],
    [
      'in a form',
      `POST /v1.3/assets HTTP/1.1\r\n${FORM}content-length: 999\r\n\r\n${FILE_PART}some bytes`,
    ],
  ])('that ends %s is forgotten', async (_, bytes) => {
    const { box, call } = await startBox();
    for (const end of ['end', 'destroy', 'resetAndDestroy'] as const) {
      const socket = send(box, bytes);
      await new Promise((resolve) => socket.once('connect', resolve));
      await expectServed(call);
      socket[end]();
      await waitFor(() => boxFiles().length === 0, { describe: boxFiles });
    }
    await expectServed(call);
    expect(box.assets()).toEqual([]);
  });

  it('that waits in the middle of a request does not keep the box from closing', async () => {
    const { box, clock } = await startBox();
    const sockets = [
      send(box, ''),
      send(box, 'GET /v1.3/ass'),
      send(box, LIST),
      send(box, `POST /v1.3/analyze/batches HTTP/1.1\r\n${JSON_BODY}content-length: 99\r\n\r\n{"a`),
      send(
        box,
        `POST /v1.3/assets HTTP/1.1\r\n${FORM}content-length: 999\r\n\r\n${FILE_PART}some bytes`,
      ),
    ];
    await waitFor(() => boxFiles().length === 1 && sockets[2]?.received !== '');
    const closed = sockets.map((socket) => new Promise((resolve) => socket.once('close', resolve)));
    await box.close();
    await Promise.all(closed);
    expect(boxFolders()).toEqual([]);
    expect(clock.untilNextTimerMs()).toBeUndefined();
  });
});
