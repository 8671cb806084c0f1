import { describe, expect, it } from 'vitest';
import { boxFolders } from '../support/box-files.ts';
import { generalBatch, readLines, startBox, uploadForm } from '../support/box-fixture.ts';

const LEVELS = 100_000;
const deepArray = '['.repeat(LEVELS) + ']'.repeat(LEVELS);
const deepObject = `${'{"items":'.repeat(LEVELS)}{}${'}'.repeat(LEVELS)}`;

describe('hostile input', () => {
  it.each([
    ['GET', '/nothing', 404],
    ['GET', '/', 404],
    ['GET', '//assets', 404],
    ['GET', '/ASSETS', 404],
    ['PUT', '/assets', 404],
    ['OPTIONS', '/assets', 404],
    ['PROPFIND', '/assets', 404],
    ['PATCH', '/analyze/batches', 404],
    ['DELETE', '/analyze/batches', 404],
    ['POST', '/assets/multipart-uploads', 400],
    ['GET', '/assets/multipart-uploads/xyz', 404],
    ['GET', '/assets/multipart-uploads/__proto__', 404],
    ['GET', '/assets/', 400],
    ['GET', '/assets/..%2f..%2fetc%2fpasswd', 400],
    ['GET', '/assets?asset_ids=__proto__', 400],
    ['GET', '/assets/%E0%A4%A', 400],
    ['GET', '/analyze/batches/xyz', 404],
    ['GET', '/analyze/batches/%00', 404],
    ['GET', '/analyze/batches/%', 400],
    ['GET', '/analyze/batches/constructor/results', 404],
    ['GET', `/analyze/batches/${'a'.repeat(500)}`, 404],
    ['GET', `/analyze/batches/${'a'.repeat(5_000)}`, 400],
    ['GET', '/analyze/tasks/__proto__', 404],
  ])('answers %s %s with %i, a code, and the version of the API', async (method, path, status) => {
    const { call } = await startBox();
    const { status: got, headers, body } = await call(method, path);
    expect(got).toBe(status);
    expect(headers.get('x-api-version')).toBe('v1.3');
    expect(path.startsWith('/analyze/') ? body.error : body).toEqual({
      code: expect.stringMatching(/^[a-z_]+$/),
      message: expect.any(String),
    });
  });

  it.each([
    'null',
    '0',
    '"x"',
    '{"__proto__":{"requests":[]}}',
    '[[[[',
    '{"requests":{"length":1}}',
    '\u0000',
    '\ufeff{}',
    deepArray,
    deepObject,
  ])('refuses a batch of %.40s', async (text) => {
    const { call } = await startBox();
    const { status, body } = await call('POST', '/analyze/batches', text);
    expect({ status, body }).toMatchObject({
      status: 400,
      body: { error: { code: expect.stringMatching(/^parameter_/) } },
    });
  });

  it.each([
    ['temperature', '1e309', 400],
    ['temperature', '-1e-309', 400],
    ['temperature', 'NaN', 400],
    ['temperature', 'Infinity', 400],
    ['temperature', '0x1', 400],
    ['temperature', '01', 400],
    ['temperature', '"0.5"', 400],
    ['temperature', '-0', 201],
    ['temperature', '1e-400', 201],
    ['max_tokens', '4096.5', 400],
    ['max_tokens', '1e309', 400],
    ['max_tokens', '9007199254740993', 400],
    ['max_tokens', '4096.0', 201],
    ['end_time', '1e308', 201],
    ['end_time', '1e309', 400],
    ['start_time', '1e308', 201],
  ])('answers a %s of %s with %i', async (name, number, status) => {
    const { call, clock, readyAsset } = await startBox();
    const { defaults, ...batch } = generalBatch(await readyAsset());
    const marked = JSON.stringify({ ...batch, defaults: { ...defaults, [name]: '?' } });
    const created = await call('POST', '/analyze/batches', marked.replace('"?"', number));
    expect(created.status).toBe(status);
    if (status === 400) return;
    await clock.advance(10_000);
    const [line] = await readLines(call, created.body.batch_id);
    expect(line?.status).toMatch(/^(ready|failed)$/);
  });

  it.each(['\u0000', '\ud800', '\u202e', '\r\n', '</script>', 'é'.repeat(100_000)])(
    'analyzes with any text as its prompt, and takes none as a custom id (%j)',
    async (text) => {
      const { call, clock, readyAsset } = await startBox();
      const batch = generalBatch(await readyAsset());
      const asked = { ...batch, defaults: { prompt: { input_text: text } } };
      const { body } = await call('POST', '/analyze/batches', asked);
      await clock.advance(10_000);
      expect(await readLines(call, body.batch_id)).toMatchObject([{ status: 'ready' }]);
      const requests = batch.requests.map((request) => ({ ...request, custom_id: text }));
      expect((await call('POST', '/analyze/batches', { ...batch, requests })).status).toBe(400);
    },
  );

  it.each([
    ['a schema', (id: string) => batchText(id, { json_schema: '?' }), '{"type":"array","items":'],
    ['a value of an enum', (id: string) => batchText(id, { json_schema: { enum: ['?'] } }), '['],
    ['a type', (id: string) => batchText(id, { json_schema: { type: '?' } }), '{"a":'],
    ['segments', (id: string) => batchText(id, { segment_definitions: '?' }), '['],
    ['a choice', (id: string) => batchText(id, { json_schema: '?' }), '{"anyOf":['],
  ])('refuses %s that is 100,000 levels deep', async (_, textOf, opening) => {
    const { call, readyAsset } = await startBox();
    const closing = [...opening].reverse().map((each) => ({ '[': ']', '{': '}' })[each] ?? '');
    const deep = `${opening.repeat(LEVELS)}{"type":"string"}${closing.join('').repeat(LEVELS)}`;
    const text = textOf(await readyAsset()).replace('"?"', deep);
    expect(JSON.parse(text)).toBeTypeOf('object');
    expect((await call('POST', '/analyze/batches', text)).status).toBe(400);
    expect((await call('GET', '/assets')).status).toBe(200);
  });

  it('refuses metadata that is 100,000 levels deep', async () => {
    const { call, readyAsset } = await startBox();
    const path = `/assets/${await readyAsset()}/user-metadata`;
    for (const deep of [deepArray, deepObject]) {
      expect((await call('PATCH', path, `{"user_metadata":{"a":${deep}}}`)).status).toBe(400);
      const form = uploadForm({ method: 'url', url: 'http://127.0.0.1:1/', user_metadata: deep });
      expect((await call('POST', '/assets', form)).status).toBe(400);
    }
  });

  it.each(['[^\\s\\S]', '[^ -~]', '[', '(a{999}){999}', '((((a*)*)*)*)*', '$a^'])(
    'ends the analysis by a schema of the pattern %j, which no string or no machine satisfies',
    async (pattern) => {
      const { call, clock, readyAsset } = await startBox();
      const json_schema = { type: 'string', pattern };
      const text = batchText(await readyAsset(), { json_schema });
      const { body } = await call('POST', '/analyze/batches', text);
      await clock.advance(10_000);
      expect(await readLines(call, body.batch_id)).toMatchObject([{ status: 'ready' }]);
    },
  );

  it('refuses a body of 65 MiB', async () => {
    const { call } = await startBox();
    const { status } = await call('POST', '/analyze/batches', `"${'x'.repeat(65 * 1024 ** 2)}"`);
    expect(status).toBe(413);
  });

  it.each(['asset_ids=0123456789abcdef01234567', 'page=1', 'x=1', 'x[]=%', '&'])(
    'answers a thousand times %s in a query',
    async (parameter) => {
      const { call } = await startBox();
      const query = Array<string>(1_000).fill(parameter).join('&').slice(0, 15_000);
      expect((await call('GET', `/assets?${query}`)).status).toBeOneOf([200, 400]);
    },
  );
});

describe('a box', () => {
  it('leaves nothing behind when it closes', async () => {
    const { box, clock, call } = await startBox();
    await call('POST', '/assets', uploadForm({ method: 'url', url: `${box.baseUrl}/assets` }));
    await box.close();
    expect(clock.untilNextTimerMs()).toBeUndefined();
    expect(boxFolders()).toEqual([]);
    await expect(fetch(box.baseUrl)).rejects.toThrow();
  });

  it('listens on loopback only, and says so when its port is taken', async () => {
    const { box } = await startBox();
    const { hostname, port } = new URL(box.baseUrl);
    expect(hostname).toBe('127.0.0.1');
    await expect(startBox({ port: Number(port) })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });
});

function batchText(assetId: string, format: object): string {
  const { defaults, ...batch } = generalBatch(assetId);
  const type = Object.keys(format)[0];
  return JSON.stringify({
    ...batch,
    defaults: { ...defaults, response_format: { type, ...format } },
  });
}
