import { describe, expect, it } from 'vitest';
import { countMoves } from '../../../shared/count-moves.ts';
import type { Row } from '../../../shared/store/row-reader.ts';
import { aBatch, anAnalysis, aVideo } from '../../support/rows.ts';

function countedFor(row: Row, from?: Row['state']): unknown[] {
  const counted: unknown[] = [];
  const onMoved = countMoves((name, value, by) =>
    counted.push(by ? [name, value, by] : [name, value]),
  );
  onMoved(row, from);
  return counted;
}

const reason = { code: 'too_long', message: 'it is' };

describe('a move', () => {
  it.each<[string, Row, Row['state'] | undefined, unknown[]]>([
    ['a new upload', aVideo({ state: 'received' }), undefined, [['VideosReceived', 1]]],
    ['a video admitted', aVideo({ state: 'admitted' }), 'processing', [['VideosAdmitted', 1]]],
    [
      'a video rejected, by its cause',
      aVideo({ state: 'rejected', reason }),
      'received',
      [['VideosRejected', 1, { cause: 'too_long' }]],
    ],
    [
      'a video failed without a reason',
      aVideo({ state: 'failed' }),
      'processing',
      [['VideosFailed', 1, { cause: 'none' }]],
    ],
    ['a new analysis', anAnalysis({ state: 'queued' }), undefined, [['AnalysesQueued', 1]]],
    [
      'an analysis sent back',
      anAnalysis({ state: 'queued', reason }),
      'submitted',
      [['AnalysesSentBack', 1, { cause: 'too_long' }]],
    ],
    [
      'an analysis submitted',
      anAnalysis({ state: 'submitted' }),
      'submitting',
      [['AnalysesSubmitted', 1]],
    ],
    [
      'an analysis ready, with what it cost in seconds of video',
      anAnalysis({ state: 'ready', durationSeconds: 61.5 }),
      'submitted',
      [
        ['AnalysesReady', 1],
        ['SecondsAnalyzed', 61.5],
      ],
    ],
    [
      'an analysis failed',
      anAnalysis({ state: 'failed', reason }),
      'submitted',
      [['AnalysesFailed', 1, { cause: 'too_long' }]],
    ],
    ['a batch submitted', aBatch({ state: 'active' }), 'intended', [['BatchesSubmitted', 1]]],
    ['a batch closed', aBatch({ state: 'closed' }), 'active', [['BatchesClosed', 1]]],
    ['a batch abandoned', aBatch({ state: 'abandoned' }), 'intended', [['BatchesAbandoned', 1]]],
  ])('counts %s', (_what, row, from, counted) => {
    expect(countedFor(row, from)).toEqual(counted);
  });

  it('counts nothing where the state stays', () => {
    expect(countedFor(aVideo({ state: 'received' }), 'received')).toEqual([]);
    expect(countedFor(aBatch({ state: 'active' }), 'active')).toEqual([]);
  });

  it('counts as submitted too what is ready before that was noted', () => {
    const row = anAnalysis({ state: 'ready', durationSeconds: 10 });
    expect(countedFor(row, 'submitting')).toContainEqual(['AnalysesSubmitted', 1]);
  });
});
