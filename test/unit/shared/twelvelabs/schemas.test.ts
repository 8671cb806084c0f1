import { describe, expect, it } from 'vitest';
import {
  asset,
  createdBatch,
  errorBody,
  resultLine,
} from '../../../../shared/twelvelabs/schemas.ts';

describe('the body of an error', () => {
  const words = { code: 'parameter_invalid', message: 'max_tokens is too large' };

  it.each<[string, unknown, unknown]>([
    ['nested', { error: words }, words],
    [
      'nested, with details',
      { error: { ...words, details: { field: 'x' } } },
      { ...words, details: { field: 'x' } },
    ],
    ['flat', words, words],
    ['flat, with a link', { ...words, docs_url: 'https://docs.twelvelabs.io' }, words],
    ['without a code', { error: { message: 'no' } }, { message: 'no' }],
    ['with a code of null', { code: null, message: 'no' }, { code: null, message: 'no' }],
    ['empty', {}, {}],
    ['in a shape unheard of', { detail: 'no' }, {}],
    ['whose error is a text', { error: 'no', message: 'words' }, { message: 'words' }],
  ])('is read when it is %s', (_, body, expected) => {
    expect(errorBody.parse(body)).toEqual(expected);
  });

  it.each([
    ['a text', 'no'],
    ['null', null],
    ['nothing', undefined],
    ['a list', []],
  ])('is not read when it is %s', (_, body) => {
    expect(errorBody.safeParse(body).success).toBe(false);
  });
});

describe('a line of the results', () => {
  it.each([
    [
      'ready',
      {
        task_id: 't',
        custom_id: 'c',
        status: 'ready',
        data: { data: 'text', finish_reason: 'stop', usage: { output_tokens: 1, input_tokens: 2 } },
      },
    ],
    [
      'ready with little',
      {
        task_id: 't',
        custom_id: 'c',
        status: 'ready',
        data: { data: '', finish_reason: null, usage: { output_tokens: 1 } },
      },
    ],
    [
      'failed without a code',
      { task_id: 't', custom_id: 'c', status: 'failed', error: { message: 'no' } },
    ],
    ['without a custom_id', { task_id: 't', custom_id: null, status: 'processing' }],
    ['in a state unheard of', { task_id: 't', status: 'paused', error: null }],
  ])('that is %s is read as it is', (_, line) => {
    expect(resultLine.parse(line)).toEqual(line);
  });
});

describe('the answers', () => {
  it('pass over what we do not read', () => {
    expect(asset.parse({ _id: 'a', status: 'ready', hls: {} })).toEqual({
      _id: 'a',
      status: 'ready',
    });
  });

  it('of a created batch need nothing but its id', () => {
    expect(createdBatch.parse({ batch_id: 'b' })).toEqual({ batch_id: 'b' });
  });

  it('may hold states that are not documented: one of them must not spoil a page of fifty', () => {
    expect(asset.parse({ _id: 'a', status: 'paused' })).toMatchObject({ status: 'paused' });
  });
});

describe('a ready line', () => {
  const ready = { custom_id: 'a', status: 'ready', data: { data: 'text' } };

  it.each<[string, object, object]>([
    ['a task_id that is none', { task_id: null }, {}],
    ['a task_id of another kind', { task_id: 7 }, {}],
    ['an error in words', { error: '' }, {}],
    ['half a token', { data: { data: 'text', usage: { output_tokens: 1.5 } } }, {}],
    ['usage in words', { data: { data: 'text', usage: 'much' } }, {}],
    ['a finish_reason of another kind', { data: { data: 'text', finish_reason: 3 } }, {}],
    ['JSON where text should be', { data: { data: { a: [1] } } }, { data: { data: '{"a":[1]}' } }],
  ])('is paid, and read in spite of %s', (_, fields, expected) => {
    expect(resultLine.parse({ ...ready, ...fields })).toMatchObject({ ...ready, ...expected });
  });

  it('keeps facts short that a row could not hold', () => {
    const long = 'x'.repeat(500_000);
    const data = { data: 'text', finish_reason: long };
    const { task_id, data: read } = resultLine.parse({ ...ready, task_id: long, data });
    expect(task_id).toHaveLength(200);
    expect(read?.finish_reason).toHaveLength(200);
  });
});

it('takes the code of a failed line as a number too', () => {
  const line = { custom_id: 'a', status: 'failed', error: { code: 1_001, message: 'words' } };
  expect(resultLine.parse(line).error).toMatchObject({ code: '1001', message: 'words' });
});
