import { describe, expect, it } from 'vitest';
import { createBatch, definition, refusalOf, withItem } from '../support/batch-bodies.ts';
import { generalBatch, startBox } from '../support/box-fixture.ts';

const ABSENT = 'aaaaaaaaaaaaaaaaaaaaaaaa';
const image = { name: 'a', media_type: 'image', url: 'https://a/b' };

const own = (settings: object) => (id: string) => withItem(generalBatch(id), settings);
const prompted = (prompt: object) => own({ prompt: { input_text: 'x', ...prompt } });

const invalid: [string, (id: string) => unknown][] = [
  ['an array', () => []],
  ['text that is no JSON', () => '{"requests":['],
  ['another model', (id) => ({ ...generalBatch(id), model_name: 'pegasus1.2' })],
  ['another mode', (id) => ({ ...generalBatch(id), analysis_mode: 'mixed' })],
  ['no requests', (id) => ({ ...generalBatch(id), requests: [] })],
  ['1,001 requests', (id) => generalBatch(...Array(1_001).fill(id))],
  ['a video by URL', own({ video: { type: 'url', url: 'https://a/b' } })],
  ['a video by its bytes', own({ video: { type: 'base64_string', base64_string: 'AAAA' } })],
  ['an asset id that is none', own({ video: { type: 'asset_id', asset_id: 'xyz' } })],
  ['an empty custom id', own({ custom_id: '' })],
  ['a custom id of 65', own({ custom_id: 'a'.repeat(65) })],
  ['a custom id with a slash', own({ custom_id: 'a/b' })],
  ['a custom id with a newline', own({ custom_id: 'a\n' })],
  ['a custom id that is a number', own({ custom_id: 7 })],
  [
    'a custom id twice',
    (id) => ({ ...generalBatch(id), requests: Array(2).fill(generalBatch(id).requests[0]) }),
  ],
  ['a prompt that is text', own({ prompt: 'Summarize.' })],
  ['an empty prompt', prompted({ input_text: '' })],
  ['five images', prompted({ media_sources: Array(5).fill(image) })],
  ['an image of two sources', prompted({ media_sources: [{ ...image, asset_id: ABSENT }] })],
  ['an image of no source', prompted({ media_sources: [{ ...image, url: null }] })],
  ['an image by plain HTTP', prompted({ media_sources: [{ ...image, url: 'http://a/b' }] })],
  ['a video for an image', prompted({ media_sources: [{ ...image, media_type: 'video' }] })],
  ['too few tokens', own({ max_tokens: 511 })],
  ['too many tokens', own({ max_tokens: 98_305 })],
  ['half a token', own({ max_tokens: 600.5 })],
  ['unlimited tokens', own({ max_tokens: 'unlimited' })],
  ['too hot', own({ temperature: 1.1 })],
  ['too cold', own({ temperature: -0.1 })],
  ['a window backwards', own({ start_time: 10, end_time: 5 })],
  ['a window of nothing', own({ start_time: 5, end_time: 5 })],
  ['a window before the beginning', own({ start_time: -1 })],
  [
    'segments in general mode',
    own({ response_format: { type: 'segment_definitions', segment_definitions: [definition] } }),
  ],
  ['a format without a schema', own({ response_format: { type: 'json_schema' } })],
];

const missing: [string, (id: string) => unknown][] = [
  ['no body', () => undefined],
  ['no model', (id) => ({ ...generalBatch(id), model_name: undefined })],
  ['no mode', (id) => ({ ...generalBatch(id), analysis_mode: undefined })],
  ['no list of requests', (id) => ({ ...generalBatch(id), requests: undefined })],
  ['no video', own({ video: undefined })],
  ['no prompt', (id) => ({ ...generalBatch(id), defaults: undefined })],
];

const unknown: [string, (id: string) => unknown][] = [
  ['a webhook', (id) => ({ ...generalBatch(id), webhook: 'https://a/b' })],
  ['a model of an item', own({ model_name: 'pegasus1.5' })],
  ['a mode of an item', own({ analysis_mode: 'general' })],
  ['a key in the prompt', prompted({ text: 'x' })],
];

describe('a batch is refused as a whole', () => {
  it.each([
    ...invalid.map(([name, spoil]) => [name, spoil, 'parameter_invalid'] as const),
    ...missing.map(([name, spoil]) => [name, spoil, 'parameter_not_provided'] as const),
    ...unknown.map(([name, spoil]) => [name, spoil, 'parameter_unknown'] as const),
  ])('for %s', async (_, spoil, code) => {
    const { call, box, readyAsset } = await startBox();
    const refusal = await refusalOf(call, spoil(await readyAsset()));
    expect(refusal).toEqual({ status: 400, code, message: expect.any(String) });
    expect(box.ledger.items()).toEqual([]);
  });

  it('for one item of many, named by its place', async () => {
    const { call, readyAsset } = await startBox();
    const batch = generalBatch(...Array(10).fill(await readyAsset()));
    const requests = batch.requests.map((item, i) => (i === 7 ? { ...item, max_tokens: 1 } : item));
    const { message } = await refusalOf(call, { ...batch, requests });
    expect(message).toContain('requests[7].max_tokens');
  });

  it('for what its defaults make of an item', async () => {
    const { call, readyAsset } = await startBox();
    const batch = generalBatch(await readyAsset());
    const defaults = { ...batch.defaults, end_time: 8 };
    const { message } = await refusalOf(call, {
      ...withItem(batch, { start_time: 9 }),
      defaults,
    });
    expect(message).toContain('requests[0].start_time');
  });
});

describe('a batch is taken', () => {
  it('with 1,000 requests, and null for what the SDK left undefined', async () => {
    const { call, clock, readyAsset } = await startBox();
    const batch = generalBatch(...Array(1_000).fill(await readyAsset()));
    const created = await createBatch(call, withItem(batch, { prompt: null, max_tokens: null }));
    await clock.advance(4_000);
    const ended = await call('GET', `/analyze/batches/${created.batch_id}`);
    expect(ended.body).toMatchObject({ status: 'completed', ready_items: 1_000 });
  });

  it.each([
    ['the longest custom id', { custom_id: `${'a'.repeat(62)}-_` }],
    ['the fewest tokens', { max_tokens: 512 }],
    ['the most tokens', { max_tokens: 98_304 }],
    ['the hottest', { temperature: 1 }],
    ['the coldest', { temperature: 0 }],
    ['four images', { prompt: { input_text: '<@a>', media_sources: Array(4).fill(image) } }],
    ['an asset id in capitals', {}],
  ])('with %s', async (_, settings) => {
    const { call, readyAsset } = await startBox();
    await createBatch(call, withItem(generalBatch((await readyAsset()).toUpperCase()), settings));
  });

  it('with an item that replaces the prompt and the format of the defaults whole', async () => {
    const { sdk, call, readyAsset } = await startBox();
    const id = await readyAsset();
    const batch = generalBatch(id, id);
    const media_sources = [image];
    const defaults = { prompt: { input_text: 'Default', media_sources }, temperature: 0.5 };
    const requests = batch.requests.map((item, index) => ({
      ...item,
      ...(index === 1 && { prompt: { input_text: 'Own' }, max_tokens: 600 }),
    }));
    const { items } = await createBatch(call, { ...batch, defaults, requests });
    const params = await Promise.all(
      items.map(
        async (item) => (await sdk.analyzeAsync.tasks.retrieve(item.task_id)).requestParams,
      ),
    );
    expect(params).toEqual([
      {
        analysisMode: 'general',
        promptV2: {
          inputText: 'Default',
          mediaSources: [{ name: 'a', mediaType: 'image', url: 'https://a/b' }],
        },
        temperature: 0.5,
      },
      {
        analysisMode: 'general',
        promptV2: { inputText: 'Own' },
        temperature: 0.5,
        maxTokens: 600,
      },
    ]);
  });

  it('twice for the same Idempotency-Key, which the provider names for tasks only', async () => {
    const { sdk, box, readyAsset } = await startBox();
    const assetId = await readyAsset();
    const create = () =>
      sdk.analyzeAsync.batches.create(
        {
          modelName: 'pegasus1.5',
          analysisMode: 'general',
          defaults: { prompt: { inputText: 'Summarize.' } },
          requests: [{ video: { type: 'asset_id', assetId } }],
        },
        { headers: { 'Idempotency-Key': 'the-same' } },
      );
    expect((await create()).batchId).not.toBe((await create()).batchId);
    expect(box.ledger.items()).toHaveLength(2);
  });
});
