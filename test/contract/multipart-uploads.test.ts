import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { boxFiles } from '../support/box-files.ts';
import { type BoxFixture, samples, startBox, T0 } from '../support/box-fixture.ts';
import { CHUNK_BYTES, putChunk, sendChunks, startMultipart } from '../support/multipart-client.ts';
import { uploaderFor } from '../support/sdk-uploader.ts';

const clip = readFileSync(samples.mp4);

describe('uploading in chunks', () => {
  it('takes a file from the SDK', async () => {
    const { box, clock, sdk } = await chunkedBox();
    const uploader = uploaderFor(box.baseUrl);
    const progress: number[] = [];
    const { assetId, assetUrl } = await uploader.uploadFile(fileURLToPath(samples.mp4), {
      batchSize: 3,
      progressCallback: ({ completedChunks }) => progress.push(completedChunks),
    });
    expect(progress).toEqual([3, 4]);
    expect(assetUrl).toBe(`${box.baseUrl}/assets/${assetId}`);
    expect(await sdk.assets.retrieve(assetId)).toMatchObject({ status: 'processing' });

    await box.settled();
    await clock.advance(1_500);
    expect(await sdk.assets.retrieve(assetId)).toMatchObject({
      status: 'ready',
      method: 'multipart',
      filename: 'goals.mp4',
      size: clip.byteLength,
      technicalMetadata: { videoCodec: 'h264' },
    });
    expect(box.ledger.assets()).toEqual([
      { assetId, filename: 'goals.mp4', method: 'multipart', status: 'ready' },
    ]);
    expect(box.requests).toContain('multipartUpload.putChunk');
    expect(boxFiles()).toEqual([]);
  });

  it('begins with a session, an asset in process and the first URLs', async () => {
    const { sdk, call } = await chunkedBox({ uploadUrlsAtFirst: 2 });
    const created = await sdk.multipartUpload.create({
      filename: 'goals.mp4',
      type: 'video',
      totalSize: clip.byteLength,
      enableHls: false,
      enableThumbnail: true,
      userMetadata: { prefix: 'football' },
    });
    expect(created).toMatchObject({
      uploadId: expect.stringMatching(/^[0-9a-f]{24}$/),
      chunkSize: CHUNK_BYTES,
      totalChunks: 4,
      uploadHeaders: {},
      expiresAt: new Date(T0.getTime() + 24 * 3_600_000),
    });
    expect(created.uploadUrls).toMatchObject([
      { chunkIndex: 1, expiresAt: new Date(T0.getTime() + 3_600_000) },
      { chunkIndex: 2 },
    ]);
    expect(await sdk.assets.retrieve(created.assetId ?? '')).toEqual({
      id: created.assetId,
      method: 'multipart',
      status: 'processing',
      filename: 'goals.mp4',
      fileType: 'video/mp4',
      createdAt: T0,
      userMetadata: { prefix: 'football' },
      thumbnail: { status: 'pending' },
    });

    const { status, body } = await call('POST', '/assets/multipart-uploads', {
      filename: 'a.mp4',
      type: 'audio',
      total_size: 1,
      enable_hls: null,
      user_metadata: null,
    });
    expect(status).toBe(201);
    expect(Object.keys(body).toSorted()).toEqual(
      'asset_id chunk_size expires_at total_chunks upload_headers upload_id upload_urls'.split(' '),
    );
    expect(Object.keys(body.upload_urls[0]).toSorted()).toEqual([
      'chunk_index',
      'expires_at',
      'url',
    ]);
  });

  it('gives further URLs, each good for an hour from then', async () => {
    const { sdk, clock } = await chunkedBox({ uploadUrlsAtFirst: 0 });
    const { uploadId = '', uploadUrls } = await createUpload(sdk);
    expect(uploadUrls).toEqual([]);
    await clock.advance(60_000);
    const more = await sdk.multipartUpload.getAdditionalPresignedUrls(uploadId, {
      start: 2,
      count: 3,
    });
    const expiresAt = new Date(T0.getTime() + 3_660_000);
    expect(more).toMatchObject({
      uploadId,
      startIndex: 2,
      count: 3,
      uploadUrls: [2, 3, 4].map((chunkIndex) => ({ chunkIndex, expiresAt })),
      generatedAt: new Date(T0.getTime() + 60_000),
      expiresAt,
    });
  });

  it('answers a chunk with its MD5 as a quoted ETag, without asking for the key', async () => {
    const fixture = await chunkedBox();
    const upload = await startMultipart(fixture);
    const { status, headers, text } = await putChunk(await upload.urlOf(1), upload.bytesOf(1));
    const md5 = createHash('md5').update(upload.bytesOf(1)).digest('hex');
    expect({ status, text }).toEqual({ status: 200, text: '' });
    expect(headers.get('etag')).toBe(`"${md5}"`);
  });

  it('takes chunks and reports in any order, with quotes around the proof or without', async () => {
    const fixture = await chunkedBox();
    const upload = await startMultipart(fixture);
    const last = await upload.put(4);
    const quoted = await upload.report({ ...last, proof: `"${last.proof}"` });
    expect(quoted.body).toEqual({
      asset_id: upload.assetId,
      processed_chunks: 1,
      duplicate_chunks: 0,
      total_completed: 1,
    });
    const [third, first] = [await upload.put(3), await upload.put(1)];
    expect((await upload.report(third, last, first, first)).body).toMatchObject({
      processed_chunks: 2,
      duplicate_chunks: 2,
      total_completed: 3,
    });
    const done = await upload.report(await upload.put(2));
    expect(done.status).toBe(200);
    expect(done.body).toMatchObject({ total_completed: 4, url: expect.any(String) });
    await fixture.box.settled();
    await fixture.clock.advance(1_500);
    expect(await fixture.sdk.assets.retrieve(upload.assetId)).toMatchObject({ status: 'ready' });
  });

  it('fails an asset whose joined chunks are no video', async () => {
    const { box, clock, sdk, call } = await chunkedBox();
    const upload = await startMultipart({ call }, { bytes: Buffer.alloc(30_000, 'no video ') });
    await sendChunks(upload, [1, 2]);
    await box.settled();
    await clock.advance(1_500);
    expect(await sdk.assets.retrieve(upload.assetId)).toMatchObject({ status: 'failed' });
    expect(box.ledger.assets()).toMatchObject([{ status: 'failed' }]);
  });

  it('counts as an upload, unless switched off', async () => {
    const { call, box, sdk } = await chunkedBox({ uploadsPerMinute: 2 });
    await createUpload(sdk);
    const { status } = await call('POST', '/assets/multipart-uploads', {});
    expect(status).toBe(400);
    await expect(createUpload(sdk, 0)).rejects.toMatchObject({ statusCode: 429 });
    box.change({ switches: { multipartCounts: false } });
    expect(await createUpload(sdk)).toHaveProperty('uploadId');
  });
});

function createUpload(sdk: BoxFixture['sdk'], maxRetries = 2) {
  const file = { filename: 'goals.mp4', type: 'video' as const, totalSize: clip.byteLength };
  return sdk.multipartUpload.create(file, { maxRetries });
}

function chunkedBox(limits = {}): Promise<BoxFixture> {
  return startBox({ limits: { chunkBytes: CHUNK_BYTES, ...limits } });
}
