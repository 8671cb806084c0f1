import { expect, it } from 'vitest';
import { judgeUploadRate, type UploadRateFacts } from '../../../../cli/doctor/upload-rate.ts';

const line = { stage: 'schedule-upload', count: 7, isMore: false, overdueSeconds: 3_000 } as const;
const idle = { ...line, count: 0, overdueSeconds: -1 };

function facts(fields: Partial<UploadRateFacts>): UploadRateFacts {
  return {
    rates: { perMinute: 60, perDay: 3_000 },
    line,
    lastMomentSeconds: 2,
    spentToday: 0,
    pausedUntil: undefined,
    now: new Date('2026-11-21T12:00:00Z'),
    log: '; its log is group',
    ...fields,
  };
}

it.each<[Partial<UploadRateFacts>, string, string]>([
  // Nothing was ever uploaded.
  [{ line: idle, lastMomentSeconds: 1e9 }, 'ok', '60 a minute, 3,000 a day; nobody in line'],
  [{}, 'ok', '; 7 in line'],
  [{ spentToday: 12 }, 'ok', "12 of the day's used; 7 in line"],
  [{ line: { ...line, count: 500, isMore: true } }, 'ok', '; more than 500 in line'],
  [{ pausedUntil: '2026-11-21T12:00:01.500Z' }, 'warning', 'begins before 2026-11-21T12:00:01Z'],
  [{ pausedUntil: '2026-11-21T11:59:59Z' }, 'ok', '7 in line'],
  [{ spentToday: 3_000, lastMomentSeconds: 9_999 }, 'warning', "the day's are used up"],
  [{ lastMomentSeconds: 1_201 }, 'failed', 'none has got a turn for 20 min'],
  [{ lastMomentSeconds: 1_201 }, 'failed', 'its log is group'],
  // They came a moment ago, after a quiet week.
  [{ lastMomentSeconds: 1e6, line: { ...line, overdueSeconds: 3 } }, 'ok', '7 in line'],
])('says of %j: %s', (fields, mark, words) => {
  const said = judgeUploadRate(facts(fields));
  expect(said).toMatchObject({ mark, name: 'upload rate' });
  expect(said.text).toContain(words);
});
