import { describe, expect, it } from 'vitest';
import { samples, startBox } from '../support/box-fixture.ts';

describe('finding and deleting assets', () => {
  it('lists newest first, by pages that the SDK walks through', async () => {
    const { sdk, readyAsset } = await startBox();
    const ids: string[] = [];
    for (let count = 0; count < 3; count += 1) ids.push(await readyAsset());
    const listed: (string | undefined)[] = [];
    for await (const asset of await sdk.assets.list({ pageLimit: 2 })) listed.push(asset.id);
    expect(listed).toEqual(ids.toReversed());
  });

  it('lists only those asked for, with their details', async () => {
    const { sdk, call, readyAsset } = await startBox();
    const first = await readyAsset();
    const second = await readyAsset(samples.webm);
    await readyAsset();
    const { data } = await sdk.assets.list({ assetIds: [first, second], pageLimit: 50 });
    expect(data.map((asset) => asset.id)).toEqual([second, first]);
    expect(data[0]).toMatchObject({ status: 'ready', technicalMetadata: { videoCodec: 'vp9' } });

    const one = await call('GET', `/assets?asset_ids=${first}`);
    expect(one.body.page_info).toEqual({
      limit_per_page: 10,
      page: 1,
      total_page: 1,
      total_results: 1,
    });
  });

  it('filters by name and type', async () => {
    const { sdk, readyAsset } = await startBox();
    await readyAsset();
    const webm = await readyAsset(samples.webm);
    const named = await sdk.assets.list({ filename: 'INTERVIEW' });
    expect(named.data.map((asset) => asset.id)).toEqual([webm]);
    expect((await sdk.assets.list({ assetTypes: ['video'] })).data).toHaveLength(2);
    expect((await sdk.assets.list({ assetTypes: ['audio', 'image'] })).data).toHaveLength(0);
  });

  it.each(['page=0', 'page_limit=51', 'page_limit=ten', 'asset_ids=abc', 'asset_types=film'])(
    'refuses ?%s',
    async (query) => {
      const { call } = await startBox();
      const { status, body } = await call('GET', `/assets?${query}`);
      expect({ status, body }).toMatchObject({ status: 400, body: { code: 'parameter_invalid' } });
    },
  );

  it('deletes an asset: it is gone, but stays in the ledger', async () => {
    const { sdk, call, box, readyAsset } = await startBox();
    const id = await readyAsset();
    expect((await call('DELETE', `/assets/${id}`)).status).toBe(204);
    await expect(sdk.assets.retrieve(id)).rejects.toMatchObject({
      statusCode: 404,
      body: { code: 'resource_not_exist' },
    });
    expect((await call('DELETE', `/assets/${id}`)).status).toBe(404);
    expect((await call('GET', '/assets/not-an-id')).status).toBe(400);
    expect(box.ledger.assets()).toMatchObject([{ assetId: id }]);
  });
});
