import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type BoxFixture, samples, startBox, T0 } from '../support/box-fixture.ts';
import { CHUNK_BYTES, sendChunks, startMultipart } from '../support/multipart-client.ts';

const clip = readFileSync(samples.mp4);
const HOUR_MS = 3_600_000;

describe('the status of a multipart upload', () => {
  it('tells of every chunk, by pages', async () => {
    const { fixture, upload } = await startUpload();
    await fixture.clock.advance(1_000);
    await sendChunks(upload, [1, 4]);
    await fixture.clock.advance(1_000);
    await upload.report({ ...(await upload.put(2)), proof: 'x' });
    const { call, sdk } = fixture;

    const { body } = await call('GET', `/assets/multipart-uploads/${upload.uploadId}?page_limit=3`);
    const [createdAt, reportedAt, failedAt] = [0, 1_000, 2_000].map((ms) =>
      new Date(T0.getTime() + ms).toISOString(),
    );
    const message = expect.any(String);
    expect(body).toEqual({
      upload_id: upload.uploadId,
      status: 'active',
      uploaded_chunks: [
        { index: 1, status: 'completed', uploaded_at: reportedAt, updated_at: reportedAt },
        { index: 2, status: 'failed', uploaded_at: null, updated_at: failedAt, error: message },
        { index: 3, status: 'pending', uploaded_at: null, updated_at: createdAt },
      ],
      chunks_completed: 2,
      chunks_failed: 1,
      chunks_pending: 1,
      page_info: { limit_per_page: 3, page: 1, total_page: 2, total_results: 4 },
      total_size: clip.byteLength,
      uploaded_size: clip.byteLength - 2 * CHUNK_BYTES,
      created_at: createdAt,
      updated_at: failedAt,
    });

    const indices: (number | undefined)[] = [];
    const pages = await sdk.multipartUpload.getStatus(upload.uploadId, { pageLimit: 3 });
    for await (const chunk of pages) indices.push(chunk.index);
    expect(indices).toEqual([1, 2, 3, 4]);
  });

  it('is completed when the last chunk is reported, while the asset is in process', async () => {
    const { fixture, upload } = await startUpload();
    await sendChunks(upload);
    expect(await statusOf(fixture, upload.uploadId)).toMatchObject({
      status: 'completed',
      chunks_completed: 4,
      chunks_pending: 0,
      uploaded_size: clip.byteLength,
    });
    expect(await fixture.sdk.assets.retrieve(upload.assetId)).toMatchObject({
      status: 'processing',
    });
    const urls = fixture.sdk.multipartUpload.getAdditionalPresignedUrls(upload.uploadId, {
      start: 1,
      count: 1,
    });
    await expect(urls).rejects.toMatchObject({
      statusCode: 400,
      body: { code: 'upload_completed' },
    });
  });

  it('is expired a day after the creation; the asset has failed then', async () => {
    const { fixture, upload } = await startUpload();
    const chunk = await upload.put(1);
    await fixture.clock.advance(24 * HOUR_MS - 1);
    expect(await statusOf(fixture, upload.uploadId)).toMatchObject({ status: 'active' });
    await fixture.clock.advance(1);
    expect(await statusOf(fixture, upload.uploadId)).toMatchObject({ status: 'expired' });
    expect(await upload.report(chunk)).toMatchObject({
      status: 400,
      body: { code: 'upload_expired' },
    });
    expect(await fixture.sdk.assets.retrieve(upload.assetId)).toMatchObject({
      status: 'failed',
      error: { message: expect.stringContaining('not completed') },
    });
  });

  it('stays completed, however long the asset is in process', async () => {
    const { fixture, upload } = await startUpload();
    await sendChunks(upload);
    await fixture.clock.leap(24 * HOUR_MS);
    expect(fixture.box.assets()[0]?.status).not.toBe('failed');
    expect(await statusOf(fixture, upload.uploadId)).toMatchObject({ status: 'completed' });
  });

  it('has failed when its asset was deleted on the way', async () => {
    const { fixture, upload } = await startUpload();
    const chunk = await upload.put(1);
    await fixture.sdk.assets.delete(upload.assetId);
    expect(await statusOf(fixture, upload.uploadId)).toMatchObject({ status: 'failed' });
    expect(await upload.report(chunk)).toMatchObject({
      status: 400,
      body: { code: 'upload_failed' },
    });
    await fixture.clock.advance(24 * HOUR_MS);
    expect(await statusOf(fixture, upload.uploadId)).toMatchObject({ status: 'failed' });
  });

  it('is listed as long as it can be completed, newest first', async () => {
    const { fixture, upload: oldest } = await startUpload();
    await fixture.clock.advance(HOUR_MS);
    const complete = await startMultipart(fixture);
    await sendChunks(complete);
    const newest = await startMultipart(fixture);
    const listed = async () => {
      const { data } = await fixture.sdk.multipartUpload.listIncompleteUploads({ pageLimit: 50 });
      return data.map((each) => each.uploadId);
    };
    expect(await listed()).toEqual([newest.uploadId, oldest.uploadId]);
    const { body } = await fixture.call('GET', '/assets/multipart-uploads?page=2&page_limit=1');
    expect(body).toEqual({
      data: [
        {
          upload_id: oldest.uploadId,
          status: 'active',
          total_size: clip.byteLength,
          chunk_size: CHUNK_BYTES,
          total_chunks: 4,
          created_at: T0.toISOString(),
          expires_at: new Date(T0.getTime() + 24 * HOUR_MS).toISOString(),
        },
      ],
      page_info: { limit_per_page: 1, page: 2, total_page: 2, total_results: 2 },
    });
    await fixture.clock.advance(23 * HOUR_MS);
    expect(await listed()).toEqual([newest.uploadId]);
    fixture.box.change({ switches: { listLagMs: 24 * HOUR_MS } });
    expect(await listed()).toEqual([]);
    expect(await statusOf(fixture, newest.uploadId)).toMatchObject({ status: 'active' });
  });
});

async function startUpload() {
  const fixture = await startBox({ limits: { chunkBytes: CHUNK_BYTES } });
  return { fixture, upload: await startMultipart(fixture) };
}

async function statusOf({ call }: BoxFixture, uploadId: string) {
  return (await call('GET', `/assets/multipart-uploads/${uploadId}`)).body;
}
