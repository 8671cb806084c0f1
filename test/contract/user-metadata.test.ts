import { describe, expect, it } from 'vitest';
import { startBox, uploadForm } from '../support/box-fixture.ts';
import { startMultipart } from '../support/multipart-client.ts';

describe('user metadata', () => {
  it('is merged by an update: null deletes, what is empty is left alone', async () => {
    const { assetId, sdk, metadata } = await startAsset({ a: 'old', b: 1, c: true, d: ['x'] });
    await sdk.assets.updateUserMetadata(assetId, {
      userMetadata: { a: 'new', b: null, c: '', d: [], e: 0.5, f: null },
    });
    expect(await metadata()).toEqual({ a: 'new', c: true, d: ['x'], e: 0.5 });
  });

  it('is replaced whole; keys without a value are ignored', async () => {
    const { assetId, sdk, metadata } = await startAsset({ a: 'old', b: 1 });
    await sdk.assets.replaceUserMetadata(assetId, {
      userMetadata: { b: '', c: null, d: [], e: ['x', 'y'], f: false },
    });
    expect(await metadata()).toEqual({ e: ['x', 'y'], f: false });
  });

  it('is absent when it is deleted, replaced by nothing, or never was', async () => {
    const { assetId, sdk, call } = await startAsset({ a: 1 });
    const keys = async () => Object.keys((await call('GET', `/assets/${assetId}`)).body);
    await sdk.assets.deleteUserMetadata(assetId);
    expect(await keys()).not.toContain('user_metadata');
    await sdk.assets.updateUserMetadata(assetId, { userMetadata: { a: 2 } });
    expect(await keys()).toContain('user_metadata');
    await sdk.assets.replaceUserMetadata(assetId, { userMetadata: {} });
    expect(await keys()).not.toContain('user_metadata');
  });

  it.each([
    ['PATCH', { user_metadata: { a: 1 } }],
    ['PUT', { user_metadata: { a: 1 } }],
    ['DELETE', undefined],
  ])('answers %s with an empty 204', async (method, body) => {
    const { assetId, call } = await startAsset({});
    const answer = await call(method, `/assets/${assetId}/user-metadata`, body);
    expect(answer).toMatchObject({ status: 204, text: '' });
  });

  it.each([
    ['no body', undefined, 'parameter_not_provided'],
    ['no metadata', {}, 'parameter_not_provided'],
    ['null', { user_metadata: null }, 'parameter_invalid'],
    ['a list', { user_metadata: [] }, 'parameter_invalid'],
    ['a nested value', { user_metadata: { a: {} } }, 'parameter_invalid'],
    ['a list of numbers', { user_metadata: { a: [1] } }, 'parameter_invalid'],
    ['an unknown key', { user_metadata: {}, metadata: {} }, 'parameter_unknown'],
  ])('refuses %s and changes nothing', async (_, body, code) => {
    const { assetId, call, metadata } = await startAsset({ a: 1 });
    for (const method of ['PATCH', 'PUT']) {
      const answer = await call(method, `/assets/${assetId}/user-metadata`, body);
      expect(answer).toMatchObject({ status: 400, body: { code } });
    }
    expect(await metadata()).toEqual({ a: 1 });
  });

  it.each(['PATCH', 'PUT', 'DELETE'])(
    'knows no asset for %s under a foreign id',
    async (method) => {
      const { call } = await startAsset({});
      const body = method === 'DELETE' ? undefined : { user_metadata: {} };
      const path = `/assets/${'0'.repeat(24)}/user-metadata`;
      expect(await call(method, path, body)).toMatchObject({
        status: 404,
        body: { code: 'resource_not_exist' },
      });
      expect((await call(method, '/assets/abc/user-metadata', body)).status).toBe(400);
    },
  );

  it('belongs to no prototype', async () => {
    const { assetId, call, metadata } = await startAsset({});
    const text = '{"user_metadata":{"__proto__":{"polluted":true},"constructor":"x"}}';
    await call('PATCH', `/assets/${assetId}/user-metadata`, text);
    expect(await metadata()).toEqual({ constructor: 'x' });
    expect({}).not.toHaveProperty('polluted');
  });

  it('comes with a multipart upload too, and can change before its bytes have come', async () => {
    const fixture = await startBox();
    const { assetId } = await startMultipart(fixture);
    await fixture.sdk.assets.updateUserMetadata(assetId, { userMetadata: { a: 1 } });
    expect(await fixture.sdk.assets.retrieve(assetId)).toMatchObject({
      status: 'processing',
      userMetadata: { a: 1 },
    });
  });
});

async function startAsset(metadata: object) {
  const { call, sdk } = await startBox();
  const fields = {
    method: 'url',
    url: 'http://127.0.0.1:1/a.mp4',
    user_metadata: JSON.stringify(metadata),
  };
  const assetId = (await call('POST', '/assets', uploadForm(fields))).body._id as string;
  return {
    assetId,
    call,
    sdk,
    metadata: async () => (await call('GET', `/assets/${assetId}`)).body.user_metadata,
  };
}
