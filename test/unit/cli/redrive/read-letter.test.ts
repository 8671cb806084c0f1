import { expect, it } from 'vitest';
import { readLetter } from '../../../../cli/redrive/read-letter.ts';
import { s3Record } from '../../../support/s3-records.ts';

const rowDue = { pk: 'VIDEO#b/a.mp4', sk: 'VIDEO', revision: 3 };
const s3Event = { Records: [s3Record({ bucket: 'b', key: 'a b.mp4' }), s3Record({ key: 'c' })] };

it.each([
  ['Uploads', s3Event, ['upload', 'upload']],
  ['Uploads', rowDue, ['row']],
  ['Uploads', { Event: 's3:TestEvent' }, ['nothing']],
  ['Uploads', { Records: [] }, ['nothing']],
  ['ScheduledUploads', { round: 'due' }, ['round']],
  ['ScheduledUploads', rowDue, ['row']],
  ['LargeUploads', rowDue, ['row']],
  ['RegisteredAssets', rowDue, ['row']],
  ['QueuedAnalyses', { round: 'due' }, ['round']],
  // Whose consumer reads no message.
  ['QueuedAnalyses', 'no object', ['round']],
  ['ChangedBatches', { providerBatchId: 'p', receivedAt: '2026-11-21T12:00:00.000Z' }, ['batch']],
  ['ChangedBatches', rowDue, ['row']],
] as const)('of %s reads %j as %j', (queue, message, kinds) => {
  const reading = readLetter(queue, JSON.stringify(message));
  const found = 'subjects' in reading ? reading.subjects.map(({ kind }) => kind) : reading;
  expect(found).toEqual(kinds);
});

it.each([
  ['Uploads', 'no JSON', 'not JSON'],
  ['LargeUploads', '{"pk":"a"}', 'sk: '],
  ['RegisteredAssets', '{"round":"due"}', 'pk: '],
  ['Uploads', JSON.stringify(s3Event).replace('a+b', '%E0%A4%A'), 'not URL-encoded'],
] as const)('says why of %s nobody can read %j', (queue, body, words) => {
  expect(readLetter(queue, body)).toEqual({ unreadableBecause: expect.stringContaining(words) });
});
