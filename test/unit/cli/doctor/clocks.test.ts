import { expect, it } from 'vitest';
import { judgeMachineClock, judgePipelineClock, offsetBy } from '../../../../cli/doctor/clocks.ts';

it.each([
  [0, 1, 'ok', 'agrees with AWS and TwelveLabs'],
  [undefined, -59, 'ok', 'agrees with TwelveLabs'],
  [61, 0, 'warning', 'is 61 s ahead of AWS, 0 s behind TwelveLabs; set it right (NTP)'],
  [-300, -300, 'warning', 'is 5 min behind AWS'],
  [-301, undefined, 'failed', 'is 5 min behind AWS; set it right (NTP)'],
  [undefined, undefined, 'warning', 'nobody answered with a time'],
])('AWS %j s, TwelveLabs %j s: %s', (awsOffsetSeconds, providerOffsetSeconds, mark, words) => {
  const line = judgeMachineClock({ awsOffsetSeconds, providerOffsetSeconds });
  expect(line.mark).toBe(mark);
  expect(line.text).toContain(words);
});

const now = new Date('2026-11-21T12:00:00Z');
const old = new Date('2026-11-01T00:00:00Z');

it.each([
  ['2026-11-21T11:59:20.000Z', old, 'ok', 'ticked 40 s ago'],
  // This machine's clock is not that of the function.
  ['2026-11-21T12:00:01.000Z', old, 'ok', 'ticked 0 s ago'],
  ['2026-11-21T11:57:00.000Z', old, 'ok', 'ticked 3 min ago'],
  [
    '2026-11-21T11:53:00.500Z',
    old,
    'failed',
    '(wake-due) has not run since 2026-11-21T11:53:00Z, 7 min ago: is the rule EveryMinute enabled?; its log is group',
  ],
  [undefined, old, 'failed', '(wake-due) never ran: is the rule EveryMinute enabled?'],
  [undefined, new Date('2026-11-21T11:59:00Z'), 'warning', 'has not ticked yet; the stack is new'],
])('ticked at %s, made at %s: %s', (tickedAt, createdAt, mark, words) => {
  const line = judgePipelineClock({ tickedAt, createdAt, now, log: '; its log is group' });
  expect(line.mark).toBe(mark);
  expect(line.text).toContain(words);
});

it('tells how far ahead of another clock this one is', () => {
  const header = 'Sat, 21 Nov 2026 11:59:00 GMT';
  expect(offsetBy(header, now.getTime())).toBe(60);
  expect(offsetBy('yesterday', now.getTime())).toBeUndefined();
  expect(offsetBy(undefined, now.getTime())).toBeUndefined();
});
