import { createReadStream } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { BoxSwitches } from '../../local/twelvelabs/switches.ts';
import { generalBatch, samples, startBox, uploadForm } from '../support/box-fixture.ts';
import { png } from '../support/images.ts';

const toClip = { method: 'direct' };
const toNowhere = { method: 'url', url: 'http://127.0.0.1:1/a.mp4' };

describe('what is switched about assets', () => {
  it.each([
    ['asynchronous', samples.mp4, 'processing', 'ready'],
    ['ready-at-once', samples.mp4, 'ready', 'ready'],
    ['ready-at-once', samples.notVideo, 'failed', 'failed'],
  ] as const)('%s: a small upload', async (smallUploads, clip, atOnce, later) => {
    const { sdk, clock } = await startBox({ switches: { smallUploads } });
    const file = createReadStream(clip);
    const { id = '', status } = await sdk.assets.create({ method: 'direct', file });
    expect(status).toBe(atOnce);
    await clock.advance(1_500);
    expect((await sdk.assets.retrieve(id)).status).toBe(later);
  });

  it('ready-at-once: a URL is processed later all the same', async () => {
    const { sdk } = await startBox({ switches: { smallUploads: 'ready-at-once' } });
    const { status } = await sdk.assets.create({ method: 'url', url: toNowhere.url });
    expect(status).toBe('processing');
  });

  it.each([
    ['whole', true],
    ['absent', false],
  ] as const)('technical metadata: %s', async (technicalMetadata, isThere) => {
    const { sdk, box, readyAsset } = await startBox({ switches: { technicalMetadata } });
    const asset = await sdk.assets.retrieve(await readyAsset());
    expect(asset.status).toBe('ready');
    for (const key of ['size', 'duration', 'technicalMetadata']) {
      expect(Object.hasOwn(asset, key)).toBe(isThere);
    }
    expect('size' in (box.assets()[0] ?? {})).toBe(isThere);
  });

  it.each<[BoxSwitches['derivedMedia'], Record<string, string>, string[]]>([
    ['off', {}, []],
    ['on', {}, ['hls', 'thumbnail']],
    ['on', { enable_hls: 'false', enable_thumbnail: 'false' }, []],
    ['on', { enable_hls: 'false' }, ['thumbnail']],
    ['off', { enable_hls: 'true', enable_thumbnail: 'true' }, ['hls', 'thumbnail']],
  ])('derived media %s, asked for %o: %o', async (derivedMedia, flags, keys) => {
    const { call, clock } = await startBox({ switches: { derivedMedia } });
    const form = uploadForm({ ...toClip, ...flags }, samples.mp4);
    const { body: created } = await call('POST', '/assets', form);
    const derived = async () => {
      const { body } = await call('GET', `/assets/${created._id}`);
      return Object.fromEntries(Object.entries(body).filter(([key]) => /hls|thumb/.test(key)));
    };
    expect(created).not.toHaveProperty('hls');
    expect(created).not.toHaveProperty('thumbnail');
    const pending = await derived();
    expect(Object.keys(pending)).toEqual(keys);
    for (const key of keys) expect(pending[key]).toEqual({ status: 'pending' });
    await clock.advance(1_500);
    const urls = { hls: 'manifest_url', thumbnail: 'representative_url' };
    for (const [key, media] of Object.entries(await derived())) {
      const url = urls[key as keyof typeof urls];
      expect(media).toEqual({ status: 'ready', [url]: expect.stringMatching(/^https:/) });
    }
  });

  it('derived media: an image has no stream, a failed file has errors', async () => {
    const { call, clock } = await startBox({ switches: { derivedMedia: 'on' } });
    const image = await call('POST', '/assets', uploadForm(toClip, png));
    const broken = await call('POST', '/assets', uploadForm(toClip, samples.notVideo));
    await clock.advance(1_500);
    const { body: imageNow } = await call('GET', `/assets/${image.body._id}`);
    expect(imageNow).not.toHaveProperty('hls');
    expect(imageNow.thumbnail).toMatchObject({ status: 'ready' });
    const { body: brokenNow } = await call('GET', `/assets/${broken.body._id}`);
    expect(brokenNow).toMatchObject({ hls: { status: 'error' }, thumbnail: { status: 'error' } });
    expect(brokenNow.hls).not.toHaveProperty('manifest_url');
  });

  it.each([
    ['contains', 'OALS', 1],
    ['contains', 'goals.mp4', 1],
    ['exact', 'OALS', 0],
    ['exact', 'Goals.mp4', 0],
    ['exact', 'goals.mp4', 1],
  ] as const)('the filter of filenames, %s: %s', async (filenameFilter, filename, found) => {
    const { sdk, readyAsset } = await startBox({ switches: { filenameFilter } });
    await readyAsset();
    expect((await sdk.assets.list({ filename })).data).toHaveLength(found);
  });

  it.each([
    ['_id', false],
    ['both', true],
  ] as const)('the key of the id: %s', async (assetIdKey, hasBoth) => {
    const { call } = await startBox({ switches: { assetIdKey } });
    const { body: created } = await call('POST', '/assets', uploadForm(toNowhere));
    const { body: detail } = await call('GET', `/assets/${created._id}`);
    const { body: list } = await call('GET', '/assets');
    for (const asset of [created, detail, list.data[0]]) {
      expect(asset.id).toBe(hasBoth ? created._id : undefined);
    }
  });

  it.each(['204', '200'] as const)('the status of a deletion: %s', async (deleteStatus) => {
    const { call } = await startBox({ switches: { deleteStatus } });
    const { body: created } = await call('POST', '/assets', uploadForm(toNowhere));
    for (const path of [`/assets/${created._id}/user-metadata`, `/assets/${created._id}`]) {
      const { status, text } = await call('DELETE', path);
      expect({ status, text }).toEqual({ status: Number(deleteStatus), text: '' });
    }
  });

  it.each(['204', '200'] as const)('lets the SDK delete with %s', async (deleteStatus) => {
    const { sdk, readyAsset } = await startBox({ switches: { deleteStatus } });
    const assetId = await readyAsset();
    await sdk.assets.delete(assetId, { force: false });
    await expect(sdk.assets.retrieve(assetId)).rejects.toMatchObject({ statusCode: 404 });
  });

  it('lists lag behind, retrieving does not', async () => {
    const { sdk, clock, readyAsset } = await startBox({ switches: { listLagMs: 5_000 } });
    const assetId = await readyAsset();
    const listed = async (filter = {}) => (await sdk.assets.list(filter)).data.length;
    await clock.advance(3_499);
    expect([await listed(), await listed({ assetIds: assetId })]).toEqual([0, 0]);
    expect((await sdk.assets.retrieve(assetId)).status).toBe('ready');
    await clock.advance(1);
    expect([await listed(), await listed({ assetIds: assetId })]).toEqual([1, 1]);
  });

  it.each([
    ['404', 404, 'resource_not_exist'],
    ['403', 403, 'read_not_allowed'],
  ] as const)('an unknown asset is a %s', async (unknownAsset, statusCode, code) => {
    const { sdk, call } = await startBox({ switches: { unknownAsset } });
    const assetId = '0'.repeat(24);
    const refusal = { statusCode, body: { code, message: expect.stringContaining(assetId) } };
    await expect(sdk.assets.retrieve(assetId)).rejects.toMatchObject(refusal);
    await expect(sdk.assets.delete(assetId)).rejects.toMatchObject(refusal);
    await expect(sdk.assets.deleteUserMetadata(assetId)).rejects.toMatchObject(refusal);
    expect((await call('GET', `/assets?asset_ids=${assetId}`)).body.data).toEqual([]);
  });
});

describe('deleting an asset that a batch needs', () => {
  it('refused: until the batch is over, unless it is forced', async () => {
    const { sdk, call, clock, readyAsset } = await startBox({
      switches: { assetInUse: 'refused' },
    });
    const [needed, forced, free] = [await readyAsset(), await readyAsset(), await readyAsset()];
    expect((await call('POST', '/analyze/batches', generalBatch(needed, forced))).status).toBe(201);
    await sdk.assets.delete(free);
    await expect(sdk.assets.delete(needed)).rejects.toMatchObject({
      statusCode: 409,
      body: { code: 'asset_in_use' },
    });
    expect((await call('DELETE', `/assets/${needed}?force=false`)).status).toBe(409);
    expect((await call('DELETE', `/assets/${needed}?force=yes`)).status).toBe(400);
    expect((await sdk.assets.retrieve(needed)).status).toBe('ready');
    await sdk.assets.delete(forced, { force: true });
    await clock.advance(60_000);
    await sdk.assets.delete(needed);
  });

  it('deleted: without a word', async () => {
    const { sdk, call, readyAsset } = await startBox();
    const assetId = await readyAsset();
    await call('POST', '/analyze/batches', generalBatch(assetId));
    await sdk.assets.delete(assetId);
    await expect(sdk.assets.retrieve(assetId)).rejects.toMatchObject({ statusCode: 404 });
  });
});
