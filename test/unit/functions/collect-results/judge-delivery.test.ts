import { expect, it } from 'vitest';
import { judgeDelivery } from '../../../../functions/collect-results/judge-delivery.ts';
import type { ProviderBatch } from '../../../../shared/twelvelabs/schemas.ts';
import { aBatch, atSecond } from '../../../support/rows.ts';

const OURS = 'https://abc123.execute-api.eu-west-1.amazonaws.com/webhooks/twelvelabs';
const at = (second: number) => atSecond(second).toISOString();
const hinted = { hintedAt: at(5), endedAt: at(0) };
const silent = { endedAt: at(0) };

type Entry = NonNullable<ProviderBatch['webhooks']>[number];

function entry(fields: Partial<Entry> = {}): Entry {
  return { url: OURS, delivered: true, attempts: 1, ...fields };
}

const refused = entry({ delivered: false, attempts: 3, last_error: 'status 502' });

it.each<[string, object, readonly Entry[] | null | undefined, object]>([
  ['a hint, and the provider agrees', hinted, [entry()], { outcome: 'received', attempts: 1 }],
  ['a hint, and the provider tells nothing', hinted, undefined, { outcome: 'received' }],
  [
    'a hint, and the provider waited too short for our answer',
    hinted,
    [refused],
    { outcome: 'received', attempts: 3, lastError: 'status 502' },
  ],
  ['no hint, and no notification', silent, undefined, { outcome: 'never_sent' }],
  ['no hint, and null for notifications', silent, null, { outcome: 'never_sent' }],
  [
    'no hint, and none to us',
    silent,
    [entry({ url: 'https://other.example/hook' })],
    { outcome: 'never_sent' },
  ],
  [
    'no hint, and attempts that failed',
    silent,
    [refused],
    { outcome: 'not_received', attempts: 3, lastError: 'status 502' },
  ],
  ['no hint, though we had it', silent, [entry()], { outcome: 'lost_by_us', attempts: 1 }],
  [
    'no hint, though we had it by a name of our own',
    silent,
    [entry({ url: 'https://hooks.example.com/webhooks/twelvelabs/' })],
    { outcome: 'lost_by_us', attempts: 1 },
  ],
  [
    'no hint, and one that another stack had',
    silent,
    [entry({ url: OURS.replace('abc123', 'def456') })],
    { outcome: 'never_sent' },
  ],
  [
    'no hint, one that another stack had, and one to us that failed',
    silent,
    [entry({ url: OURS.replace('abc123', 'def456') }), refused],
    { outcome: 'not_received', attempts: 3, lastError: 'status 502' },
  ],
  [
    'no hint, and another place of the same path before ours',
    silent,
    [entry({ url: 'https://staging.example.com/webhooks/twelvelabs', delivered: false }), entry()],
    { outcome: 'lost_by_us', attempts: 1 },
  ],
  [
    'no hint, and our address twice, of which one was reached',
    silent,
    [refused, entry()],
    { outcome: 'lost_by_us', attempts: 1 },
  ],
  [
    'no hint, and an address that is none',
    silent,
    [entry({ url: 'no URL' })],
    { outcome: 'never_sent' },
  ],
  [
    'a hint from hours before the end',
    { hintedAt: at(0), endedAt: at(7_200) },
    [entry()],
    { outcome: 'lost_by_us', attempts: 1 },
  ],
  [
    'a hint from a little before the end, by a clock that is not ours',
    { hintedAt: at(0), endedAt: at(500) },
    [entry()],
    { outcome: 'received', attempts: 1 },
  ],
])('%s', (_, fields, webhooks, expected) => {
  const batch = aBatch({ state: 'active', ...fields });
  const provided = { webhooks: webhooks as ProviderBatch['webhooks'] };
  expect(judgeDelivery(batch, provided, OURS)).toStrictEqual(expected);
});

it('is unknown where there was no hint, and the provider can not be asked any more', () => {
  expect(judgeDelivery(aBatch(silent), undefined, OURS)).toEqual({ outcome: 'unknown' });
  expect(judgeDelivery(aBatch(hinted), undefined, OURS)).toEqual({ outcome: 'received' });
});
