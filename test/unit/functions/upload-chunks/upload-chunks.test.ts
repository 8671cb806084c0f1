import { describe, expect, it } from 'vitest';
import type { Video } from '../../../../shared/video.ts';
import { atSecond } from '../../../support/rows.ts';
import { CHUNKS, NOW, upload } from '../../../support/start-upload.ts';

const DAY = 24 * 3_600;
const ALL = Array.from({ length: CHUNKS }, (_, at) => at + 1);
const sorted = (indexes: Iterable<number>) => [...indexes].toSorted((a, b) => a - b);
const overAfter = (status: string, minutes: number) => ({
  code: 'upload_over',
  message: `the multipart upload is ${status} after ${minutes} min`,
});

describe('an upload', () => {
  it('that the provider has completed goes on to be processed, and nothing is sent', async () => {
    const reason = { code: 'http_503', message: 'busy' };
    const { row, wakes, puts } = await upload({ status: 'completed', video: { reason } });
    expect(puts).toEqual([]);
    expect(row).toMatchObject({ state: 'processing', stage: 'admit-asset', assetId: 'asset-1' });
    expect(row).not.toHaveProperty('upload');
    expect(row).not.toHaveProperty('reason');
    expect(wakes).toEqual([['admit-asset', 2]]);
  });

  it('that was completed longer than a day ago has arrived all the same', async () => {
    const { row } = await upload({ status: 'completed', second: 3 * DAY });
    expect(row).toMatchObject({ state: 'processing' });
  });

  it('of which the provider has nothing is sent whole', async () => {
    const { row, puts } = await upload();
    expect(sorted(puts)).toEqual(ALL);
    expect(row).toMatchObject({ state: 'processing' });
  });

  it('of which chunks are missing is sent those alone, and goes on to be processed', async () => {
    const missing = [2, 7, 20];
    const done = ALL.filter((index) => !missing.includes(index));
    const { row, wakes, puts, looks } = await upload({ done });
    expect(sorted(puts)).toEqual(missing);
    expect(looks).toEqual(['upload-1', 'upload-1']);
    expect(row).toMatchObject({ state: 'processing' });
    expect(row).not.toHaveProperty('upload');
    expect(wakes).toEqual([['admit-asset', 2]]);
  });

  it('whose chunks are all sent, but not joined, is looked at again in a minute', async () => {
    const { row, wakes, video } = await upload({ completes: false });
    const message = '0 of 20 chunks are not confirmed; status active';
    const reason = { code: 'upload_open', message };
    expect(row).toMatchObject({ state: 'uploading', reason, upload: video.upload });
    expect(wakes).toEqual([['upload-chunks', 60]]);
  });

  it('in a state that is not documented is left alone for a minute', async () => {
    const { row, wakes, puts, looks, video } = await upload({ status: 'completing' });
    expect(puts).toEqual([]);
    expect(looks).toHaveLength(1);
    expect(row).toMatchObject({ state: 'uploading', upload: video.upload, assetId: 'asset-1' });
    expect(row).not.toHaveProperty('failedAssets');
    expect(wakes).toEqual([['upload-chunks', 60]]);
  });

  it('is held, while it is sent, for longer than the function may run', async () => {
    const { heldAs } = await upload();
    expect(heldAs[0]).toMatchObject({
      state: 'uploading',
      revision: 1,
      dueAt: atSecond(NOW + 960).toISOString(),
      dueBy: 'clock',
    });
  });
});

describe('when time runs out in the middle of it', () => {
  it('the next run goes on at once with what is left', async () => {
    // Enough for the first group of sixteen, and just too little for the second.
    const { row, wakes, puts, done, video } = await upload({ secondsLeft: [120, 119.999] });
    expect(sorted(puts)).toEqual(ALL.slice(0, 16));
    expect(sorted(done)).toEqual(ALL.slice(0, 16));
    expect(row).toMatchObject({ state: 'uploading', revision: 2, upload: video.upload });
    expect(row).not.toHaveProperty('failedAssets');
    expect(wakes).toEqual([['upload-chunks', 0]]);
  });
});

describe('an upload that is over', () => {
  it.each([
    ['expired', 'with nothing done', [], 0],
    ['expired', 'with progress', [1], 1],
    ['failed', 'with nothing done', [], 1],
    ['failed', 'with progress', [1, 2], 1],
  ])(
    'as %s %s is begun anew, and counts as %4$d failures',
    async (status, _, done, failedAssets) => {
      const { row, wakes, puts } = await upload({ status, done });
      expect(puts).toEqual([]);
      const reason = overAfter(status, 2);
      expect(row).toMatchObject({ state: 'registering', stage: 'register-asset', reason });
      expect(row.failedAssets).toBe(failedAssets);
      expect(row).not.toHaveProperty('upload');
      expect(row).not.toHaveProperty('assetId');
      expect(wakes).toEqual([['register-asset', 0]]);
    },
  );

  it('with nothing done is counted where sending was tried in vain', async () => {
    const reason = { code: 'provider_silent', message: 'no answer' };
    const { row } = await upload({ status: 'expired', video: { reason } });
    expect(row).toMatchObject({ state: 'registering', failedAssets: 1 });
  });

  it('is counted on top of those before it', async () => {
    const { row } = await upload({ status: 'failed', video: { failedAssets: 1 } });
    expect(row).toMatchObject({ state: 'registering', failedAssets: 2 });
  });

  it('for the third time ends the video with its reason', async () => {
    const { row, wakes } = await upload({ status: 'failed', video: { failedAssets: 2 } });
    const reason = overAfter('failed', 2);
    expect(row).toMatchObject({ state: 'failed', failedAssets: 3, reason });
    expect(row).not.toHaveProperty('stage');
    expect(row).not.toHaveProperty('dueAt');
    expect(wakes).toEqual([]);
  });

  it('with nothing done does not end a video that failed twice', async () => {
    const { row } = await upload({ status: 'expired', video: { failedAssets: 2 } });
    expect(row).toMatchObject({ state: 'registering', failedAssets: 2 });
  });
});

describe('a session that the provider still calls active', () => {
  const LATE = DAY + 60;
  /** As of a row whose registration was never noted. */
  const bare = { registeredAt: undefined } as Partial<Video>;

  it('is used for exactly a day', async () => {
    const { row } = await upload({ second: DAY });
    expect(row).toMatchObject({ state: 'processing' });
  });

  it.each([
    ['of which nothing was sent is no failure', [], 0],
    ['of which something was sent is one', [1], 1],
  ])('longer than a day ago, and %s: it is begun anew', async (_, done, failedAssets) => {
    const { row, puts } = await upload({ done, second: LATE });
    expect(puts).toEqual([]);
    const reason = overAfter('active', 1_441);
    expect(row).toMatchObject({ state: 'registering', failedAssets, reason });
  });

  it('is as old as its registration, however long the video waits', async () => {
    const registeredAt = atSecond(LATE - 60).toISOString();
    const { row } = await upload({ second: LATE, video: { registeredAt } });
    expect(row).toMatchObject({ state: 'processing' });
  });

  it('is as old as its state where nobody noted the registration', async () => {
    const { row } = await upload({ second: LATE, video: bare });
    expect(row).toMatchObject({ state: 'registering' });
    const { row: younger } = await upload({ second: DAY, video: bare });
    expect(younger).toMatchObject({ state: 'processing' });
  });
});

it('begins a video anew whose row names no upload', async () => {
  const { row, looks, wakes } = await upload({ video: { upload: undefined } as Partial<Video> });
  expect(looks).toEqual([]);
  const reason = { code: 'upload_unknown', message: 'the row names no upload' };
  expect(row).toMatchObject({ state: 'registering', failedAssets: 1, reason });
  expect(wakes).toEqual([['register-asset', 0]]);
});
