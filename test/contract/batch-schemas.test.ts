import { describe, expect, it } from 'vitest';
import { createBatch, refusalOf, withSchema } from '../support/batch-bodies.ts';
import { startBox } from '../support/box-fixture.ts';

const property = (schema: object, name = 'a') => ({
  type: 'object',
  properties: { [name]: schema },
});
const listed = (schema: object) => property({ type: 'array', items: property(schema) });
const time = { type: 'timestamp', format: 'seconds' };

const unsupported: [string, object][] = [
  ['minLength', { type: 'string', minLength: 3 }],
  ['maxLength', { type: 'string', maxLength: 3 }],
  ['additionalProperties', property({ type: 'object', additionalProperties: false })],
  ['uniqueItems', { type: 'array', uniqueItems: true }],
  ['maxItems', { type: 'array', maxItems: 3 }],
  ['oneOf', { oneOf: [{ type: 'string' }] }],
  ['allOf', { allOf: [{ type: 'string' }] }],
  ['minItems', { type: 'array', minItems: 2 }],
  ['minimum', { type: 'number', minimum: 1 }],
  ['format', { type: 'string', format: 'email' }],
  ['enum', { enum: [{}] }],
  ['const', { const: [] }],
  ['function', { type: 'function' }],
];

const invalid: [string, object][] = [
  ['a timestamp without a format', property({ type: 'timestamp' })],
  ['a timestamp of another format', property({ type: 'timestamp', format: 'minutes' })],
  ['a timestamp that is the document', time],
  ['a timestamp two objects deep', property(property(time))],
  ['a timestamp in a list of lists', property({ type: 'array', items: listed(time) })],
  ['a timestamp that is an item', property({ type: 'array', items: time })],
  ['a timestamp in a choice', property({ anyOf: [time] })],
  ['a timestamp in a definition', { $defs: { a: time } }],
  ['a start_time that is a boolean', property({ type: 'boolean' }, 'start_time')],
  ['an end_time with a format', property({ type: 'string', format: 'time' }, 'end_time')],
  ['an end_time deep below that is an object', listed(property({ type: 'object' }, 'end_time'))],
  ['a schema without a bottom', deepSchema(500)],
  ['a default without a bottom', { type: 'array', default: deepSchema(500) }],
  ['properties that are text', { properties: 'abc' }],
  ['properties that are a list', { properties: [] }],
  ['a property that is text', { properties: { a: 'string' } }],
  ['choices that are an object', { anyOf: {} }],
  ['no choice', { anyOf: [] }],
  ['an enum of nothing', { enum: [] }],
  ['a required that is text', { required: 'a' }],
  ['a reference that is a number', { $ref: 1 }],
  ['a type that is a number', { type: 1 }],
  ['a list of types that is empty', { type: [] }],
];

const taken: [string, object][] = [
  ['minItems of 1', { type: 'array', minItems: 1 }],
  ['bounds of an integer', { type: 'integer', exclusiveMinimum: 1, maximum: 5 }],
  [
    'every format of a string',
    { anyOf: ['uuid', 'date-time', 'date', 'time'].map((format) => ({ type: 'string', format })) },
  ],
  ['a timestamp at the top', property(time)],
  ['a timestamp in a list of objects', listed(time)],
  [
    'a start_time of every kind',
    { properties: { start_time: time, end_time: { type: 'string' } } },
  ],
  ['constants of every kind', { enum: [true, null, 1, 'x'] }],
  ['a pattern', { type: 'string', pattern: '^[A-Z]+$' }],
  [
    'a reference and annotations',
    { title: 'T', $comments: 'C', $ref: '#/$defs/a', $defs: { a: { type: 'null' } } },
  ],
];

describe('a JSON schema', () => {
  it.each(unsupported)('with %s is refused with 422', async (keyword, schema) => {
    const { call, box, readyAsset } = await startBox();
    const refusal = await refusalOf(call, withSchema(await readyAsset(), schema));
    expect(refusal).toMatchObject({ status: 422, code: 'parameter_invalid' });
    expect(refusal.message).toContain(`${keyword} is not supported`);
    expect(box.ledger.items()).toEqual([]);
  });

  it.each(invalid)('with %s is refused with 400', async (_, schema) => {
    const { call, box, readyAsset } = await startBox();
    const refusal = await refusalOf(call, withSchema(await readyAsset(), schema));
    expect(refusal).toMatchObject({ status: 400, code: 'parameter_invalid' });
    expect(box.ledger.items()).toEqual([]);
  });

  it('names the property whose format is missing, as the page does', async () => {
    const { call, readyAsset } = await startBox();
    const schema = property({ type: 'timestamp' }, 'clip_start');
    const { message } = await refusalOf(call, withSchema(await readyAsset(), schema));
    expect(message).toContain(
      'response_format.json_schema.properties.clip_start.format parameter is invalid. ' +
        'format is required for timestamp type; allowed values: seconds, hh:mm:ss, hh:mm:ss.fff',
    );
  });

  it.each(taken)('with %s is taken', async (_, schema) => {
    const { call, readyAsset } = await startBox();
    await createBatch(call, withSchema(await readyAsset(), schema));
  });
});

function deepSchema(levels: number): object {
  let schema: object = { type: 'string' };
  for (let level = 0; level < levels; level += 1) schema = { type: 'array', items: schema };
  return schema;
}
