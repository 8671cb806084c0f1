import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { judgeAsset } from '../../../../functions/admit-asset/judge-asset.ts';
import type { Asset } from '../../../../shared/twelvelabs/schemas.ts';
import type { VideoLimits } from '../../../../shared/video-limits.ts';

/** Limits of the test's own, so that a change of the provider's is no change of the rules. */
const limits: VideoLimits = {
  maxBytes: 1_000,
  minDurationSeconds: 4,
  maxDurationSeconds: 7_200,
  minSidePixels: 360,
  maxLongSidePixels: 5_184,
  maxShortSidePixels: 2_160,
  maxAspect: 2.4,
};

describe('an asset', () => {
  it('that the list lacks is waited for: lists lag', () => {
    expect(judgeAsset(undefined, limits)).toMatchObject({
      kind: 'waiting',
      reason: { code: 'asset_missing' },
    });
  });

  it('in a state that is not documented makes its video wait', () => {
    expect(judgeAsset(anAsset({ status: 'indexing' }), limits)).toEqual({ kind: 'waiting' });
  });

  it('that is processing makes its video wait, whatever is known of it', () => {
    expect(judgeAsset(anAsset({ status: 'processing', duration: 1 }), limits)).toEqual({
      kind: 'waiting',
    });
  });

  it.each([
    'The file is corrupted or its format is not supported.',
    'video_resolution_too_low: the video resolution must be at least 360x360',
    'The duration of the video is too long.',
    'Unsupported codec: prores',
    'invalid video file',
  ])('that failed for the file is rejected in the words: %s', (message) => {
    const failed = anAsset({ status: 'failed', error: { message } });
    expect(judgeAsset(failed, limits)).toMatchObject({
      kind: 'rejected',
      reason: { code: 'asset_failed', message },
      facts: { durationSeconds: 60 },
    });
  });

  it.each([
    [{ message: 'Request has expired' }, 'Request has expired'],
    [
      { message: 'Failed to download the file from the URL' },
      'Failed to download the file from the URL',
    ],
    [{ message: 'Internal error' }, 'Internal error'],
    [{ message: null }, 'the provider could not process the file'],
    [null, 'the provider could not process the file'],
    [undefined, 'the provider could not process the file'],
  ])('that failed with %j may have failed for something else', (error, message) => {
    expect(judgeAsset(anAsset({ status: 'failed', error }), limits)).toEqual({
      kind: 'failed',
      reason: { code: 'asset_failed', message },
    });
  });

  it('that is ready and within the limits is ready, with the facts', () => {
    expect(judgeAsset(anAsset(), limits)).toEqual({
      kind: 'ready',
      facts: { durationSeconds: 60, widthPixels: 1_920, heightPixels: 1_080 },
    });
  });

  it('tells its duration in one place or the other', () => {
    const technical = { video_duration_seconds: 61, video_width: 640, video_height: 360 };
    const asset = anAsset({ duration: null, technical_metadata: technical });
    expect(judgeAsset(asset, limits)).toMatchObject({ facts: { durationSeconds: 61 } });
  });

  it('of which nothing is known is ready: the provider still judges', () => {
    const bare: Asset = { _id: 'asset-1', status: 'ready' };
    expect(judgeAsset(bare, limits)).toEqual({ kind: 'ready', facts: {} });
  });

  it('of which only one side is known is not judged by its picture', () => {
    const asset = anAsset({ technical_metadata: { video_width: 10, video_height: null } });
    expect(judgeAsset(asset, limits)).toMatchObject({ kind: 'ready', facts: { widthPixels: 10 } });
  });
});

describe('a duration', () => {
  it.each([
    [0, 'duration 0 s is under the limit of 4 s'],
    [3.999, 'duration 3.999 s is under the limit of 4 s'],
    [7_200.001, 'duration 7200.001 s is over the limit of 7200 s'],
  ])('of %d s is over a limit, with both named', (duration, message) => {
    expect(judgeAsset(anAsset({ duration }), limits)).toMatchObject({
      kind: 'rejected',
      reason: { code: 'over_limit', message },
      facts: { durationSeconds: duration },
    });
  });

  it.each([4, 7_200])('of %d s is just within', (duration) => {
    expect(judgeAsset(anAsset({ duration }), limits).kind).toBe('ready');
  });
});

describe('a picture', () => {
  it.each([
    [360, 360],
    [864, 360],
    [360, 864],
    [5_184, 2_160],
    [2_160, 5_184],
    [3_840, 2_160],
  ])('of %dx%d is within', (width, height) => {
    expect(judgeAsset(pictured(width, height), limits).kind).toBe('ready');
  });

  it.each([
    [359, 640, 'picture 359x640 is under the limit of 360 pixels a side'],
    [640, 359, 'picture 640x359 is under the limit of 360 pixels a side'],
    [0, 0, 'picture 0x0 is under the limit of 360 pixels a side'],
    [5_185, 2_161, 'picture 5185x2161 is over the limit of 5184x2160'],
    [2_161, 2_161, 'picture 2161x2161 is over the limit of 5184x2160'],
    [873, 360, 'picture 873x360 is 2.42:1, over the limit of 2.4:1'],
    [360, 1_080, 'picture 360x1080 is 3.00:1, over the limit of 2.4:1'],
  ])('of %dx%d is over a limit, with both named', (width, height, message) => {
    expect(judgeAsset(pictured(width, height), limits)).toMatchObject({
      kind: 'rejected',
      reason: { code: 'over_limit', message },
      facts: { widthPixels: width, heightPixels: height },
    });
  });

  it('is judged the same when it is turned', async () => {
    const side = fc.integer({ min: 300, max: 6_000 });
    await fc.assert(
      fc.property(side, side, (a, b) => {
        expect(judgeAsset(pictured(a, b), limits).kind).toBe(
          judgeAsset(pictured(b, a), limits).kind,
        );
      }),
    );
  });

  it('of exactly the widest shape is within, at any size', async () => {
    await fc.assert(
      fc.property(fc.integer({ min: 72, max: 432 }), (unit) => {
        expect(judgeAsset(pictured(12 * unit, 5 * unit), limits).kind).toBe('ready');
      }),
    );
  });
});

function anAsset(fields: Partial<Asset> = {}): Asset {
  return {
    _id: 'asset-1',
    status: 'ready',
    duration: 60,
    technical_metadata: { video_width: 1_920, video_height: 1_080 },
    ...fields,
  };
}

function pictured(width: number, height: number): Asset {
  return anAsset({ technical_metadata: { video_width: width, video_height: height } });
}
