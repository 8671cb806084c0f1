import { describe, expect, it } from 'vitest';
import { describeVideo } from '../../../../local/terminal/describe-video.ts';
import type { Analysis } from '../../../../shared/analysis.ts';
import type { Video } from '../../../../shared/video.ts';
import { anAnalysis, aVideo, MADE_AT } from '../../../support/rows.ts';

const reason = { code: 'over_limit', message: 'duration 1 s is under the limit of 4 s' };

describe('a video', () => {
  it('that the table does not know yet has been dropped', () => {
    expect(words(undefined)).toBe('dropped into the bucket');
  });

  it.each<[Partial<Video>, string]>([
    [{ state: 'registering' }, 'registering'],
    [{ state: 'registering', slotAt: MADE_AT.toISOString() }, 'waits for its turn to be uploaded'],
    [{ state: 'waiting' }, 'waits for its turn to be uploaded'],
    [{ state: 'waiting', reason }, `waits for its turn to be uploaded (${reason.message})`],
    [{ state: 'uploading' }, 'uploading'],
    [{ state: 'registering', reason }, `registering (${reason.message})`],
    [{ state: 'processing' }, 'processing'],
    [{ state: 'processing', slotAt: MADE_AT.toISOString() }, 'processing'],
    [{ state: 'processing', reason }, `processing (${reason.message})`],
    [{ state: 'rejected', reason }, `rejected: ${reason.message}`],
    [{ state: 'failed', reason }, `failed: ${reason.message}`],
  ])('that is %j is shown as %j', (fields, text) => {
    expect(words(fields)).toBe(text);
  });

  it('that is admitted is shown by each of its analyses', () => {
    const analyses = [anAnalysis(), anAnalysis({ profile: 'goals', state: 'ready' })];
    expect(words({ state: 'admitted' }, analyses)).toBe('summary queued, goals ready');
  });
});

describe('an analysis', () => {
  it.each<[Partial<Analysis>, string]>([
    [{ state: 'queued' }, 'queued'],
    [{ state: 'queued', attempt: 1 }, 'queued'],
    [{ state: 'queued', attempt: 2 }, 'queued (attempt 2)'],
    [{ state: 'submitting', attempt: 1, batchId: '0123456789' }, 'submitting in batch 01234567'],
    [
      { state: 'submitted', attempt: 3, batchId: '0123456789' },
      'submitted in batch 01234567 (attempt 3)',
    ],
    [{ state: 'ready', attempt: 1 }, 'ready'],
    [{ state: 'failed', attempt: 3, reason }, `failed: ${reason.message}`],
    [{ state: 'failed' }, 'failed: '],
  ])('that is %j is shown as %j', (fields, text) => {
    expect(words({ state: 'admitted' }, [anAnalysis(fields)])).toBe(`summary ${text}`);
  });
});

function words(fields: Partial<Video> | undefined, analyses: readonly Analysis[] = []): string {
  return describeVideo({ key: 'a.mp4', video: fields && aVideo(fields), analyses, segments: [] });
}
