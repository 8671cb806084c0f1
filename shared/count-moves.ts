import type { Count } from './metrics.ts';
import type { Row } from './store/row-reader.ts';

/** Called with each row that was entered or moved, and the state that it was in before. */
export type OnMoved = (row: Row, from: Row['state'] | undefined) => void;

/** Counts what becomes of videos, analyses and batches: each change of state once. */
export function countMoves(count: Count): OnMoved {
  return (row, from) => {
    if (row.state === from) return;
    const by = { cause: row.reason?.code ?? 'none' };
    switch (row.kind) {
      case 'video':
        return countVideo(row.state, by, count);
      case 'analysis':
        countAnalysis(row.state, from, by, count);
        if (row.state === 'ready') count('SecondsAnalyzed', row.durationSeconds ?? 0);
        return;
      case 'batch':
        return countBatch(row.state, count);
    }
  };
}

type Cause = { readonly cause: string };

function countVideo(state: Row['state'], by: Cause, count: Count): void {
  if (state === 'received') count('VideosReceived', 1);
  if (state === 'admitted') count('VideosAdmitted', 1);
  if (state === 'rejected') count('VideosRejected', 1, by);
  if (state === 'failed') count('VideosFailed', 1, by);
}

function countAnalysis(
  state: Row['state'],
  from: Row['state'] | undefined,
  by: Cause,
  count: Count,
): void {
  if (state === 'queued' && from === undefined) count('AnalysesQueued', 1);
  if (state === 'queued' && from !== undefined) count('AnalysesSentBack', 1, by);
  // Its line may be there before the batcher has noted that it was sent.
  const isUnnoted = state === 'ready' && from === 'submitting';
  if (state === 'submitted' || isUnnoted) count('AnalysesSubmitted', 1);
  if (state === 'ready') count('AnalysesReady', 1);
  if (state === 'failed') count('AnalysesFailed', 1, by);
}

function countBatch(state: Row['state'], count: Count): void {
  if (state === 'active') count('BatchesSubmitted', 1);
  if (state === 'closed') count('BatchesClosed', 1);
  if (state === 'abandoned') count('BatchesAbandoned', 1);
}
