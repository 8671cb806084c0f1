import { expect, it } from 'vitest';
import { judgeWaiting, readWaiting, type Waiting } from '../../../../cli/doctor/waiting.ts';
import { aVideo } from '../../../support/rows.ts';
import { startTable } from '../../../support/start-table.ts';

const at = (stage: Waiting['stage'], count: number, overdueSeconds: number, isMore = false) => ({
  stage,
  count,
  overdueSeconds,
  isMore,
});

it.each([
  [[at('admit-asset', 0, -1)], 'ok', 'it answers; nothing waits'],
  [[at('admit-asset', 2, 1_200)], 'ok', '2 for admit-asset; none is left lying'],
  [
    [at('schedule-upload', 500, 90_000, true), at('submit-batches', 3, 5_000)],
    'ok',
    'more than 500 for schedule-upload, 3 for submit-batches; none is left lying',
  ],
  [
    [at('admit-asset', 2, 1_300), at('collect-results', 1, 7_300), at('upload-chunks', 9, 5)],
    'failed',
    '2 for admit-asset, 1 for collect-results, 9 for upload-chunks; overdue for collect-results by 2 h',
  ],
])('says of %j: %s', (waiting, mark, words) => {
  const line = judgeWaiting(waiting);
  expect(line).toMatchObject({ mark, name: 'table' });
  expect(line.text).toContain(words);
});

it('counts what waits at a stage, and how long the longest due is', async () => {
  const table = await startTable();
  const now = new Date('2026-11-21T12:00:00Z');
  const due = (key: string, dueAt: string) =>
    aVideo({ pk: `VIDEO#b/${key}`, key, state: 'processing', stage: 'admit-asset', dueAt });
  await table.putAll([
    due('later', '2026-11-21T12:30:00.000Z'),
    due('sooner', '2026-11-21T11:00:00.000Z'),
  ]);
  expect(await readWaiting('admit-asset', table, now)).toEqual(at('admit-asset', 2, 3_600));
  expect(await readWaiting('upload-chunks', table, now)).toEqual(at('upload-chunks', 0, -1));
  const many = Array.from({ length: 501 }, (_, n) => due(String(n), '2026-11-21T12:00:00.000Z'));
  await table.putAll(many);
  expect(await readWaiting('admit-asset', table, now)).toEqual(at('admit-asset', 500, 3_600, true));
});
