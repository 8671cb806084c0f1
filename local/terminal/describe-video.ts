import type { Analysis } from '../../shared/analysis.ts';
import type { VideoRows } from '../read-video.ts';

/** Where a video is, in a few words: one line of the progress display. */
export function describeVideo({ video, analyses }: VideoRows): string {
  if (!video) return 'dropped into the bucket';
  if (video.state === 'waiting' || (video.state === 'registering' && video.slotAt)) {
    const why = video.reason ? ` (${video.reason.message})` : '';
    return `waits for its turn to be uploaded${why}`;
  }
  if (video.state === 'rejected' || video.state === 'failed') {
    return `${video.state}: ${video.reason?.message ?? ''}`;
  }
  if (video.state !== 'admitted') {
    return video.reason ? `${video.state} (${video.reason.message})` : video.state;
  }
  return analyses.map((it) => `${it.profile} ${describeAnalysis(it)}`).join(', ');
}

function describeAnalysis({ state, batchId, attempt, reason }: Analysis): string {
  const again = attempt > 1 ? ` (attempt ${attempt})` : '';
  switch (state) {
    case 'submitting':
    case 'submitted':
      return `${state} in batch ${batchId?.slice(0, 8)}${again}`;
    case 'failed':
      return `failed: ${reason?.message ?? ''}`;
    default:
      return `${state}${again}`;
  }
}
