import { expect, it } from 'vitest';
import { failedMessages } from '../../../../local/cloud/queues/partial-response.ts';

const IDS = new Set(['a', 'b', 'c']);

it.each([[null], [{}], [{ batchItemFailures: null }], [{ batchItemFailures: [] }]])(
  'takes a batch as handled that is answered with %j',
  (payload) => {
    expect(failedMessages(payload, IDS)).toEqual(new Set());
  },
);

it('takes the messages that are named as failed', () => {
  const payload = { batchItemFailures: [{ itemIdentifier: 'a' }, { itemIdentifier: 'c' }] };

  expect(failedMessages(payload, IDS)).toEqual(new Set(['a', 'c']));
});

it.each([
  ['done'],
  [7],
  [{ batchItemFailures: 'a' }],
  [{ batchItemFailures: ['a'] }],
  [{ batchItemFailures: [null] }],
  [{ batchItemFailures: [{ id: 'a' }] }],
  [{ batchItemFailures: [{ itemIdentifier: '' }] }],
  [{ batchItemFailures: [{ itemIdentifier: null }] }],
  [{ batchItemFailures: [{ itemIdentifier: 'a' }, { itemIdentifier: 'unknown' }] }],
])('takes the whole batch as failed that is answered with %j', (payload) => {
  expect(failedMessages(payload, IDS)).toBe('all');
});
