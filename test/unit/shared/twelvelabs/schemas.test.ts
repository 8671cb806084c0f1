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
    ['in a state unheard of', { task_id: 't', status: 'paused', data: null, error: null }],
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
