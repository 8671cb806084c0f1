import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { decode, MalformedMessageError } from '../../../shared/decode.ts';

const schema = z.object({ batch: z.object({ items: z.array(z.object({ id: z.string() })) }) });

describe('decode', () => {
  it('gives what the schema reads from the text', () => {
    const value = decode(schema, '{"batch":{"items":[{"id":"a","more":1}]},"more":2}');
    expect(value).toEqual({ batch: { items: [{ id: 'a' }] } });
  });

  it.each([
    ['nothing', '', 'not JSON'],
    ['text', 'hello', 'not JSON'],
    ['JSON with more behind it', '{}{}', 'not JSON'],
    ['JSON that is cut', '{"batch":', 'not JSON'],
    ['another type', '[]', 'top level: '],
    ['a missing field', '{}', 'batch: '],
    ['a wrong field far inside', '{"batch":{"items":[{"id":"a"},{"id":1}]}}', 'batch.items.1.id: '],
  ])('refuses %s, and says where it is wrong', (_, text, message) => {
    expect(() => decode(schema, text)).toThrow(MalformedMessageError);
    expect(() => decode(schema, text)).toThrow(message);
  });

  it('names every field that is wrong', () => {
    const pair = z.object({ a: z.string(), b: z.int() });
    expect(() => decode(pair, '{"a":1,"b":1.5}')).toThrow(/^a: .+; b: .+$/);
  });

  it.each([
    ['text that is not JSON', 'whsec_very-secret'],
    ['text that is cut', '{"current":"whsec_very-secret'],
    ['a value of the wrong type', '{"batch":"whsec_very-secret"}'],
    ['a wrong key', '{"whsec_very-secret":1}'],
  ])('quotes nothing of %s, not even in a cause', (_, text) => {
    let thrown: unknown;
    try {
      decode(schema, text);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(MalformedMessageError);
    expect(inspect(thrown, { depth: null })).not.toContain('very-secret');
  });

  it('calls another try useless', () => {
    expect(() => decode(schema, '')).toThrow(
      expect.objectContaining({ code: 'malformed_message', retryable: false }),
    );
  });
});
