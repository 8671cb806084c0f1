import { describe, expect, it } from 'vitest';
import type { BoxLimits } from '../../local/twelvelabs/settings.ts';
import { createBatch, segmentBatch, withItem } from '../support/batch-bodies.ts';
import { generalBatch, readLines, startBox } from '../support/box-fixture.ts';

/** The sample: 640 by 360, 20 seconds, 74,541 bytes. */
const BYTES = 74_541;

/** What becomes of two items of one batch, the first spoiled, the second a short window. */
async function outcomes(limits: Partial<BoxLimits>, spoil: object) {
  const { call, clock, box, readyAsset } = await startBox({ limits });
  const id = await readyAsset();
  const batch = generalBatch(id, id);
  const [first, second] = batch.requests;
  const requests = [
    { ...first, ...spoil },
    { ...second, end_time: 5 },
  ];
  const { batch_id } = await createBatch(call, { ...batch, requests });
  await clock.advance(4_000);
  const lines = await readLines(call, batch_id);
  return ['item-0', 'item-1'].map((customId) => {
    const line = lines.find((each) => each.custom_id === customId);
    const isBilled = box.ledger.billedItems().some((each) => each.customId === customId);
    expect(isBilled).toBe(line?.status === 'ready');
    return line?.error?.code ?? line?.status;
  });
}

describe('an item over a limit of the model', () => {
  it.each<[string, Partial<BoxLimits>, object, string]>([
    ['a window under the shortest', {}, { end_time: 3.999 }, 'video_duration_too_short'],
    ['a window past the end', {}, { start_time: 20 }, 'video_duration_too_short'],
    [
      'a window over the longest',
      { maxWindowSeconds: 10 },
      { end_time: 10.1 },
      'video_duration_too_long',
    ],
    [
      'whole video over the longest window',
      { maxWindowSeconds: 19.9 },
      {},
      'video_duration_too_long',
    ],
  ])('fails alone: %s', async (_, limits, spoil, code) => {
    expect(await outcomes(limits, spoil)).toEqual([code, 'ready']);
  });

  it.each<[string, Partial<BoxLimits>, string]>([
    ['video', { maxVideoSeconds: 19.9 }, 'video_duration_too_long'],
    ['file', { maxVideoBytes: BYTES - 1 }, 'video_filesize_too_large'],
    ['shorter side', { minPictureSide: 361 }, 'video_resolution_too_low'],
    ['longer side', { maxPictureLongSide: 639 }, 'video_resolution_too_high'],
    ['short side', { maxPictureShortSide: 359 }, 'video_resolution_too_high'],
    ['aspect ratio', { maxAspectRatio: 1.77 }, 'video_resolution_invalid_aspect_ratio'],
  ])('fails for its %s, whatever its window is', async (_, limits, code) => {
    expect(await outcomes(limits, {})).toEqual([code, code]);
  });

  it.each<[string, Partial<BoxLimits>, object]>([
    ['the shortest window', {}, { end_time: 4 }],
    ['a window of a second', { minWindowSeconds: 1 }, { start_time: 19 }],
    ['the longest window', { maxWindowSeconds: 10 }, { start_time: 5, end_time: 15 }],
    ['a window that the end of the video cuts', {}, { start_time: 10, end_time: 60 }],
    ['the longest video', { maxVideoSeconds: 20 }, {}],
    ['the largest file', { maxVideoBytes: BYTES }, {}],
    ['the smallest picture', { minPictureSide: 360 }, {}],
    ['the largest picture', { maxPictureLongSide: 640, maxPictureShortSide: 360 }, {}],
    ['the longest picture', { maxAspectRatio: 1.78 }, {}],
  ])('is not one with %s', async (_, limits, spoil) => {
    expect(await outcomes(limits, spoil)).toEqual(['ready', 'ready']);
  });

  it.each([
    [20, 'ready'],
    [21, 'failed'],
  ])('whose time_ranges end at %i s of 20 is %s', async (end, status) => {
    const { call, clock, readyAsset } = await startBox();
    const time_ranges = [{ start_time: 5, end_time: end }];
    const { batch_id } = await createBatch(call, segmentBatch(await readyAsset(), { time_ranges }));
    await clock.advance(4_000);
    expect(await readLines(call, batch_id)).toMatchObject([{ status }]);
  });

  it('is judged by the limits of the moment at which its batch was created', async () => {
    const { call, clock, box, readyAsset } = await startBox();
    const { batch_id } = await createBatch(call, generalBatch(await readyAsset()));
    box.change({ limits: { maxVideoBytes: 1 } });
    await clock.advance(4_000);
    expect(await readLines(call, batch_id)).toMatchObject([{ status: 'ready' }]);
  });

  it('does not reject the request for a window over two hours', async () => {
    const { call, readyAsset } = await startBox();
    await createBatch(call, withItem(generalBatch(await readyAsset()), { end_time: 8_000 }));
  });
});
