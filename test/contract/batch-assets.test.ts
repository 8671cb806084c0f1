import { describe, expect, it } from 'vitest';
import { createBatch, refusalOf, segmentBatch, withItem } from '../support/batch-bodies.ts';
import { type BoxFixture, generalBatch, startBox, uploadForm } from '../support/box-fixture.ts';
import { png } from '../support/images.ts';

const ABSENT = 'aaaaaaaaaaaaaaaaaaaaaaaa';

async function upload(call: BoxFixture['call'], bytes: Uint8Array): Promise<string> {
  const form = uploadForm({ method: 'direct', filename: 'upload' }, bytes);
  return (await call('POST', '/assets', form)).body._id as string;
}

/** A batch with a reference image, in either place where one may be. */
const places: [string, (videoId: string, image: object) => object][] = [
  [
    'a prompt',
    (id, image) => {
      const media_sources = [{ name: 'logo', media_type: 'image', ...image }];
      return withItem(generalBatch(id), { prompt: { input_text: '<@logo>?', media_sources } });
    },
  ],
  [
    'a segment definition',
    (id, image) =>
      segmentBatch(id, { media_sources: [{ name: 'logo', media_type: 'image', ...image }] }),
  ],
];

describe('the video of an item', () => {
  it('that is not ready, or never will be, refuses the whole request', async () => {
    const { call, clock, box, readyAsset } = await startBox();
    const good = await readyAsset();
    const batch = generalBatch(good, await upload(call, Buffer.from('x')));
    const refusal = { status: 409, code: 'asset_not_ready', message: expect.any(String) };
    expect(await refusalOf(call, batch)).toEqual(refusal);
    await clock.advance(1_500);
    expect(await refusalOf(call, batch)).toEqual(refusal);
    expect(box.ledger.items()).toEqual([]);
  });

  it.each([
    ['404', 404, 'resource_not_exist'],
    ['403', 403, 'read_not_allowed'],
  ] as const)(
    'that the account has not is refused as switched to %s',
    async (unknownAsset, status, code) => {
      const { call, readyAsset } = await startBox({ switches: { unknownAsset } });
      const refusal = await refusalOf(call, generalBatch(await readyAsset(), ABSENT));
      expect(refusal).toEqual({ status, code, message: expect.stringContaining(ABSENT) });
    },
  );

  it('that was deleted is refused like one that never was', async () => {
    const { call, readyAsset } = await startBox();
    const id = await readyAsset();
    await call('DELETE', `/assets/${id}`);
    expect((await refusalOf(call, generalBatch(id))).status).toBe(404);
  });

  it('that is an image fails its item alone', async () => {
    const { sdk, call, clock } = await startBox();
    const id = await upload(call, png);
    await clock.advance(1_500);
    const { batch_id } = await createBatch(call, generalBatch(id));
    await clock.advance(4_000);
    expect(await sdk.analyzeAsync.batches.retrieve(batch_id)).toMatchObject({ failedItems: 1 });
  });

  it('that is named in capitals is the same asset, also when it is deleted', async () => {
    const { sdk, call, clock, readyAsset } = await startBox();
    const id = await readyAsset();
    const { batch_id } = await createBatch(call, generalBatch(id.toUpperCase()));
    await call('DELETE', `/assets/${id}`);
    await clock.advance(4_000);
    expect(await sdk.analyzeAsync.batches.retrieve(batch_id)).toMatchObject({ failedItems: 1 });
  });
});

describe.each(places)('a reference image in %s', (_, batchWith) => {
  it('is taken as an asset that is ready', async () => {
    const { call, clock, readyAsset } = await startBox();
    const id = await readyAsset();
    const imageId = await upload(call, png);
    expect(await refusalOf(call, batchWith(id, { asset_id: imageId }))).toMatchObject({
      status: 409,
      code: 'asset_not_ready',
    });
    await clock.advance(1_500);
    await createBatch(call, batchWith(id, { asset_id: imageId.toUpperCase() }));
  });

  it.each([
    ['404', 404],
    ['403', 403],
  ] as const)(
    'that is unknown refuses the request, as switched to %s',
    async (unknownAsset, status) => {
      const { call, readyAsset } = await startBox({ switches: { unknownAsset } });
      const batch = batchWith(await readyAsset(), { asset_id: ABSENT });
      expect((await refusalOf(call, batch)).status).toBe(status);
    },
  );

  it('is no video', async () => {
    const { call, readyAsset } = await startBox();
    const id = await readyAsset();
    expect(await refusalOf(call, batchWith(id, { asset_id: id }))).toMatchObject({
      status: 400,
      code: 'parameter_invalid',
    });
  });

  it('has up to 30 MB as base64', async () => {
    const { call, readyAsset } = await startBox();
    const id = await readyAsset();
    const base64_string = 'A'.repeat(30 * 1024 ** 2);
    await createBatch(call, batchWith(id, { base64_string }));
    const tooLong = batchWith(id, { base64_string: `${base64_string}AAAA` });
    expect(await refusalOf(call, tooLong)).toMatchObject({
      status: 400,
      code: 'parameter_invalid',
    });
  });
});
