import { describe, expect, it } from 'vitest';
import { readText, sendRequest } from '../../../../shared/twelvelabs/http.ts';
import { failureOf } from '../../../support/failure-of.ts';
import { startRawEndpoint } from '../../../support/raw-endpoint.ts';
import { answer, startServer } from '../../../support/recording-server.ts';

/** Long enough for anything on loopback. */
const TIMEOUT_MS = 20_000;
/** How long the tests of silence take. */
const SHORT_TIMEOUT_MS = 100;

const bodies: readonly (readonly [string, string])[] = [
  ['no body', ''],
  ['a small body', '{"a":1}'],
  ['a body of 4 MB', 'x'.repeat(4_000_000)],
];
/** More than all buffers on the way hold. */
const ENDLESS = 'x'.repeat(32_000_000);

/** The error that the request ends in. */
async function failing(url: string, body: string, timeoutMs = TIMEOUT_MS) {
  const sent = sendRequest({ method: 'POST', url, headers: {}, body, timeoutMs });
  return (await failureOf(sent)) as Error & { readonly mayHaveArrived: boolean };
}

describe.each(bodies)('a request with %s can not have arrived', (_, body) => {
  it.each(['http', 'https'])('where nobody listens (%s)', async (scheme) => {
    const error = await failing(`${scheme}://127.0.0.1:1/`, body);
    expect(error.message).toContain('ECONNREFUSED');
    expect(error.mayHaveArrived).toBe(false);
  });

  it.each(['http', 'https'])('where the host is unknown (%s)', async (scheme) => {
    const error = await failing(`${scheme}://nowhere.invalid/`, body);
    expect(error.message).toContain('nowhere.invalid');
    expect(error.mayHaveArrived).toBe(false);
  });

  it('where the connection never becomes secure', async () => {
    const { url } = await startRawEndpoint((socket) => socket.end('HTTP/1.1 400 Bad\r\n\r\n'));
    const error = await failing(url.replace('http:', 'https:'), body);
    expect(error.mayHaveArrived).toBe(false);
    const silent = await startRawEndpoint(() => {});
    const later = await failing(silent.url.replace('http:', 'https:'), body, SHORT_TIMEOUT_MS);
    expect(later.mayHaveArrived).toBe(false);
  });
});

describe('a large request can not have arrived', () => {
  it('when it is reset while most of it is still here', async () => {
    const { url } = await startRawEndpoint((socket) => {
      socket.once('data', () => socket.pause().resetAndDestroy());
    });
    for (let times = 0; times < 5; times += 1) {
      expect(await failing(url, ENDLESS)).toMatchObject({ mayHaveArrived: false });
    }
  });

  it('when nobody reads it until the time is over', async () => {
    const { url } = await startRawEndpoint((socket) => socket.pause());
    const error = await failing(url, ENDLESS, SHORT_TIMEOUT_MS);
    expect(error.mayHaveArrived).toBe(false);
  });
});

describe.each(bodies)('a request with %s may have arrived', (_, body) => {
  it.each(['reset', 'closed'])(
    'when it was read to its end, and the connection then %s',
    async (how) => {
      const { url } = await startServer((request) => {
        request.resume().on('end', () => {
          if (how === 'reset') request.socket.resetAndDestroy();
          else request.socket.end();
        });
      });
      expect(await failing(url, body)).toMatchObject({ mayHaveArrived: true });
    },
  );

  it('when it was read to its end, and no answer came in time', async () => {
    let read = 0;
    const { url } = await startServer((request) => {
      request.resume().on('end', () => {
        read += 1;
      });
    });
    // A busy machine may need more time to read it all.
    for (let ms = SHORT_TIMEOUT_MS; ; ms *= 2) {
      const before = read;
      const error = await failing(url, body, ms);
      if (read === before) continue;
      expect(error.mayHaveArrived).toBe(true);
      break;
    }
  });
});

it('an answer that is cut may belong to what was done', async () => {
  const { url } = await startServer(answer(200, 'x'.repeat(100)));
  const response = await sendRequest({ method: 'GET', url, headers: {}, timeoutMs: TIMEOUT_MS });
  expect(await failureOf(readText(response, 10))).toMatchObject({ mayHaveArrived: true });
});
