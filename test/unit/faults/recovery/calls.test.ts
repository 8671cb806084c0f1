import { describe, expect, it } from 'vitest';
import { blowsAt, type Call, Struck } from '../../../faults/recovery/calls.ts';

/** The calls of one invocation. */
function invocation(requestId: string, ...names: string[]): Call[] {
  return names.map((name) => ({ functionName: 'a', requestId, name, nth: 1, invocation: 1 }));
}

function deaths(...names: string[]): string[] {
  return blowsAt(invocation('one', ...names)).map(({ at, how }) => `${how} ${at.name}`);
}

describe('the deaths of an invocation', () => {
  it.each([
    [['dynamodb Query'], ['before dynamodb Query']],
    [
      ['dynamodb GetItem', 'dynamodb UpdateItem', 's3 HEAD', 's3 PutObject'],
      [
        'before dynamodb GetItem',
        'before dynamodb UpdateItem',
        'after dynamodb UpdateItem',
        'before s3 PutObject',
        'after s3 PutObject',
      ],
    ],
    [
      ['twelvelabs POST /assets', 'sqs SendMessageBatch'],
      [
        'before twelvelabs POST /assets',
        'before sqs SendMessageBatch',
        'after sqs SendMessageBatch',
      ],
    ],
  ])('that asks %j are %j', (names, expected) => {
    expect(deaths(...names)).toEqual(expected);
  });
});

describe('what was struck', () => {
  it('is not struck again in an invocation that asks the same in another order', () => {
    const struck = new Struck();
    const first = invocation('one', 's3 GetObject', 'twelvelabs PUT /chunks/ID/ID');
    const second = invocation('two', 'twelvelabs PUT /chunks/ID/ID', 's3 GetObject');
    expect(struck.takeNew([...first, ...second])).toEqual([first]);
    expect(struck.takeNew(second)).toEqual([]);
  });

  it('is struck again where there is one request more', () => {
    const struck = new Struck();
    struck.takeNew(invocation('one', 'dynamodb UpdateItem'));
    const longer = invocation('two', 'dynamodb UpdateItem', 'dynamodb UpdateItem');
    expect(struck.takeNew(longer)).toEqual([longer]);
  });

  it('is not struck again for a secret that is still in memory', () => {
    const struck = new Struck();
    struck.takeNew(invocation('one', 'secretsmanager GetSecretValue', 'sqs SendMessageBatch'));
    expect(struck.takeNew(invocation('two', 'sqs SendMessageBatch'))).toEqual([]);
  });
});
