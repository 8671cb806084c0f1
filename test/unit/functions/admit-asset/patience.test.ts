import { describe, expect, it } from 'vitest';
import { admitAssets } from '../../../../functions/admit-asset/admit-asset.ts';
import type { RoundDue } from '../../../../shared/messages.ts';
import { ProviderSilentError } from '../../../../shared/twelvelabs/errors.ts';
import type { Video } from '../../../../shared/video.ts';
import { videoLimits } from '../../../../shared/video-limits.ts';
import { rowDueOf } from '../../../../shared/waiting-room.ts';
import { fakeQueue } from '../../../support/fakes.ts';
import { aProfile, atSecond, aVideo } from '../../../support/rows.ts';
import { startRows } from '../../../support/start-rows.ts';

const HOUR = 3_600;
const DAY = 24 * HOUR;
const OUTAGE = { code: 'provider_silent', message: 'no answer' };
const MISSING = { code: 'asset_missing', message: 'the provider does not list the asset' };

const limits = videoLimits.parse({
  maxBytes: 1_000,
  minDurationSeconds: 4,
  maxDurationSeconds: 7_200,
  minSidePixels: 360,
  maxLongSidePixels: 5_184,
  maxShortSidePixels: 2_160,
  maxAspect: 2.4,
});

/** What the provider says of the asset at a look. */
type Answer = 'processing' | 'ready' | 'missing' | 'silence';

/** One video whose asset is processed since second 0. */
async function startLooks(fields: Partial<Video> = {}) {
  const video = aVideo({
    state: 'processing',
    stage: 'admit-asset',
    assetId: 'asset-1',
    registeredAt: atSecond(0).toISOString(),
    ...fields,
  });
  const rows = await startRows([video]);
  const row = () => rows.videoNow(video);
  return {
    ...rows,
    video,
    row,
    /** What has become of the video after a look, its message having come. */
    look: async (answer: Answer, second: number) => {
      rows.at(second);
      const sent = rows.wakes().length;
      const delivery = { messageId: 'look', message: rowDueOf(await row()) };
      const failed = await admitAssets(
        { decoded: [delivery], malformed: [] },
        {
          provider: {
            listAssets: async () => {
              if (answer === 'silence') throw new ProviderSilentError('no answer');
              return answer === 'missing' ? [] : [{ _id: 'asset-1', status: answer }];
            },
          },
          store: rows.store,
          segments: { deleteOlder: async () => {} },
          waitingRoom: rows.waitingRoom,
          queuedAnalyses: fakeQueue<RoundDue>(),
          profiles: [aProfile()],
          limits,
          now: rows.now,
          log: rows.log,
        },
      );
      expect(failed).toEqual([]);
      return { row: await row(), wakes: rows.wakes().slice(sent) };
    },
  };
}

describe('an asset that is still processed', () => {
  it.each([
    [0, 10],
    [60, 30],
    [600, 300],
    [DAY, 300],
  ])('after %d s is looked at again in %d s', async (second, seconds) => {
    const { look } = await startLooks();
    const { row, wakes } = await look('processing', second);
    expect(row).toMatchObject({ state: 'processing' });
    expect(wakes).toEqual([['admit-asset', seconds]]);
  });

  it('after more than a day fails, with the time it took', async () => {
    const { look } = await startLooks();
    const { row, wakes } = await look('processing', DAY + 1);
    const message = 'the asset was still processing after 24 h';
    expect(row).toMatchObject({ state: 'failed', reason: { code: 'asset_not_ready', message } });
    expect(wakes).toEqual([]);
  });

  it('is waited for no longer for having been looked at often', async () => {
    const { look, row } = await startLooks();
    let second = 23 * HOUR;
    while ((await row()).state === 'processing' && second < 2 * DAY) {
      const { wakes } = await look('processing', second);
      second += wakes[0]?.[1] ?? 0;
    }
    expect(await row()).toMatchObject({ state: 'failed' });
    expect(second).toBeGreaterThan(DAY);
    expect(second).toBeLessThanOrEqual(DAY + 300);
  });
});

describe('a video whose chunks took longer than a day', () => {
  const ARRIVED = 25 * HOUR;
  const arrive = async () => {
    const looks = await startLooks({ state: 'uploading', stage: 'upload-chunks' });
    looks.at(ARRIVED);
    await looks.waitingRoom.move(looks.video, { to: 'processing', inSeconds: 2 });
    return looks;
  };

  it('is not failed at its first look, which is as early as any other’s', async () => {
    const { look } = await arrive();
    const { row, wakes } = await look('processing', ARRIVED + 2);
    expect(row).toMatchObject({ state: 'processing' });
    expect(wakes).toEqual([['admit-asset', 10]]);
  });

  it('is waited for as long as any other from its arrival', async () => {
    const { look } = await arrive();
    const { row } = await look('processing', ARRIVED + DAY);
    expect(row).toMatchObject({ state: 'processing' });
    const { row: later } = await look('processing', ARRIVED + DAY + 1);
    expect(later).toMatchObject({ state: 'failed', reason: { code: 'asset_not_ready' } });
  });
});

describe('a provider that does not answer', () => {
  it.each([0, DAY, 3 * DAY])('after %d s makes its videos wait a minute', async (second) => {
    const { look } = await startLooks();
    const { row, wakes } = await look('silence', second);
    expect(row).toMatchObject({ state: 'processing', reason: OUTAGE });
    expect(wakes).toEqual([['admit-asset', 60]]);
  });

  it('for longer than a day leaves its videos one more look, and fails them at the next', async () => {
    const { look } = await startLooks();
    await look('silence', 10);
    await look('silence', 30 * HOUR);
    const { row, wakes } = await look('processing', 31 * HOUR);
    expect(row).toMatchObject({ state: 'processing' });
    expect(row).not.toHaveProperty('reason');
    expect(wakes).toEqual([['admit-asset', 300]]);
    const { row: last } = await look('processing', 31 * HOUR + 300);
    const message = 'the asset was still processing after 31 h';
    expect(last).toMatchObject({ state: 'failed', reason: { code: 'asset_not_ready', message } });
  });

  it('for longer than a day does no harm to what was ready meanwhile', async () => {
    const { look } = await startLooks();
    await look('silence', 30 * HOUR);
    const { row } = await look('ready', 31 * HOUR);
    expect(row).toMatchObject({ state: 'admitted' });
    expect(row).not.toHaveProperty('reason');
  });
});

describe('an asset that is not listed', () => {
  it('is waited for like one that is processed, with the reason', async () => {
    const { look } = await startLooks();
    const { row, wakes } = await look('missing', 60);
    expect(row).toMatchObject({ state: 'processing', reason: MISSING });
    expect(wakes).toEqual([['admit-asset', 30]]);
  });

  it('for more than a day fails with that reason', async () => {
    const { look } = await startLooks({ reason: MISSING });
    const { row } = await look('missing', DAY + 1);
    expect(row).toMatchObject({ state: 'failed', reason: MISSING });
  });

  it('after an outage of more than a day has one more look to be listed', async () => {
    const { look } = await startLooks();
    await look('silence', 30 * HOUR);
    expect((await look('missing', 31 * HOUR)).row).toMatchObject({ state: 'processing' });
    expect((await look('missing', 31 * HOUR + 300)).row).toMatchObject({ state: 'failed' });
  });
});
