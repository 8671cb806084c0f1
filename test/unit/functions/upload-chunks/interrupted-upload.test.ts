import { describe, expect, it } from 'vitest';
import { ObjectLostError } from '../../../../shared/objects.ts';
import { ProviderRefusedError, ProviderSilentError } from '../../../../shared/twelvelabs/errors.ts';
import { atSecond } from '../../../support/rows.ts';
import { NOW, type UploadWorld, upload } from '../../../support/start-upload.ts';

const refused = (status: number, retryAfterSeconds?: number) =>
  new ProviderRefusedError(status, `http_${status}`, 'words', retryAfterSeconds);
const silent = new ProviderSilentError('no answer');
const denied = Object.assign(new Error('no right'), { name: 'AccessDenied' });
/** Seconds from its look until the row is due. */
const dueIn = ({ dueAt = '' }, second: number) =>
  (Date.parse(dueAt) - atSecond(second).getTime()) / 1000;

describe('an upload that the provider', () => {
  it.each([404, 400, 409, 413, 415, 422])('answers with %d is begun anew', async (status) => {
    const { row, wakes } = await upload({ fails: { look: refused(status) } });
    const reason = { code: `http_${status}`, message: 'words' };
    expect(row).toMatchObject({ state: 'registering', failedAssets: 1, reason });
    expect(row).not.toHaveProperty('upload');
    expect(row).not.toHaveProperty('assetId');
    expect(wakes).toEqual([['register-asset', 0]]);
  });

  it('no longer takes the chunks of is begun anew', async () => {
    const { row } = await upload({ fails: { put: refused(404) } });
    expect(row).toMatchObject({ state: 'registering', failedAssets: 1 });
  });

  it('does not know for the third time ends the video in the words of the provider', async () => {
    const world = { video: { failedAssets: 2 }, fails: { look: refused(404) } };
    const { row, wakes } = await upload(world);
    const reason = { code: 'http_404', message: 'words' };
    expect(row).toMatchObject({ state: 'failed', failedAssets: 3, reason });
    expect(wakes).toEqual([]);
  });

  it('wants to be left in peace goes on when it said, for which it says why', async () => {
    const { row, wakes, video } = await upload({ fails: { look: refused(429, 77) } });
    const reason = { code: 'http_429', message: 'words' };
    expect(row).toMatchObject({ state: 'uploading', upload: video.upload, reason });
    expect(row).not.toHaveProperty('failedAssets');
    expect(wakes).toEqual([['upload-chunks', 77]]);
  });

  it('wants to be left in peace for an hour goes on by the clock', async () => {
    const { row, wakes } = await upload({ fails: { look: refused(429, 3_600) } });
    expect(wakes).toEqual([]);
    expect(row).toMatchObject({ state: 'uploading', dueBy: 'clock' });
    expect(dueIn(row, NOW)).toBe(3_600);
  });
});

describe('an upload that is interrupted by', () => {
  it.each<[string, UploadWorld['fails'], string]>([
    ['no answer', { look: silent }, 'provider_silent'],
    ['no answer to a chunk', { put: silent }, 'provider_silent'],
    ['a 429 that does not say for how long', { look: refused(429) }, 'http_429'],
    ['a 401', { look: refused(401) }, 'http_401'],
    ['a 403', { put: refused(403) }, 'http_403'],
    ['a 500', { look: refused(500) }, 'http_500'],
    ['S3 that does not let us read', { open: denied }, 'AccessDenied'],
  ])('%s goes on where it was after a while, with the reason', async (_, fails = {}, code) => {
    const { row, wakes, video } = await upload({ fails });
    expect(row).toMatchObject({ state: 'uploading', upload: video.upload, reason: { code } });
    expect(row).not.toHaveProperty('failedAssets');
    expect(wakes).toEqual([['upload-chunks', 50]]);
  });

  it.each([
    [0, 30],
    [60, 30],
    [600, 300],
    [1_800, 900],
    [7_200, 900],
  ])('silence %d s after it was begun is looked at again in %d s', async (second, seconds) => {
    const { wakes } = await upload({ fails: { look: silent }, second });
    expect(wakes).toEqual([['upload-chunks', seconds]]);
  });
});

describe('an object that', () => {
  it.each([
    ['is gone', 'object_gone', 'the object was deleted before it was read'],
    ['is another’s by now', 'object_replaced', 'another upload of the key took its place'],
  ] as const)('%s ends its video with the reason %s', async (_, code, message) => {
    const { row, wakes } = await upload({ fails: { open: new ObjectLostError(code) } });
    expect(row).toMatchObject({ state: 'rejected', reason: { code, message } });
    expect(row).not.toHaveProperty('upload');
    expect(row).not.toHaveProperty('failedAssets');
    expect(wakes).toEqual([]);
  });
});
