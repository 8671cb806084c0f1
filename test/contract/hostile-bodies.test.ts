import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Answer,
  type BoxFixture,
  generalBatch,
  samples,
  startBox,
} from '../support/box-fixture.ts';
import { startMultipart } from '../support/multipart-client.ts';
import { type Json, placesIn, spoilt } from '../support/spoilt.ts';

const unlimited = {
  uploadsPerMinute: null,
  uploadsPerDay: null,
  analyzeRequestsPerMinute: null,
  analyzeRequestsPerDay: null,
  activeBatches: 1_000_000,
};

/** Any JSON, and what is near to right but isn't. */
const anything = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<Json>,
  fc.constantFrom<Json>('', ' ', '\u0000', '\ud800', -1, 0, 0.5, 2 ** 53, 1e308, -0, [], {}, [[]]),
  fc.constantFrom<Json>(
    'asset_id',
    'general',
    'json_schema',
    'segment_definitions',
    '__proto__',
    'x.constructor',
  ),
  fc.constantFrom<Json>(
    { length: 1 },
    { toString: 'x' },
    { constructor: null },
    [null],
    ['x', 'x'],
  ),
);

const segments = {
  type: 'segment_definitions',
  segment_definitions: [
    {
      id: 'goals',
      description: 'A goal is scored.',
      fields: [
        { name: 'title', type: 'string', description: 'A headline.', enum: ['home', 'away'] },
        { name: 'players', type: 'array', description: 'Who.', items: { type: 'integer' } },
      ],
      time_ranges: [{ start_time: 0, end_time: 5 }],
    },
  ],
};

const schema = {
  type: 'object',
  properties: {
    title: { type: 'string', pattern: '^a+$' },
    score: { type: 'integer', minimum: 3, maximum: 4 },
    moods: { type: 'array', minItems: 1, items: { $ref: '#/$defs/mood' } },
  },
  required: ['title'],
  $defs: { mood: { anyOf: [{ enum: ['calm', 1, null] }, { const: true }] } },
};

const general = (assetId: string) => ({
  ...generalBatch(assetId),
  defaults: {
    prompt: {
      input_text: 'What happens, <@logo>?',
      media_sources: [{ name: 'logo', media_type: 'image', url: 'https://example.com/a.png' }],
    },
    response_format: { type: 'json_schema', json_schema: schema },
    temperature: 0.2,
    max_tokens: 4_096,
    start_time: 0,
    end_time: 6,
  },
});

const timeBased = (assetId: string) => ({
  ...generalBatch(assetId),
  analysis_mode: 'time_based_metadata',
  defaults: { response_format: segments, max_tokens: 4_096 },
});

/** Whatever it is, the answer is one that the API declares. */
function expectDeclared({ status, headers, body }: Answer, shape: 'flat' | 'nested'): void {
  expect(status).toBeLessThan(500);
  expect(headers.get('x-api-version')).toBe('v1.3');
  if (status < 400) return;
  expect(shape === 'nested' ? body.error : body).toEqual({
    code: expect.stringMatching(/^[a-z_]+$/),
    message: expect.any(String),
  });
}

async function expectServed(call: BoxFixture['call']): Promise<void> {
  expect((await call('GET', '/assets')).status).toBe(200);
}

describe('a batch that is wrong in one place', () => {
  it.each([
    ['general', general],
    ['time based', timeBased],
  ])('is refused or analyzed to its end, whatever stands there (%s)', async (_, batchOf) => {
    const { call, clock, readyAsset } = await startBox({ limits: unlimited });
    const valid = batchOf(await readyAsset()) as Json;
    expect((await call('POST', '/analyze/batches', valid)).status).toBe(201);
    const places = fc.constantFrom(...placesIn(valid));
    await fc.assert(
      fc.asyncProperty(places, anything, async (place, other) => {
        const created = await call(
          'POST',
          '/analyze/batches',
          JSON.stringify(spoilt(valid, place, other)),
        );
        expectDeclared(created, 'nested');
        if (created.status !== 201) return;
        const { batch_id: batchId, items } = created.body;
        await clock.advance(10_000);
        expectDeclared(await call('GET', `/analyze/batches/${batchId}`), 'nested');
        expectDeclared(await call('GET', `/analyze/tasks/${items[0].task_id}`), 'nested');
        const { text } = await call('GET', `/analyze/batches/${batchId}/results`);
        for (const line of text.split('\n'))
          expect(JSON.parse(line).status).toMatch(/ready|failed/);
      }),
      { numRuns: 200 },
    );
    await expectServed(call);
  });
});

describe('a body of any JSON', () => {
  it.each<[string, string, Json, 'flat' | 'nested']>([
    ['POST', '/analyze/batches', { requests: [{}] }, 'nested'],
    ['POST', '/assets', { method: 'url' }, 'flat'],
    ['PATCH', '/assets/$asset/user-metadata', { user_metadata: { a: 'b', c: ['d'] } }, 'flat'],
    ['PUT', '/assets/$asset/user-metadata', { user_metadata: { a: 1, b: true } }, 'flat'],
    ['POST', '/assets/multipart-uploads', { filename: 'a', type: 'video', total_size: 9 }, 'flat'],
    ['POST', '/assets/multipart-uploads/$upload/presigned-urls', { start: 1, count: 1 }, 'flat'],
    [
      'POST',
      '/assets/multipart-uploads/$upload',
      {
        completed_chunks: [{ chunk_index: 1, proof: 'a', proof_type: 'etag', chunk_size: 20_000 }],
      },
      'flat',
    ],
    ['POST', '/analyze/batches/0123456789abcdef01234567/cancel', {}, 'nested'],
    ['DELETE', '/assets/0123456789abcdef01234567', {}, 'flat'],
  ])('to %s %s is answered as declared', async (method, path, near, shape) => {
    const fixture = await startBox({ limits: unlimited });
    const { call, readyAsset } = fixture;
    const assetId = await readyAsset(samples.webm);
    const { uploadId } = await startMultipart(fixture);
    const url = path.replace('$asset', assetId).replace('$upload', uploadId);
    const bodies = fc.oneof(
      anything,
      fc.tuple(fc.constantFrom(...placesIn(near)), anything).map(([at, x]) => spoilt(near, at, x)),
    );
    await fc.assert(
      fc.asyncProperty(bodies, async (body) => {
        expectDeclared(await call(method, url, JSON.stringify(body)), shape);
      }),
    );
    await expectServed(call);
  });

  it('is refused when it is none', async () => {
    const { call } = await startBox({ limits: unlimited });
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary', minLength: 1 }), async (text) => {
        const answer = await call('POST', '/analyze/batches', text);
        expectDeclared(answer, 'nested');
        expect(answer.status).toBe(400);
      }),
      { numRuns: 50 },
    );
    await expectServed(call);
  });
});

describe('a query of any text', () => {
  it.each(['/assets', '/analyze/batches', '/assets/multipart-uploads'])(
    'to %s is answered as declared',
    async (path) => {
      const { call } = await startBox();
      const names = fc.oneof(
        fc.constantFrom('page', 'page_limit', 'asset_ids', 'status', 'filename', '__proto__'),
        fc.webQueryParameters(),
      );
      const values = fc.oneof(
        fc.webQueryParameters(),
        fc.constantFrom('0', '-1', '1e309', 'NaN', '%', '%00', '%ff', '0x1', '', '1'),
      );
      const query = fc.array(fc.tuple(names, values).map((pair) => pair.join('=')));
      await fc.assert(
        fc.asyncProperty(query, async (parts) => {
          const answer = await call('GET', `${path}?${parts.join('&')}`);
          expectDeclared(answer, path.startsWith('/analyze') ? 'nested' : 'flat');
        }),
      );
    },
  );
});
