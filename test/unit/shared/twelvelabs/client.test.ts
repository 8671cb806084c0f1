import { Readable } from 'node:stream';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import {
  createTwelveLabs,
  PAGE_LIMIT,
  type TwelveLabs,
} from '../../../../shared/twelvelabs/client.ts';
import { ProviderRefusedError, ProviderSilentError } from '../../../../shared/twelvelabs/errors.ts';
import {
  type Answering,
  answer,
  answerJson,
  cutAfter,
  reset,
  startServer,
} from '../../../support/recording-server.ts';

const IN_TIME = new Date('9999-01-01');

const API_KEY = 'tlk_the-secret-key';

const anAsset = { _id: 'asset-1', status: 'ready', filename: 'video-1.mp4' };
const aBatch = {
  batch_id: 'batch-1',
  status: 'processing',
  total_items: 2,
  created_at: '2026-10-01T00:00:00Z',
  queued_items: 1,
  processing_items: 1,
  ready_items: 0,
  failed_items: 0,
  canceled_items: 0,
};
const aForm = { filename: 'video-1.mp4', userMetadata: {}, source: { url: 'https://example.com' } };

/** Each endpoint, with a good answer to it. */
const calls: readonly [string, string, unknown, (client: TwelveLabs) => Promise<unknown>][] = [
  ['createAsset', 'POST /v1.3/assets', anAsset, (it) => it.createAsset(aForm)],
  [
    'listAssets',
    'GET /v1.3/assets?asset_ids=a&asset_ids=b&page_limit=50',
    page([anAsset]),
    (it) => it.listAssets(['a', 'b']),
  ],
  [
    'findAsset',
    'GET /v1.3/assets?filename=a+%26b.mp4&page_limit=50',
    page([anAsset]),
    (it) => it.findAsset('a &b.mp4'),
  ],
  [
    'createMultipartUpload',
    'POST /v1.3/assets/multipart-uploads',
    { upload_id: 'u', asset_id: 'a', chunk_size: 5, total_chunks: 2, upload_headers: null },
    (it) => it.createMultipartUpload({ filename: 'a', userMetadata: {}, totalBytes: 9 }),
  ],
  [
    'readMultipartUpload',
    'GET /v1.3/assets/multipart-uploads/a%2Fb?page=1&page_limit=50',
    { status: 'active', uploaded_chunks: null, page_info: { page: 1, total_page: 1 } },
    (it) => it.readMultipartUpload('a/b'),
  ],
  [
    'presignChunks',
    'POST /v1.3/assets/multipart-uploads/a%2Fb/presigned-urls',
    { upload_urls: [] },
    (it) => it.presignChunks('a/b', 1, 2),
  ],
  [
    'reportChunks',
    'POST /v1.3/assets/multipart-uploads/a%2Fb',
    { total_completed: 1 },
    (it) => it.reportChunks('a/b', [{ index: 1, etag: 'e', bytes: 5 }]),
  ],
  [
    'createBatch',
    'POST /v1.3/analyze/batches',
    { batch_id: 'b' },
    (it) => it.createBatch({}, IN_TIME),
  ],
  [
    'listBatches',
    'GET /v1.3/analyze/batches?status=pending&status=canceling&page=1&page_limit=50',
    page([aBatch]),
    (it) => Array.fromAsync(it.listBatches(['pending', 'canceling'])),
  ],
  [
    'retrieveBatch',
    'GET /v1.3/analyze/batches/a%2F..%2Fb%3Fc',
    aBatch,
    (it) => it.retrieveBatch('a/../b?c'),
  ],
  [
    'cancelBatch',
    'POST /v1.3/analyze/batches/a%2Fb/cancel',
    { ...aBatch, status: 'canceling' },
    (it) => it.cancelBatch('a/b'),
  ],
  [
    'openResults',
    'GET /v1.3/analyze/batches/a%2Fb/results',
    {},
    async (it) => await Array.fromAsync(await it.openResults('a/b')),
  ],
];

describe('each endpoint', () => {
  it.each(calls)('%s asks %s once, with the key', async (_, expected, body, call) => {
    const { client, requests } = await start(answerJson(200, body));
    await call(client);
    expect(requests.map(({ method, path }) => `${method} ${path}`)).toEqual([expected]);
    expect(requests[0]?.headers['x-api-key']).toBe(API_KEY);
  });

  it.each(calls)('%s throws for a refusal, and asks no second time', async (_, __, ___, call) => {
    const { client, requests } = await start(answerJson(503, { code: 'busy', message: 'later' }));
    await expect(call(client)).rejects.toThrow(ProviderRefusedError);
    expect(requests).toHaveLength(1);
  });

  it.each(calls)('%s throws for a reset, and asks no second time', async (_, __, ___, call) => {
    const { client, requests } = await start(reset);
    await expect(call(client)).rejects.toThrow(ProviderSilentError);
    expect(requests).toHaveLength(1);
  });

  it.each(calls)(
    '%s throws for a cut answer, and asks no second time',
    async (_, __, ___, call) => {
      const { client, requests } = await start(cutAfter(200, '{'));
      await expect(call(client)).rejects.toThrow(ProviderSilentError);
      expect(requests).toHaveLength(1);
    },
  );
});

describe('a refusal', () => {
  const words = { code: 'parameter_invalid', message: 'max_tokens is too large' };
  const json = { 'content-type': 'application/json' };

  it.each<[string, Answering, string, string]>([
    ['nested', answerJson(400, { error: words }), words.code, words.message],
    ['flat', answerJson(400, words), words.code, words.message],
    ['JSON without a code', answerJson(400, { message: 'no' }), 'http_400', 'no'],
    ['JSON without words', answerJson(400, { code: 'a_b' }), 'a_b', 'HTTP 400 without a message'],
    ['empty', answer(400), 'http_400', 'HTTP 400 without a message'],
    ['HTML', answer(400, '<html>Bad</html>'), 'http_400', 'HTTP 400 without a message'],
    ['cut JSON', answer(400, '{"code":"a', json), 'http_400', 'HTTP 400 without a message'],
    ['cut by the connection', cutAfter(400, '{"code"'), 'http_400', 'HTTP 400 without a message'],
    ['a list', answerJson(400, []), 'http_400', 'HTTP 400 without a message'],
  ])('that is %s has a code and a message', async (_, answering, providerCode, message) => {
    const error = await refusalOf(answering);
    expect(error).toMatchObject({ status: 400, providerCode, message, code: 'provider_refused' });
  });

  it.each<[string, Answering, string]>([
    ['nested', answerJson(400, { error: { ...words, details: [{ at: 1 }] } }), '[{"at":1}]'],
    ['flat', answerJson(400, { ...words, details: { at: 'requests[1]' } }), '{"at":"requests[1]"}'],
    ['words', answerJson(400, { ...words, details: 'see there' }), '"see there"'],
    ['null', answerJson(400, { ...words, details: null }), ''],
    ['none', answerJson(400, words), ''],
    ['not JSON', answer(400, '<html>details</html>'), ''],
  ])('keeps its details: %s', async (_, answering, details) => {
    expect(await refusalOf(answering)).toHaveProperty('details', details);
  });

  it.each([
    [400, false],
    [401, true],
    [402, true],
    [403, true],
    [404, true],
    [408, true],
    [409, false],
    [413, false],
    [422, false],
    [429, true],
    [500, true],
    [502, true],
    [503, true],
    [504, true],
    [302, true],
  ])('with %i may succeed later: %s', async (status, retryable) => {
    expect(await refusalOf(answer(status))).toMatchObject({ status, retryable });
  });

  it.each([
    ['30', 30],
    ['0', 0],
    ['86400', 86_400],
    ['999999', 86_400],
    ['Wed, 21 Oct 2026 07:28:00 GMT', undefined],
    ['-5', undefined],
    ['', undefined],
    ['1e9', undefined],
    ['99999999999', undefined],
    ['Infinity', undefined],
  ])('with Retry-After %j asks for a pause of %j seconds', async (header, seconds) => {
    const error = await refusalOf(answer(429, '', { 'retry-after': header }));
    expect(error).toHaveProperty('retryAfterSeconds', seconds);
  });

  it('without Retry-After leaves the pause to us', async () => {
    expect(await refusalOf(answer(429))).toHaveProperty('retryAfterSeconds', undefined);
  });

  it.each([
    [401, 'api_key_invalid', 1],
    [402, 'payment_required', 1],
    [403, 'api_not_allowed', 1],
    [403, 'read_not_allowed', 0],
    [404, 'resource_not_exist', 0],
    [429, 'too_many_requests', 0],
    [500, 'internal', 0],
  ])('with %i %s is about the key: %i', async (status, code, times) => {
    const { url } = await startServer(answerJson(status, { code, message: 'no' }));
    let told = 0;
    const onKeyRefused = () => {
      told += 1;
    };
    const client = createTwelveLabs({ baseUrl: url, apiKey: async () => API_KEY, onKeyRefused });
    await expect(client.retrieveBatch('b')).rejects.toThrow(ProviderRefusedError);
    expect(told).toBe(times);
  });

  it('counts even before the file was sent', async () => {
    const { client, requests } = await start((request, response) => {
      const body = JSON.stringify({ code: 'file_too_large', message: 'too large' });
      response
        .writeHead(413, { connection: 'close' })
        .end(body, () => request.socket.destroySoon());
    });
    let isSending = true;
    async function* endless() {
      while (isSending) yield Buffer.alloc(65_536);
    }
    const created = client.createAsset({ ...aForm, source: { stream: endless() } });
    await expect(created).rejects.toMatchObject({ status: 413, providerCode: 'file_too_large' });
    expect(requests).toHaveLength(1);
    isSending = false;
  });
});

describe('an answer that can not be used', () => {
  it.each<[string, Answering]>([
    ['empty', answer(201)],
    ['HTML', answer(201, '<html></html>')],
    ['cut JSON', answer(201, '{"batch_id":"b')],
    ['of another shape', answerJson(201, { id: 'b' })],
    ['null', answer(201, 'null')],
    ['without content', answer(204)],
  ])('because it is %s is silence: what was asked may be done', async (_, answering) => {
    const { client, requests } = await start(answering);
    const created = client.createBatch({}, IN_TIME);
    await expect(created).rejects.toThrow(ProviderSilentError);
    await expect(created).rejects.toThrow(
      /^POST \/analyze\/batches: unreadable answer \(HTTP 20\d\)$/,
    );
    expect(requests).toHaveLength(1);
  });
});

describe('the lists', () => {
  it('of batches go on until the last page', async () => {
    const { client, requests } = await start((request, response) => {
      const at = Number(new URL(request.url ?? '', 'http://x').searchParams.get('page'));
      response.end(JSON.stringify(page([{ ...aBatch, batch_id: `batch-${at}` }], at, 3)));
    });
    const batches = await Array.fromAsync(client.listBatches([]));
    expect(batches.map(({ batch_id }) => batch_id)).toEqual(['batch-1', 'batch-2', 'batch-3']);
    expect(requests).toHaveLength(3);
  });

  it('of batches end with whoever stops reading', async () => {
    const { client, requests } = await start(answerJson(200, page([aBatch], 1, 3)));
    for await (const _ of client.listBatches([])) break;
    expect(requests).toHaveLength(1);
  });

  it('of batches may be empty', async () => {
    const { client, requests } = await start(answerJson(200, page([], 1, 0)));
    expect(await Array.fromAsync(client.listBatches([]))).toEqual([]);
    expect(requests).toHaveLength(1);
  });

  it('of assets leave out those that are gone', async () => {
    const { client } = await start(answerJson(200, page([anAsset])));
    expect(await client.listAssets(['asset-1', 'asset-2'])).toEqual([anAsset]);
  });

  it('ask for as many as a page may hold', async () => {
    const { client, requests } = await start(answerJson(200, page([])));
    await client.listAssets(['a']);
    expect(requests[0]?.path).toContain(`page_limit=${PAGE_LIMIT}`);
  });

  it('find an asset only under its very name', async () => {
    const similar = { ...anAsset, _id: 'asset-0', filename: 'video-10.mp4' };
    const { client } = await start(answerJson(200, page([similar, anAsset])));
    expect(await client.findAsset('video-1.mp4')).toMatchObject({ _id: 'asset-1' });
    expect(await client.findAsset('video')).toBeUndefined();
  });
});

describe('the results', () => {
  it('come as they are sent, to the byte', async () => {
    const bytes = Buffer.from('{"a":"漢"}\r\n\n{"b":1}');
    const { client, requests } = await start(answer(200, bytes));
    const chunks = await Array.fromAsync(await client.openResults('b'));
    expect(Buffer.concat(chunks)).toEqual(bytes);
    expect(requests[0]?.headers['accept-encoding']).toBe('identity');
  });

  it('that are cut give what came, and then an error of the provider', async () => {
    const { client } = await start(cutAfter(200, '{"a":1}\n'));
    const came: Uint8Array[] = [];
    const read = async () => {
      for await (const chunk of await client.openResults('b')) came.push(chunk);
    };
    await expect(read()).rejects.toThrow(ProviderSilentError);
    expect(Buffer.concat(came).toString()).toBe('{"a":1}\n');
  });

  it('let the connection go when their reader stops early', async () => {
    let closed: (value: string) => void = () => {};
    const isClosed = new Promise<string>((resolve) => {
      closed = resolve;
    });
    const { client } = await start((_, response) => {
      response.on('close', () => closed('closed')).write('{"a":1}\n');
    });
    for await (const _ of await client.openResults('b')) break;
    await expect(isClosed).resolves.toBe('closed');
  });
});

describe('the key', () => {
  it.each<[string, Answering]>([
    ['a refusal', answerJson(401, { code: 'api_key_invalid', message: 'the key is invalid' })],
    ['a reset', reset],
    ['a cut answer', cutAfter(200, '{')],
    ['an unreadable answer', answer(200, '<html>')],
  ])('stands in no error after %s', async (_, answering) => {
    const { client } = await start(answering);
    for (const [, , , call] of calls) {
      const error = await call(client).catch((thrown: unknown) => thrown);
      expect(inspect(error, { depth: null })).not.toContain(API_KEY);
    }
  });

  it('stands in no error when it fits no header', async () => {
    const { client, requests } = await start(answer(200), `${API_KEY}\n`);
    const error = await client.createBatch({}, IN_TIME).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(Error);
    expect(inspect(error, { depth: null })).not.toContain(API_KEY);
    expect(requests).toHaveLength(0);
  });

  it('is read anew for every call, so that a changed one is taken up', async () => {
    const { url, requests } = await startServer(answerJson(200, { batch_id: 'b' }));
    const keys = ['first', 'second'];
    const client = createTwelveLabs({ baseUrl: url, apiKey: async () => keys.shift() ?? '' });
    await client.createBatch({}, IN_TIME);
    await client.createBatch({}, IN_TIME);
    expect(requests.map(({ headers }) => headers['x-api-key'])).toEqual(['first', 'second']);
  });
});

function page(data: readonly unknown[], at = 1, pages = 1) {
  return { data, page_info: { page: at, total_page: pages, limit_per_page: 50 } };
}

async function start(answering: Answering, apiKey = API_KEY) {
  const { url, requests } = await startServer(answering);
  const client = createTwelveLabs({ baseUrl: `${url}/v1.3`, apiKey: async () => apiKey });
  return { client, requests, url };
}

async function refusalOf(answering: Answering): Promise<unknown> {
  const { client, requests } = await start(answering);
  const error = await client.createBatch({}, IN_TIME).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ProviderRefusedError);
  expect(requests).toHaveLength(1);
  return error;
}

describe('a chunk', () => {
  const chunk = (url: string) => ({
    url,
    headers: { 'x-amz-meta-a': 'b' },
    bytes: 5,
    body: Readable.from([Buffer.from('he'), Buffer.from('llo')]),
  });

  it('goes to its URL with its length and the provider’s headers, and without the key', async () => {
    let received = '';
    const { client, requests, url } = await start((request, response) => {
      request.on('data', (bytes) => (received += bytes));
      answer(200, '', { etag: '"abc"' })(request, response);
    });
    expect(await client.putChunk(chunk(`${url}/chunks/1?X-Amz-Signature=s`))).toBe('abc');
    expect(requests).toMatchObject([
      {
        method: 'PUT',
        path: '/chunks/1?X-Amz-Signature=s',
        headers: { 'content-length': '5', 'x-amz-meta-a': 'b' },
      },
    ]);
    expect(requests[0]?.headers).not.toHaveProperty('x-api-key');
    expect(requests[0]?.headers).not.toHaveProperty('transfer-encoding');
    expect(received).toBe('hello');
  });

  it.each<[string, Answering, typeof ProviderRefusedError | typeof ProviderSilentError]>([
    ['refused', answer(403, '<Error/>'), ProviderRefusedError],
    ['not answered', reset, ProviderSilentError],
    ['answered without an ETag', answer(200), ProviderSilentError],
  ])('that is %s throws', async (_, answering, error) => {
    const { client, url } = await start(answering);
    await expect(client.putChunk(chunk(url))).rejects.toThrow(error);
  });
});

it('reads how far an upload in chunks has come page by page', async () => {
  const pageOf = (path = '') => Number(/[?&]page=(\d)/.exec(path)?.[1]);
  const chunks = (first: number) => [
    { index: first, status: 'completed' },
    { index: first + 1, status: first === 3 ? 'failed' : 'pending' },
  ];
  const { client, requests } = await start((request, response) => {
    const current = pageOf(request.url);
    answerJson(200, {
      status: 'active',
      uploaded_chunks: chunks(2 * current - 1),
      page_info: { page: current, total_page: 2 },
    })(request, response);
  });
  const { status, done } = await client.readMultipartUpload('u');
  expect(status).toBe('active');
  expect([...done]).toEqual([1, 3]);
  expect(requests).toHaveLength(2);
});

it('does not begin to create a batch after the moment that it was given', async () => {
  const { client, requests } = await start(answerJson(201, { batch_id: 'b' }));
  const error = await client.createBatch({}, new Date(0)).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ProviderSilentError);
  expect(error).toMatchObject({ mayHaveArrived: false });
  expect(requests).toEqual([]);
});
