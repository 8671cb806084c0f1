import { expect, it } from 'vitest';
import { describeLetters } from '../../../../cli/redrive/describe-letters.ts';
import type { JudgedLetter } from '../../../../cli/redrive/judge-letter.ts';
import { aDeadLetter } from '../../../support/dead-letters.ts';

const needed: JudgedLetter = {
  letter: aDeadLetter({}),
  kind: 'needed',
  words: ['upload of s3://b/a.mp4: never taken in'],
};
const list = { queue: 'Uploads', isMore: false, logGroup: '/log/accept' } as const;

it('tells of a letter since when it lies there, until when, and where the logs are', () => {
  expect(describeLetters({ ...list, judged: [needed], count: 1 }).split('\n')).toEqual([
    'Uploads: 1 dead letter',
    '  message-1 needed; sent 2026-10-01T00:00:00Z, received 6×, kept until 2026-10-15T00:00:00Z',
    '    upload of s3://b/a.mp4: never taken in',
    '  Why it failed, in CloudWatch Logs Insights on the log group /log/accept:',
    '    fields @timestamp, @message | filter @message like "message-1" or level = "ERROR" | sort @timestamp',
  ]);
});

it('says how many it does not show', () => {
  const judged = [needed, needed];
  expect(describeLetters({ ...list, judged, isMore: true, count: 3_000 })).toContain(
    'Uploads: 2 dead letters (the first 2 of about 3,000)',
  );
  expect(describeLetters({ ...list, judged, count: 5 })).toContain('about 3 more are hidden');
  expect(describeLetters({ ...list, judged: [], count: 4 })).toContain('about 4 more are hidden');
});

it('shows what nobody can read, and obeys nothing in it', () => {
  const letter = aDeadLetter(`\u001b]0;evil\u0007\u202e${'x'.repeat(200)}`);
  const words = ['its key \u001b[2J\u009b is odd'];
  const text = describeLetters({
    ...list,
    judged: [{ letter, kind: 'unreadable', words }],
    count: 1,
  });
  expect(text).toContain('\\u{1b}[2J\\u{9b} is odd');
  expect(text).toContain('"\\u001b]0;evil\\u0007\\u{202e}xxx');
  expect(text.replaceAll('\n', '')).not.toMatch(/\p{C}/u);
  expect(text).not.toContain('x'.repeat(150));
});
