import { TwelveLabs, TwelvelabsApiClient } from 'twelvelabs-js';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { API_KEY, bodyOf, generalBatch, serve, startBox } from '../support/box-fixture.ts';

/*
 * What `twelvelabs-js` 1.3.4 sends that was not meant. A test that fails here says that a defect is
 * mended.
 */

afterEach(() => {
  vi.unstubAllEnvs();
});

/** The body that creating this batch sends. */
async function sentBody(batch: object): Promise<unknown> {
  const bodies: unknown[] = [];
  const baseUrl = await serve(async (request, response) => {
    bodies.push(JSON.parse(await bodyOf(request)));
    response.writeHead(400).end();
  });
  const sdk = new TwelvelabsApiClient({ apiKey: API_KEY, baseUrl });
  const { batches } = sdk.analyzeAsync;
  await expect(batches.create(batch as Parameters<typeof batches.create>[0])).rejects.toThrow();
  return bodies[0];
}

describe('a request of the official SDK 1.3.4', () => {
  // A server that is strict about null refuses what was never set.
  it('has null for an option that is set to undefined', async () => {
    const requests = [{ video: { type: 'asset_id', assetId: 'a' }, customId: undefined }];
    const batch = { modelName: 'pegasus1.5', analysisMode: 'general', requests };
    expect(await sentBody({ ...batch, defaults: { temperature: undefined } })).toEqual({
      model_name: 'pegasus1.5',
      analysis_mode: 'general',
      defaults: { temperature: null },
      requests: [{ video: { type: 'asset_id', asset_id: 'a' }, custom_id: null }],
    });
    expect(
      await sentBody({ ...batch, requests: [{ video: { type: 'asset_id', assetId: 'a' } }] }),
    ).toEqual({
      model_name: 'pegasus1.5',
      analysis_mode: 'general',
      requests: [{ video: { type: 'asset_id', asset_id: 'a' } }],
    });
  });

  // So the box takes null as if it were absent.
  it('is taken by the box though it says null', async () => {
    const { call, readyAsset } = await startBox();
    const batch = generalBatch(await readyAsset());
    const { status, body } = await call('POST', '/analyze/batches', {
      ...batch,
      defaults: { ...batch.defaults, temperature: null },
      requests: batch.requests.map((request) => ({ ...request, custom_id: null })),
    });
    expect({ status, body }).toMatchObject({ status: 201, body: { items: [{ custom_id: null }] } });
  });

  // Whoever tells items apart by `customId === null` finds none.
  it('has undefined in its answer where null was said', async () => {
    const { sdk, readyAsset } = await startBox();
    const { items } = await sdk.analyzeAsync.batches.create({
      modelName: 'pegasus1.5',
      analysisMode: 'general',
      defaults: { prompt: { inputText: 'What happens?' } },
      requests: [{ video: { type: 'asset_id', assetId: await readyAsset() } }],
    });
    expect(items.map((item) => item.customId)).toEqual([undefined]);
  });

  // Every walk through a list costs a request, even through a list of one page or none.
  it.each([
    [0, 2, 1],
    [1, 2, 2],
    [3, 2, 3],
    [4, 2, 3],
  ])(
    'for %i assets by pages of %i is sent %i times: there is always an empty page',
    async (count, pageLimit, times) => {
      const { box, sdk, readyAsset } = await startBox();
      for (let made = 0; made < count; made += 1) await readyAsset();
      const listed: unknown[] = [];
      for await (const asset of await sdk.assets.list({ pageLimit })) listed.push(asset);
      expect(listed).toHaveLength(count);
      expect(box.requests.filter((operation) => operation === 'assets.list')).toHaveLength(times);
    },
  );

  // A client that was meant for a stand-in talks to the provider, with the key.
  it('goes where the environment said at construction, whatever baseUrl says', async () => {
    const { box } = await startBox();
    const options = { apiKey: API_KEY, baseUrl: 'http://127.0.0.1:1/v1.3' };
    vi.stubEnv('TWELVELABS_BASE_URL', box.baseUrl);
    const early = new TwelveLabs(options);
    vi.stubEnv('TWELVELABS_BASE_URL', 'http://127.0.0.1:1/v1.3');
    expect((await early.assets.list()).data).toEqual([]);
    const late = new TwelveLabs({ ...options, baseUrl: box.baseUrl } as typeof options);
    await expect(late.assets.list()).rejects.toThrow('fetch failed');
    expect(
      (await new TwelvelabsApiClient({ ...options, baseUrl: box.baseUrl }).assets.list()).data,
    ).toEqual([]);
    expect(box.requests).toEqual(['assets.list', 'assets.list']);
  });
});
