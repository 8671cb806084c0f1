import { randomBytes } from 'node:crypto';
import { text } from 'node:stream/consumers';
import { inspect } from 'node:util';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { ProviderSilentError } from '../../../../shared/twelvelabs/errors.ts';
import {
  type HttpRequest,
  readText,
  sendRequest,
  streamBody,
} from '../../../../shared/twelvelabs/http.ts';
import {
  type Answering,
  answer,
  cutAfter,
  reset,
  startServer,
} from '../../../support/recording-server.ts';

/** Long enough for anything on loopback. */
const TIMEOUT_MS = 20_000;
/** How long the tests of silence take. */
const SHORT_TIMEOUT_MS = 100;
const MAX_BYTES = 1_000_000;
/** More than the buffers on the way hold. */
const LARGE_BYTES = 8_000_000;

describe('a request', () => {
  it('is sent once, as it is, with the length of its body', async () => {
    const { url, requests } = await startServer(answer(200, 'ok'));
    const body = '{"text":"漢"}';
    const response = await send(`${url}/path?a=1`, {
      method: 'POST',
      body,
      headers: { 'x-a': 'b' },
    });
    expect(response.statusCode).toBe(200);
    expect(requests).toMatchObject([
      { method: 'POST', path: '/path?a=1', headers: { 'x-a': 'b', 'content-length': '14' } },
    ]);
  });

  it('streams a body to its end, whatever its length', async () => {
    let received = 0;
    const { url } = await startServer((request, response) => {
      request.on('data', (chunk: Buffer) => {
        received += chunk.length;
      });
      request.on('end', () => response.end());
    });
    await send(url, { method: 'POST', body: zeros(LARGE_BYTES) });
    expect(received).toBe(LARGE_BYTES);
  });

  it.each([301, 302, 307, 308])('follows no redirect (%i)', async (status) => {
    const { url, requests } = await startServer(answer(status, '', { location: '/elsewhere' }));
    expect((await send(url)).statusCode).toBe(status);
    expect(requests).toHaveLength(1);
  });
});

describe('no answer', () => {
  it.each<[string, Answering, RegExp]>([
    ['the connection is reset', reset, /POST \/path: .*(ECONNRESET|socket hang up)/],
    ['the connection is closed', (request) => request.socket.end(), /POST \/path: socket hang up/],
    [
      'the answer is no HTTP',
      (request) => request.socket.end('no HTTP\r\n\r\n'),
      /POST \/path: Parse/,
    ],
  ])(
    'is an error of the provider when %s, and nothing is sent again',
    async (_, answering, why) => {
      const { url, requests } = await startServer(answering);
      for (const body of ['text', zeros(1_000)]) {
        const sent = send(`${url}/path?token=secret`, { method: 'POST', body });
        await expect(sent).rejects.toThrow(ProviderSilentError);
        await expect(sent).rejects.toThrow(why);
      }
      expect(requests).toHaveLength(2);
    },
  );

  it.each<[string, () => HttpRequest['body']]>([
    ['no body', () => ''],
    ['a text', () => 'text'],
    ['a stream', () => zeros(1_000)],
  ])('is an error of the provider when it is silent after %s', async (_, bodyOf) => {
    const { url, requests } = await startServer((request) => request.resume());
    const body = bodyOf() ?? '';
    const sent = send(`${url}/path`, { method: 'POST', body, timeoutMs: SHORT_TIMEOUT_MS });
    await expect(sent).rejects.toThrow(ProviderSilentError);
    await expect(sent).rejects.toThrow(/POST \/path: .*(aborted|silent)/);
    // None on a machine so busy that the time was over before the server had it.
    expect(requests.length).toBeLessThanOrEqual(1);
  });

  it('is an error of the provider when nobody listens', async () => {
    const sent = send('http://127.0.0.1:1/path');
    await expect(sent).rejects.toThrow('GET /path: connect ECONNREFUSED');
    await expect(sent).rejects.toMatchObject({ code: 'provider_silent', retryable: true });
  });

  it('is an error of the provider when the source of the body fails', async () => {
    const { url, requests } = await startServer((request) => request.resume());
    await expect(send(url, { method: 'POST', body: failing() })).rejects.toThrow(
      ProviderSilentError,
    );
    expect(requests.length).toBeLessThanOrEqual(1);
  });

  it('shows nothing of the headers or the query in its error', async () => {
    const { url } = await startServer(reset);
    const sent = send(`${url}/path?token=secret`, { headers: { 'x-api-key': 'secret' } });
    const error = await sent.catch((thrown: unknown) => thrown);
    expect(inspect(error, { depth: null })).not.toContain('secret');
  });
});

describe('an answer before the body was sent', () => {
  it.each<[string, () => HttpRequest['body']]>([
    ['text', () => 'x'.repeat(LARGE_BYTES)],
    ['a stream', () => zeros(LARGE_BYTES)],
  ])('counts, though the connection then breaks under a body of %s', async (_, bodyOf) => {
    const { url, requests } = await startServer((request, response) => {
      response.writeHead(413, { connection: 'close' }).end('too large', () => {
        request.socket.destroySoon();
      });
    });
    const response = await send(url, { method: 'POST', body: bodyOf() ?? '' });
    expect(response.statusCode).toBe(413);
    expect(await readText(response, MAX_BYTES)).toBe('too large');
    expect(requests).toHaveLength(1);
  });
});

describe('the body of an answer', () => {
  it('is whole, though its characters are cut on the way', async () => {
    const { url } = await startServer((request, response) => {
      request.resume();
      const [start, end] = [Buffer.from('漢字').subarray(0, 4), Buffer.from('漢字').subarray(4)];
      response.write(start, () => setImmediate(() => response.end(end)));
    });
    expect(await readText(await send(url), MAX_BYTES)).toBe('漢字');
  });

  it.each<[string, Answering]>([
    ['is cut', cutAfter(200, 'abc')],
    [
      'is cut between chunks',
      (request, response) => {
        response.write('abc', () => request.socket.destroy());
      },
    ],
    [
      'is cut by a reset',
      (request, response) => {
        response.writeHead(200, { 'content-length': 100 }).write('abc', () => reset(request));
      },
    ],
  ])('that %s is an error of the provider', async (_, answering) => {
    const { url, requests } = await startServer(answering);
    const response = await send(url);
    const read = readText(response, MAX_BYTES);
    await expect(read).rejects.toThrow(ProviderSilentError);
    await expect(read).rejects.toThrow('the answer was cut: ');
    expect(requests).toHaveLength(1);
  });

  it('that stops coming is an error of the provider', async () => {
    const { url } = await startServer((_, response) => {
      response.writeHead(200, { 'content-length': 100 }).write('abc');
    });
    const response = await send(url, { timeoutMs: SHORT_TIMEOUT_MS });
    await expect(readText(response, MAX_BYTES)).rejects.toThrow(ProviderSilentError);
  });

  it('is read up to its limit, and no further', async () => {
    const { url } = await startServer(answer(200, '12345'));
    expect(await readText(await send(url), 5)).toBe('12345');
    await expect(readText(await send(url), 4)).rejects.toThrow('over 4 bytes');
  });
});

describe('a body that is streamed', () => {
  const stream = async (url: string, { idleMs = TIMEOUT_MS, signal = never } = {}) =>
    streamBody(await send(url), { idleMs, signal });
  const never = new AbortController().signal;

  it('is unpacked where the other side packed it unasked', async () => {
    const { url } = await startServer(
      answer(200, gzipSync('a\nb'), { 'content-encoding': 'gzip' }),
    );
    expect(await text(await stream(url))).toBe('a\nb');
  });

  it('in an encoding that nobody asked for is an error of the provider', async () => {
    const { url } = await startServer(answer(200, 'x', { 'content-encoding': 'br' }));
    const read = text(await stream(url));
    await expect(read).rejects.toThrow(ProviderSilentError);
    await expect(read).rejects.toThrow('an answer in the encoding br');
  });

  it('packed, and cut there while HTTP is whole, is an error of the provider', async () => {
    const packed = gzipSync(randomBytes(1_000));
    const { url } = await startServer(
      answer(200, packed.subarray(0, 500), { 'content-encoding': 'gzip' }),
    );
    await expect(text(await stream(url))).rejects.toThrow(ProviderSilentError);
  });

  it('that stops coming is an error of the provider', async () => {
    const { url } = await startServer((_, response) => {
      response.writeHead(200, { 'content-length': 100 }).write('abc');
    });
    await expect(text(await stream(url, { idleMs: 50 }))).rejects.toThrow('silent for 50 ms');
  });

  it('may be read as slowly as its reader likes', async () => {
    const { url } = await startServer((_, response) => {
      response.write('abc');
      response.end(Buffer.alloc(LARGE_BYTES));
    });
    const response = await send(url, { timeoutMs: SHORT_TIMEOUT_MS });
    let bytes = 0;
    for await (const piece of streamBody(response, { idleMs: SHORT_TIMEOUT_MS })) {
      // Our own pause, longer than the other side may make one.
      if (bytes === 0) await new Promise((done) => setTimeout(done, SHORT_TIMEOUT_MS * 3));
      bytes += piece.length;
    }
    expect(bytes).toBe(LARGE_BYTES + 3);
  });

  it('ends in an error when it is called off, whatever it waits for', async () => {
    const { url } = await startServer((_, response) => {
      response.write('abc');
    });
    const off = new AbortController();
    const body = await stream(url, { signal: off.signal });
    expect((await body.next()).value?.toString()).toBe('abc');
    const next = body.next();
    off.abort();
    await expect(next).rejects.toThrow(ProviderSilentError);
  });
});

function send(url: string, request: Partial<HttpRequest> = {}) {
  return sendRequest({ method: 'GET', url, headers: {}, timeoutMs: TIMEOUT_MS, ...request });
}

async function* zeros(byteCount: number) {
  const piece = Buffer.alloc(50_000);
  for (let left = byteCount; left > 0; left -= piece.length) yield piece.subarray(0, left);
}

async function* failing() {
  yield Buffer.from('start');
  throw new Error('the source broke');
}
