import { describe, expect, it } from 'vitest';
import {
  type BatchBody,
  createBatch,
  definition,
  refusalOf,
  segmentBatch,
  withField,
  withFormat,
  withItem,
} from '../support/batch-bodies.ts';
import { startBox } from '../support/box-fixture.ts';

type Spoil = (id: string) => object;

const own = (settings: object) => (id: string) => withItem(segmentBatch(id), settings);
const field = (spoil: object) => (id: string) => withField(id, spoil);
const ranges = (...all: [number, number][]) => ({
  time_ranges: all.map(([start_time, end_time]) => ({ start_time, end_time })),
});
const ranged =
  (...all: [number, number][]) =>
  (id: string): BatchBody =>
    segmentBatch(id, ranges(...all));
const definitions =
  (count: number, spoil: object = {}) =>
  (id: string) =>
    withFormat(id, {
      type: 'segment_definitions',
      segment_definitions: Array.from({ length: count }, (_, i) => ({
        ...definition,
        id: `d${i}`,
      })),
      ...spoil,
    });
const choices = (count: number) => ({
  type: 'string',
  enum: Array.from({ length: count }, String),
});
const fields = (count: number) => (id: string) =>
  segmentBatch(id, {
    fields: Array.from({ length: count }, (_, i) => ({
      name: `f${i}`,
      type: 'string',
      description: 'A field.',
    })),
  });
const image = { name: 'a', media_type: 'image', url: 'https://a/b' };

const invalid: [string, Spoil][] = [
  ['a prompt', own({ prompt: { input_text: 'x' } })],
  ['a JSON schema', (id) => withFormat(id, { type: 'json_schema', json_schema: {} })],
  ['an empty list of definitions', definitions(0)],
  ['21 definitions', definitions(21)],
  [
    'a definition twice',
    (id) =>
      withFormat(id, {
        type: 'segment_definitions',
        segment_definitions: [definition, definition],
      }),
  ],
  ['a definition without a name', (id) => segmentBatch(id, { id: '' })],
  ['21 fields', fields(21)],
  ['another time format', definitions(1, { segment_time_format: 'minutes' })],
  ['too few tokens', own({ max_tokens: 2_047 })],
  ['too many tokens', own({ max_tokens: 98_305 })],
  ['a segment of a second', own({ min_segment_duration: 1 })],
  ['a longest segment of a second', own({ max_segment_duration: 1.9 })],
  ['segments longer than the longest', own({ min_segment_duration: 9, max_segment_duration: 8 })],
  ['a field of another type', field({ type: 'object' })],
  ['an array of nothing', field({ type: 'array' })],
  ['an array of arrays', field({ type: 'array', items: { type: 'array' } })],
  ['a timestamp without a format', field({ type: 'timestamp' })],
  ['a timestamp with choices', field({ type: 'timestamp', format: 'seconds', enum: ['1'] })],
  ['a format on a string', field({ type: 'string', format: 'seconds' })],
  ['101 choices', field(choices(101))],
  ['no choice', field(choices(0))],
  ...['start_time', 'end_time', 'metadata'].map((name): [string, Spoil] => [
    `a timestamp named ${name}`,
    field({ type: 'timestamp', format: 'seconds', name }),
  ]),
  ['five images', (id) => segmentBatch(id, { media_sources: Array(5).fill(image) })],
  ['ranges that overlap', ranged([4, 8], [0, 5])],
  ['a range of a second', ranged([0, 1.9])],
  ['a range backwards', ranged([5, 0])],
  ['no range', ranged()],
  ['ranges and a window', (id) => withItem(ranged([0, 5])(id), { start_time: 1 })],
  ['ranges and durations', (id) => withItem(ranged([0, 5])(id), { min_segment_duration: 2 })],
];

const missing: [string, Spoil][] = [
  ['no format', (id) => ({ ...segmentBatch(id), defaults: {} })],
  ['a field without a type', field({})],
  ['a field without a description', field({ type: 'string', description: undefined })],
  ['a definition without a description', (id) => segmentBatch(id, { description: undefined })],
];

const taken: [string, Spoil][] = [
  ['20 definitions', definitions(20)],
  ['20 fields', fields(20)],
  ['100 choices', field(choices(100))],
  ['the fewest tokens', own({ max_tokens: 2_048 })],
  ['the shortest segments', own({ min_segment_duration: 2, max_segment_duration: 2 })],
  ['ranges that touch', ranged([5, 10], [0, 5])],
  ['a definition without fields', (id) => segmentBatch(id, { fields: undefined })],
  [
    'a field that is no timestamp, named as the box names times',
    field({
      type: 'number',
      name: 'end_time',
    }),
  ],
  [
    'null for what the SDK left undefined',
    (id) => segmentBatch(id, { fields: null, time_ranges: null }),
  ],
];

describe('a batch of segmentations', () => {
  it.each([
    ...invalid.map(([name, spoil]) => [name, spoil, 'parameter_invalid'] as const),
    ...missing.map(([name, spoil]) => [name, spoil, 'parameter_not_provided'] as const),
  ])('is refused as a whole for %s', async (_, spoil, code) => {
    const { call, box, readyAsset } = await startBox();
    const refusal = await refusalOf(call, spoil(await readyAsset()));
    expect(refusal).toEqual({ status: 400, code, message: expect.any(String) });
    expect(box.ledger.items()).toEqual([]);
  });

  it.each(taken)('is taken with %s', async (_, spoil) => {
    const { call, readyAsset } = await startBox();
    await createBatch(call, spoil(await readyAsset()));
  });
});
