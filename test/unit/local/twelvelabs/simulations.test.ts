import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ItemSettings } from '../../../../local/twelvelabs/batches/batch-request.ts';
import { checkJsonSchema } from '../../../../local/twelvelabs/batches/check-json-schema.ts';
import { ApiError } from '../../../../local/twelvelabs/http/api-error.ts';
import { simulateJson } from '../../../../local/twelvelabs/simulation/simulate-json.ts';
import { simulateSegments } from '../../../../local/twelvelabs/simulation/simulate-segments.ts';
import { writeTime } from '../../../../local/twelvelabs/simulation/simulate-time.ts';

const window = { start: 0, end: 90.5 };

describe('simulated JSON', () => {
  it.each<[string, object, unknown]>([
    ['a constant', { const: 7 }, 7],
    ['a choice', { enum: ['only'] }, 'only'],
    ['the first of several', { anyOf: [{ type: 'null' }, { type: 'string' }] }, null],
    ['an integer between bounds', { type: 'integer', exclusiveMinimum: 3, maximum: 4 }, 4],
    ['an integer below a bound', { type: 'integer', exclusiveMaximum: -4, minimum: -5 }, -5],
    ['a date', { type: 'string', format: 'date' }, '2026-01-01'],
    ['a pattern', { type: 'string', pattern: '^[0-9]{2}$' }, expect.stringMatching(/^\d{2}$/)],
    ['a reference', { $ref: '#/$defs/a', $defs: { a: { const: 1 } } }, 1],
    ['a name of the prototype', { properties: { toString: { const: 1 } } }, { toString: 1 }],
    ['an end time', { properties: { end_time: { type: 'string' } } }, { end_time: '00:01:30.500' }],
  ])('satisfies %s', (_, schema, expected) => {
    expect(simulateJson('task', window, schema as Record<string, unknown>)).toEqual(expected);
  });

  it.each([
    '^[A-Z]{2}-\\d{3}$',
    '^(home|away)$',
    '^#[0-9a-f]{6}$',
    '^\\d{2}:\\d{2}(:\\d{2})?$',
    '^.{3,40}$',
    '^$',
  ])('satisfies the pattern %s', (pattern) => {
    const text = simulateJson('task', window, { type: 'string', pattern });
    expect(text).toMatch(new RegExp(pattern, 'u'));
    expect(simulateJson('another', window, { type: 'string', pattern })).toBe(text);
  });

  it.each([
    ['is none', '['],
    ['looks ahead', '(?=x)x'],
    ['counts to a million', '(a{1000}){1000}'],
    ['repeats what it repeats', '((((((((((a*)*)*)*)*)*)*)*)*)*)*'],
    ['is long', 'a?'.repeat(5_000)],
  ])('has a plain word, and soon, for a pattern that %s', (_, pattern) => {
    expect(simulateJson('task', window, { pattern })).toBe('Simulated');
  });

  it('writes the properties as they are declared, but a required one first', () => {
    const property = { type: 'string' };
    const schema = {
      type: 'object',
      properties: { a: property, b: property, c: property, d: property },
      required: ['d', 'c'],
    };
    const keys = Object.keys(simulateJson('task', window, schema) as object);
    expect(keys).toEqual(['c', 'a', 'b', 'd']);
  });

  it('ends a schema that grows at every level', () => {
    const children = Array.from({ length: 10 }, (_, i) => [`child${i}`, { $ref: '#/$defs/node' }]);
    const node = {
      type: 'object',
      properties: Object.fromEntries(children),
      required: children.map(([name]) => name),
    };
    const schema = { $ref: '#/$defs/node', $defs: { node } };
    expect(JSON.stringify(simulateJson('task', window, schema)).length).toBeLessThan(1_000_000);
  });

  it('answers whatever schema is let in', async () => {
    const texts = fc.constantFrom('properties', 'type', 'object', '$ref', 'anyOf', 'enum', 'x');
    const values = fc.letrec((tie) => ({
      any: fc.oneof(
        { maxDepth: 4 },
        texts,
        fc.constantFrom(null, 0, -1, 1e308, true, '#', '#/$defs/__proto__', 'timestamp', 'string'),
        fc.array(tie('any'), { maxLength: 3 }),
        fc.dictionary(
          fc.constantFrom(
            ...['type', 'properties', '$defs', 'items', 'anyOf', 'enum', 'const', '$ref'],
            ...['required', 'pattern', 'format', 'minimum', 'maximum', 'minItems', 'start_time'],
          ),
          tie('any'),
          { maxKeys: 5 },
        ),
      ),
    })).any;
    const isTaken = (schema: unknown): schema is Record<string, unknown> => {
      try {
        checkJsonSchema('schema', schema as Record<string, unknown>);
        return true;
      } catch (error) {
        expect(error).toBeInstanceOf(ApiError);
        return false;
      }
    };
    const schemas = values.filter(
      (each) => typeof each === 'object' && each !== null && !Array.isArray(each),
    );
    let taken = 0;
    await fc.assert(
      fc.property(schemas, (schema) => {
        if (!isTaken(schema)) return;
        taken += 1;
        expect(JSON.stringify(simulateJson('task', window, schema))).toBeTypeOf('string');
      }),
      { numRuns: 2_000 },
    );
    expect(taken).toBeGreaterThan(50);
  });

  it('ends a schema that contains itself', () => {
    const schema = {
      $ref: '#/$defs/node',
      $defs: {
        node: {
          type: 'object',
          properties: { next: { $ref: '#/$defs/node' }, all: { items: { $ref: '#/$defs/node' } } },
        },
      },
    };
    expect(JSON.stringify(simulateJson('task', window, schema)).length).toBeLessThan(10_000);
  });
});

describe('simulated segments', () => {
  it('stay within the window and the durations, in order, whatever is asked', async () => {
    const seconds = (max: number) => fc.integer({ min: 20, max: max * 10 }).map((n) => n / 10);
    await fc.assert(
      fc.property(seconds(7_200), seconds(60), seconds(60), fc.string(), (length, a, b, id) => {
        const [shortest, longest] = a < b ? [a, b] : [b, a];
        const segments = segmentsOf(id, length, {
          min_segment_duration: shortest,
          max_segment_duration: longest,
        });
        let before = 0;
        for (const { start_time: start, end_time: end } of segments) {
          expect(start).toBeGreaterThanOrEqual(before);
          expect(end).toBeLessThanOrEqual(length);
          expect(end - start).toBeGreaterThanOrEqual(shortest - 0.002);
          expect(end - start).toBeLessThanOrEqual(longest + 0.002);
          before = end;
        }
        expect(segments.length > 0).toBe(length >= shortest);
      }),
    );
  });

  it('keep to the ranges of their definition', () => {
    const ranges = [
      { start_time: 10, end_time: 20 },
      { start_time: 40, end_time: 60 },
    ];
    const segments = segmentsOf('id', 50, {}, ranges);
    for (const { start_time: start, end_time: end } of segments) {
      expect((start >= 10 && end <= 20) || (start >= 40 && end <= 50)).toBe(true);
    }
  });
});

describe('a point in time', () => {
  it.each([
    [12.3456, 'seconds', 12.346],
    [83, 'hh:mm:ss', '00:01:23'],
    [59.6, 'hh:mm:ss', '00:01:00'],
    [-1, 'hh:mm:ss', '00:00:00'],
    [3_683.5, 'hh:mm:ss.fff', '01:01:23.500'],
    [0.9996, 'hh:mm:ss.fff', '00:00:01.000'],
  ] as const)('%d s as %s is %s', (seconds, format, expected) => {
    expect(writeTime(seconds, format)).toBe(expected);
  });
});

function segmentsOf(
  id: string,
  end: number,
  durations: Pick<ItemSettings, 'min_segment_duration' | 'max_segment_duration'>,
  ranges?: { readonly start_time: number; readonly end_time: number }[],
) {
  const settings: ItemSettings = {
    ...durations,
    response_format: {
      type: 'segment_definitions',
      segment_definitions: [
        { id: 'x', description: 'An x.', ...(ranges && { time_ranges: ranges }) },
      ],
    },
  };
  const { x } = simulateSegments(id, { start: 0, end }, settings);
  return x as { readonly start_time: number; readonly end_time: number }[];
}
