import { setImmediate } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { about, currentSubject, subjectOf } from '../../../shared/about.ts';
import { aBatch, anAnalysis, aVideo } from '../../support/rows.ts';

it('tells what a row is about in the words that every line uses', () => {
  const video = aVideo({ bucket: 'b', key: 'a/ü #1.mp4', attempt: 2 });
  expect(subjectOf(video)).toEqual({ video: 'b/a/ü #1.mp4', attempt: 2 });
  const analysis = anAnalysis({
    bucket: 'b',
    key: 'k',
    profile: 'goals',
    batchId: 'B',
    attempt: 1,
  });
  expect(subjectOf(analysis)).toEqual({
    video: 'uploads/k',
    profile: 'goals',
    batchId: 'B',
    attempt: 1,
  });
  const batch = aBatch({ batchId: 'B', providerBatchId: 'P' });
  expect(subjectOf(batch)).toEqual({ batchId: 'B', providerBatchId: 'P' });
});

it('keeps apart what runs side by side, and adds to what is around it', async () => {
  const seen: unknown[] = [];
  const work = (video: string) =>
    about({ video }, async () => {
      await setImmediate();
      await about({ attempt: 1 }, async () => {
        await setImmediate();
        seen.push(currentSubject());
      });
    });
  await about({ messageId: 'm' }, () => Promise.all([work('a'), work('b')]));
  expect(seen).toEqual([
    { messageId: 'm', video: 'a', attempt: 1 },
    { messageId: 'm', video: 'b', attempt: 1 },
  ]);
  expect(currentSubject()).toEqual({});
});
