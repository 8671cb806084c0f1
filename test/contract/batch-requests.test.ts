import { describe, expect, it } from 'vitest';
import { generalBatch, startBox, uploadForm } from '../support/box-fixture.ts';

const ABSENT = 'aaaaaaaaaaaaaaaaaaaaaaaa';

type Batch = Record<string, unknown> & { requests: Record<string, unknown>[] };

const definition = { id: 'goals', description: 'A goal.', fields: [] as object[] };

/** A valid batch of segmentations. */
function segmentBatch(assetId: string, spoil: object = {}): Batch {
  const { defaults: _, ...batch } = generalBatch(assetId);
  return {
    ...batch,
    analysis_mode: 'time_based_metadata',
    defaults: {
      response_format: {
        type: 'segment_definitions',
        segment_definitions: [{ ...definition, ...spoil }],
      },
    },
  };
}

function withItem(spoil: object): (id: string) => object {
  return (id) => {
    const batch = generalBatch(id);
    return { ...batch, requests: batch.requests.map((item) => ({ ...item, ...spoil })) };
  };
}

function withSchema(json_schema: object): (id: string) => object {
  return withItem({ response_format: { type: 'json_schema', json_schema } });
}

function withField(field: object): (id: string) => object {
  return (id) => segmentBatch(id, { fields: [{ name: 'x', description: 'An x.', ...field }] });
}

const badRequests: [string, (id: string) => unknown, number, string][] = [
  ['no body', () => undefined, 400, 'parameter_not_provided'],
  ['an array', () => [], 400, 'parameter_invalid'],
  ['text that is no JSON', () => '{"requests":[', 400, 'parameter_invalid'],
  [
    'no model',
    (id) => ({ ...generalBatch(id), model_name: undefined }),
    400,
    'parameter_not_provided',
  ],
  [
    'another model',
    (id) => ({ ...generalBatch(id), model_name: 'pegasus1.2' }),
    400,
    'parameter_invalid',
  ],
  [
    'another mode',
    (id) => ({ ...generalBatch(id), analysis_mode: 'mixed' }),
    400,
    'parameter_invalid',
  ],
  ['an unknown key', (id) => ({ ...generalBatch(id), webhook: 'x' }), 400, 'parameter_unknown'],
  ['no requests', (id) => ({ ...generalBatch(id), requests: [] }), 400, 'parameter_invalid'],
  ['1,001 requests', (id) => generalBatch(...Array(1_001).fill(id)), 400, 'parameter_invalid'],
  ['no video', withItem({ video: undefined }), 400, 'parameter_not_provided'],
  [
    'a video by URL',
    withItem({ video: { type: 'url', url: 'https://a/b' } }),
    400,
    'parameter_invalid',
  ],
  [
    'an asset id that is none',
    withItem({ video: { type: 'asset_id', asset_id: 'xyz' } }),
    400,
    'parameter_invalid',
  ],
  ['an empty custom id', withItem({ custom_id: '' }), 400, 'parameter_invalid'],
  ['a custom id of 65', withItem({ custom_id: 'a'.repeat(65) }), 400, 'parameter_invalid'],
  ['a custom id with a slash', withItem({ custom_id: 'a/b' }), 400, 'parameter_invalid'],
  [
    'a custom id twice',
    (id) => ({ ...generalBatch(id), requests: Array(2).fill(generalBatch(id).requests[0]) }),
    400,
    'parameter_invalid',
  ],
  [
    'no prompt',
    (id) => ({ ...generalBatch(id), defaults: undefined }),
    400,
    'parameter_not_provided',
  ],
  ['a prompt that is text', withItem({ prompt: 'Summarize.' }), 400, 'parameter_invalid'],
  [
    'five images',
    withItem({
      prompt: {
        input_text: 'x',
        media_sources: Array(5).fill({ name: 'a', media_type: 'image', url: 'https://a/b' }),
      },
    }),
    400,
    'parameter_invalid',
  ],
  [
    'an image of two sources',
    withItem({
      prompt: {
        input_text: 'x',
        media_sources: [{ name: 'a', media_type: 'image', url: 'https://a/b', asset_id: ABSENT }],
      },
    }),
    400,
    'parameter_invalid',
  ],
  ['too few tokens', withItem({ max_tokens: 511 }), 400, 'parameter_invalid'],
  ['too many tokens', withItem({ max_tokens: 98_305 }), 400, 'parameter_invalid'],
  ['too hot', withItem({ temperature: 1.1 }), 400, 'parameter_invalid'],
  ['a window backwards', withItem({ start_time: 10, end_time: 5 }), 400, 'parameter_invalid'],
  [
    'segments in general mode',
    withItem({
      response_format: { type: 'segment_definitions', segment_definitions: [definition] },
    }),
    400,
    'parameter_invalid',
  ],
  [
    'a format without a schema',
    withItem({ response_format: { type: 'json_schema' } }),
    400,
    'parameter_invalid',
  ],
  [
    'a schema with maxLength',
    withSchema({ type: 'string', maxLength: 3 }),
    422,
    'parameter_invalid',
  ],
  [
    'additionalProperties below',
    withSchema({
      type: 'object',
      properties: { a: { type: 'object', additionalProperties: false } },
    }),
    422,
    'parameter_invalid',
  ],
  [
    'a timestamp without a format',
    withSchema({ type: 'object', properties: { a: { type: 'timestamp' } } }),
    400,
    'parameter_invalid',
  ],
  [
    'a start_time that is a boolean',
    withSchema({ type: 'object', properties: { start_time: { type: 'boolean' } } }),
    400,
    'parameter_invalid',
  ],
  ['a schema without a bottom', withSchema(deepSchema(500)), 400, 'parameter_invalid'],
  [
    'segments with a prompt',
    (id) => ({
      ...segmentBatch(id),
      defaults: { ...(segmentBatch(id)['defaults'] as object), prompt: { input_text: 'x' } },
    }),
    400,
    'parameter_invalid',
  ],
  [
    'no definitions',
    (id) => ({ ...segmentBatch(id), defaults: {} }),
    400,
    'parameter_not_provided',
  ],
  [
    'a schema for segments',
    (id) => ({
      ...segmentBatch(id),
      defaults: { response_format: { type: 'json_schema', json_schema: {} } },
    }),
    400,
    'parameter_invalid',
  ],
  [
    '21 definitions',
    (id) => ({
      ...segmentBatch(id),
      defaults: {
        response_format: {
          type: 'segment_definitions',
          segment_definitions: Array.from({ length: 21 }, (_, i) => ({
            ...definition,
            id: `d${i}`,
          })),
        },
      },
    }),
    400,
    'parameter_invalid',
  ],
  [
    'tokens for segments',
    (id) => ({
      ...segmentBatch(id),
      requests: [{ ...segmentBatch(id).requests[0], max_tokens: 2_047 }],
    }),
    400,
    'parameter_invalid',
  ],
  [
    'a segment of a second',
    (id) => ({
      ...segmentBatch(id),
      requests: [{ ...segmentBatch(id).requests[0], min_segment_duration: 1 }],
    }),
    400,
    'parameter_invalid',
  ],
  [
    'segments longer than the longest',
    (id) => ({
      ...segmentBatch(id),
      requests: [
        { ...segmentBatch(id).requests[0], min_segment_duration: 9, max_segment_duration: 8 },
      ],
    }),
    400,
    'parameter_invalid',
  ],
  ['a field without a type', withField({}), 400, 'parameter_not_provided'],
  ['an array of nothing', withField({ type: 'array' }), 400, 'parameter_invalid'],
  [
    'a field timestamp without a format',
    withField({ type: 'timestamp' }),
    400,
    'parameter_invalid',
  ],
  [
    'a format on a string',
    withField({ type: 'string', format: 'seconds' }),
    400,
    'parameter_invalid',
  ],
  [
    '101 choices',
    withField({ type: 'string', enum: Array.from({ length: 101 }, String) }),
    400,
    'parameter_invalid',
  ],
  [
    'a reserved timestamp',
    withField({ type: 'timestamp', format: 'seconds', name: 'end_time' }),
    400,
    'parameter_invalid',
  ],
  [
    'ranges that overlap',
    (id) =>
      segmentBatch(id, {
        time_ranges: [
          { start_time: 0, end_time: 5 },
          { start_time: 4, end_time: 8 },
        ],
      }),
    400,
    'parameter_invalid',
  ],
  [
    'ranges and a window',
    (id) => ({
      ...segmentBatch(id, { time_ranges: [{ start_time: 0, end_time: 5 }] }),
      requests: [{ ...segmentBatch(id).requests[0], start_time: 1 }],
    }),
    400,
    'parameter_invalid',
  ],
  ['an unknown asset', () => generalBatch(ABSENT), 404, 'resource_not_exist'],
];

describe('a batch is refused as a whole', () => {
  it.each(badRequests)('for %s', async (_, spoil, status, code) => {
    const { call, box, readyAsset } = await startBox();
    const answer = await call('POST', '/analyze/batches', spoil(await readyAsset()));
    expect(answer).toMatchObject({
      status,
      body: { error: { code, message: expect.any(String) } },
    });
    expect(box.ledger.items()).toEqual([]);
  });

  it('for one item of many, named by its place', async () => {
    const { call, readyAsset } = await startBox();
    const batch = generalBatch(...Array(10).fill(await readyAsset()));
    const requests = batch.requests.map((item, i) => (i === 7 ? { ...item, max_tokens: 1 } : item));
    const { body } = await call('POST', '/analyze/batches', { ...batch, requests });
    expect(body.error.message).toContain('requests[7].max_tokens');
  });

  it('for an asset that is not ready, or never will be', async () => {
    const { call, clock } = await startBox();
    const upload = await call(
      'POST',
      '/assets',
      uploadForm({ method: 'direct' }, Buffer.from('x')),
    );
    const batch = generalBatch(upload.body._id);
    expect((await call('POST', '/analyze/batches', batch)).status).toBe(409);
    await clock.advance(1_500);
    const { status, body } = await call('POST', '/analyze/batches', batch);
    expect({ status, body }).toMatchObject({
      status: 409,
      body: { error: { code: 'asset_not_ready' } },
    });
  });

  it('for more hours of content than allowed', async () => {
    const { call, readyAsset } = await startBox({ limits: { batchContentSeconds: 20 } });
    const id = await readyAsset();
    expect((await call('POST', '/analyze/batches', generalBatch(id))).status).toBe(201);
    const { status, body } = await call('POST', '/analyze/batches', generalBatch(id, id, id, id));
    expect({ status, body }).toMatchObject({
      status: 400,
      body: { error: { code: 'parameter_invalid' } },
    });
  });
});

describe('a batch is taken', () => {
  it('with 1,000 requests, and null for what the SDK left undefined', async () => {
    const { call, clock, readyAsset } = await startBox();
    const batch = generalBatch(...Array(1_000).fill(await readyAsset()));
    const requests = batch.requests.map((item) => ({ ...item, prompt: null, max_tokens: null }));
    const { status, body } = await call('POST', '/analyze/batches', { ...batch, requests });
    expect(status).toBe(201);
    await clock.advance(4_000);
    const ended = await call('GET', `/analyze/batches/${body.batch_id}`);
    expect(ended.body).toMatchObject({ status: 'completed', ready_items: 1_000 });
  });

  it('five times at once; the sixth gets 429 without Retry-After until one has ended', async () => {
    const { sdk, call, clock, readyAsset } = await startBox();
    const id = await readyAsset();
    const create = () => call('POST', '/analyze/batches', generalBatch(id));
    const { body: first } = await create();
    for (let count = 1; count < 5; count += 1) expect((await create()).status).toBe(201);
    await call('POST', `/analyze/batches/${first.batch_id}/cancel`);
    expect((await sdk.analyzeAsync.batches.retrieve(first.batch_id)).status).toBe('canceling');

    const refused = await create();
    expect(refused).toMatchObject({ status: 429, body: { error: { code: 'too_many_requests' } } });
    expect(refused.headers.has('retry-after')).toBe(false);
    await clock.advance(4_000);
    expect((await create()).status).toBe(201);
  });
});

function deepSchema(levels: number): object {
  let schema: object = { type: 'string' };
  for (let level = 0; level < levels; level += 1) schema = { type: 'array', items: schema };
  return schema;
}
