import { expect, it } from 'vitest';
import type { DeadLetter } from '../../../../cli/redrive/dead-letter.ts';
import { judgeLetter } from '../../../../cli/redrive/judge-letter.ts';
import { createStore } from '../../../../shared/store/store.ts';
import type { Item } from '../../../../shared/store/table.ts';
import { aDeadLetter } from '../../../support/dead-letters.ts';
import { fakeLog } from '../../../support/fakes.ts';
import { createMemoryTable } from '../../../support/memory-table.ts';
import { aBatch, anAnalysis, anUpload, aVideo, MADE_AT } from '../../../support/rows.ts';
import { s3Record } from '../../../support/s3-records.ts';

const video = aVideo({ state: 'processing', stage: 'admit-asset', revision: 2 });
const { stage: _, dueAt: __, dueBy: ___, ...final } = aVideo({ state: 'admitted', revision: 2 });
const reason = { code: 'http_401', message: 'wrong key' };
const dueFor = (row: { pk: string; sk: string }, revision: number) =>
  aDeadLetter({ pk: row.pk, sk: row.sk, revision }, { queue: 'RegisteredAssets' });
const event = (sequencer: string) =>
  aDeadLetter({ Records: [s3Record({ ...anUpload(), sequencer })] });
const hint = aDeadLetter(
  { providerBatchId: aBatch().providerBatchId, receivedAt: MADE_AT.toISOString() },
  { queue: 'ChangedBatches' },
);
const ridden = anAnalysis({
  state: 'submitted',
  stage: 'collect-results',
  batchId: 'b1',
  customId: 'c-1',
});
const { stage: ____, dueAt: _____, dueBy: ______, ...closed } = aBatch({ state: 'closed' });

async function judged(letter: DeadLetter, ...rows: readonly Item[]) {
  const table = createMemoryTable();
  await table.putAll(rows);
  return await judgeLetter(
    letter,
    createStore(table, () => MADE_AT, fakeLog()),
  );
}

it.each<[DeadLetter, Item[], string, string]>([
  [dueFor(video, 2), [{ ...video, reason }], 'needed', 'waits at admit-asset, due 2026-10-01'],
  [dueFor(video, 2), [{ ...video, reason }], 'needed', 'last: http_401: wrong key'],
  [dueFor(video, 1), [video], 'superfluous', 'was moved on since; processing since 2026-10-01'],
  [dueFor(video, 2), [{ ...final }], 'superfluous', 'is already admitted since 2026-10-01'],
  [dueFor(video, 2), [], 'superfluous', 'there is no such row any more'],
  [dueFor(video, 2), [{ ...video, state: 'x' }], 'needed', "its row can't be read: state: "],
  [dueFor(ridden, 0), [ridden], 'needed', 'ANALYSIS#summary: submitted since'],
  [dueFor(ridden, 0), [ridden], 'needed', 'custom_id c-1'],
  [event('00'), [], 'needed', 'the upload was never taken in'],
  [event('0055AED6DCD90281E5'), [video], 'superfluous', 'was taken in; processing since'],
  [event('0055AED6DCD90281E5'), [{ ...final }], 'superfluous', 'is already admitted'],
  [event('0055AED6DCD90281E6'), [{ ...final }], 'needed', 'newer than the upload that the table'],
  [hint, [aBatch()], 'needed', 'active since 2026-10-01T00:00:00.000Z; waits at collect-results'],
  [hint, [{ ...closed }], 'superfluous', 'closed since'],
  [hint, [], 'superfluous', 'not known here'],
  [aDeadLetter('{'), [], 'unreadable', "the message can't be read: not JSON"],
  [aDeadLetter({ Event: 's3:TestEvent' }), [], 'superfluous', 'about no upload'],
])('judges %j beside %j: %s', async (letter, rows, kind, words) => {
  const found = await judged(letter, ...rows);
  expect(found.kind).toBe(kind);
  expect(found.words.join('\n')).toContain(words);
});

it('needs an event as long as one of its uploads was not taken in', async () => {
  const records = [s3Record(anUpload()), s3Record({ ...anUpload(), key: 'other.mp4' })];
  const { kind, words } = await judged(aDeadLetter({ Records: records }), video);
  expect(kind).toBe('needed');
  expect(words).toHaveLength(2);
});

it('counts as needed what can not be looked up', async () => {
  const store = {
    read: async () => Promise.reject(new Error('the table is away')),
    batchOfProvider: async () => undefined,
  };
  const { kind, words } = await judgeLetter(dueFor(video, 2), store);
  expect(kind).toBe('needed');
  expect(words[0]).toContain('what became of it is not known; the table is away');
});
