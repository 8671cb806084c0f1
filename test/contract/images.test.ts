import { describe, expect, it } from 'vitest';
import { generalBatch, readLines, startBox, uploadForm } from '../support/box-fixture.ts';
import { gif, png, webp } from '../support/images.ts';
import { sendChunks, startMultipart } from '../support/multipart-client.ts';

describe('images', () => {
  it.each([
    ['image/png', png, 'png'],
    ['image/gif', gif, 'gif'],
    ['image/webp', webp, 'webp'],
  ])(
    'takes an image of type %s by its bytes, whatever its name',
    async (fileType, bytes, format) => {
      const { sdk, call, clock } = await startBox();
      const { body } = await call('POST', '/assets', uploadForm({ method: 'direct' }, bytes));
      expect(body).toMatchObject({ status: 'processing', filename: 'clip.mp4' });
      await clock.advance(1_500);
      const asset = await sdk.assets.retrieve(body._id);
      expect(asset).toMatchObject({ status: 'ready', fileType, size: bytes.byteLength });
      expect(asset).not.toHaveProperty('duration');
      expect(asset.technicalMetadata).toEqual({
        fileSizeBytes: bytes.byteLength,
        fileMimeType: fileType,
        imageFormat: format,
      });
      expect((await sdk.assets.list({ assetTypes: 'image' })).data).toHaveLength(1);
      expect((await sdk.assets.list({ assetTypes: 'video' })).data).toHaveLength(0);
    },
  );

  it('fails an item whose asset is an image', async () => {
    const { call, clock } = await startBox();
    const { body } = await call('POST', '/assets', uploadForm({ method: 'direct' }, png));
    await clock.advance(1_500);
    const batch = await call('POST', '/analyze/batches', generalBatch(body._id));
    await clock.advance(60_000);
    expect(await readLines(call, batch.body.batch_id)).toMatchObject([
      { status: 'failed', error: { code: 'video_file_broken' } },
    ]);
  });

  it('takes an image in chunks, and a video that was announced as one', async () => {
    const fixture = await startBox();
    const image = await startMultipart(fixture, { bytes: png, filename: 'a.png', type: 'image' });
    const video = await startMultipart(fixture, { type: 'image' });
    await sendChunks(image, [1]);
    await sendChunks(video, [1]);
    await fixture.box.settled();
    await fixture.clock.advance(1_500);
    const { data } = await fixture.sdk.assets.list();
    expect(data).toMatchObject([
      { id: video.assetId, status: 'ready', fileType: 'video/mp4' },
      { id: image.assetId, status: 'ready', fileType: 'image/png' },
    ]);
  });

  it('fails an image in chunks that was announced as a video and is too large', async () => {
    const fixture = await startBox({ limits: { imageUploadBytes: png.byteLength - 1 } });
    const upload = await startMultipart(fixture, { bytes: png });
    await sendChunks(upload, [1]);
    await fixture.box.settled();
    await fixture.clock.advance(1_500);
    expect(await fixture.sdk.assets.retrieve(upload.assetId)).toMatchObject({
      status: 'failed',
      error: { message: expect.stringContaining('too large') },
    });
  });
});
