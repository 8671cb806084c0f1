import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type BoxFixture, samples, serve, startBox, uploadForm } from '../support/box-fixture.ts';
import { png } from '../support/images.ts';

const clip = readFileSync(samples.mp4);
const clipBytes = clip.byteLength;
const pngBytes = png.byteLength;

describe('the limits of uploads', () => {
  it.each([
    ['a file in the form', { directUploadBytes: clipBytes }, clip, 201],
    ['a file in the form', { directUploadBytes: clipBytes - 1 }, clip, 400],
    ['an image in the form', { imageUploadBytes: pngBytes }, png, 201],
    ['an image in the form', { imageUploadBytes: pngBytes - 1 }, png, 400],
    ['a video, whatever images may have', { imageUploadBytes: 0 }, clip, 201],
  ])('%s, within %o', async (_, limits, bytes, status) => {
    const { call, box } = await startBox({ limits });
    const answer = await call('POST', '/assets', uploadForm({ method: 'direct' }, bytes));
    expect(answer.status).toBe(status);
    if (status === 201) return;
    expect(answer.body.code).toMatch(/^(video|image)_filesize_too_large$/);
    expect(box.ledger.assets()).toEqual([]);
  });

  it.each([
    [{ urlUploadBytes: clipBytes }, clip, 'ready'],
    [{ urlUploadBytes: clipBytes - 1 }, clip, 'failed'],
    [{ imageUploadBytes: pngBytes }, png, 'ready'],
    [{ imageUploadBytes: pngBytes - 1 }, png, 'failed'],
  ])('a file behind a URL, within %o', async (limits, bytes, status) => {
    const fixture = await startBox({ limits });
    const url = `${await serve((_, response) => response.end(bytes))}/file`;
    const { id = '' } = await fixture.sdk.assets.create({ method: 'url', url });
    await fixture.box.settled();
    await fixture.clock.advance(1_500);
    expect((await fixture.sdk.assets.retrieve(id)).status).toBe(status);
  });

  it.each([
    ['video', {}, 10 * 1024 ** 3, 201],
    ['video', {}, 10 * 1024 ** 3 + 1, 400],
    ['audio', { multipartUploadBytes: 9 }, 10, 400],
    ['image', {}, 32 * 1024 ** 2, 201],
    ['image', {}, 32 * 1024 ** 2 + 1, 400],
    ['image', { imageUploadBytes: 20, multipartUploadBytes: 9 }, 10, 400],
  ])('a %s in chunks, within %o, of %i bytes', async (type, limits, size, status) => {
    const { call } = await startBox({ limits });
    const answer = await createMultipart(call, { type, total_size: size });
    expect(answer.status).toBe(status);
    if (status === 400) expect(answer.body.code).toMatch(/_filesize_too_large$/);
  });

  it.each([
    [10, 10, 1],
    [10, 9, 2],
    [1, 10, 1],
  ])('makes of %i bytes in chunks of %i bytes: %i', async (size, chunkBytes, chunks) => {
    const { call } = await startBox({ limits: { chunkBytes } });
    const { body } = await createMultipart(call, { total_size: size });
    expect(body).toMatchObject({ chunk_size: chunkBytes, total_chunks: chunks });
    expect(body.upload_urls).toHaveLength(chunks);
  });

  it.each([
    [1, 50, 200],
    [1, 51, 400],
    [51, 50, 200],
    [52, 50, 400],
    [100, 1, 200],
    [101, 1, 400],
    [0, 1, 400],
    [1, 0, 400],
  ])('from chunk %i of 100 gives %i URLs: %i', async (start, count, status) => {
    const { call } = await startBox({ limits: { chunkBytes: 10 } });
    const { body: created } = await createMultipart(call, { total_size: 1_000 });
    expect(created.upload_urls).toHaveLength(10);
    const path = `/assets/multipart-uploads/${created.upload_id}/presigned-urls`;
    const answer = await call('POST', path, { start, count });
    expect(answer.status).toBe(status);
    if (status === 200) expect(answer.body.upload_urls).toHaveLength(count);
    else expect(answer.body).toMatchObject({ code: 'parameter_invalid' });
  });

  it.each([
    [4, 200],
    [5, 400],
  ])('within 4 uploadUrlsPerRequest gives %i URLs: %i', async (count, status) => {
    const { call } = await startBox({ limits: { chunkBytes: 10, uploadUrlsPerRequest: 4 } });
    const { body: created } = await createMultipart(call, { total_size: 1_000 });
    const path = `/assets/multipart-uploads/${created.upload_id}/presigned-urls`;
    expect((await call('POST', path, { start: 1, count })).status).toBe(status);
  });

  it('needs no memory for chunks that nobody has sent', async () => {
    const { call } = await startBox({ limits: { chunkBytes: 1 } });
    const { body } = await createMultipart(call, { total_size: 10 * 1024 ** 3 });
    const path = `/assets/multipart-uploads/${body.upload_id}`;
    const { body: status } = await call('GET', `${path}?page=214748365&page_limit=50`);
    expect(status.uploaded_chunks).toHaveLength(40);
    expect(status).toMatchObject({ chunks_pending: 10 * 1024 ** 3, uploaded_size: 0 });
    const { body: beyond } = await call('GET', `${path}?page=214748366&page_limit=50`);
    expect(beyond.uploaded_chunks).toEqual([]);
  });

  it('are not those of the model: a video of any duration becomes ready', async () => {
    const { sdk, readyAsset } = await startBox({
      limits: { maxVideoSeconds: 1, maxVideoBytes: 1 },
    });
    expect((await sdk.assets.retrieve(await readyAsset())).status).toBe('ready');
  });

  it.each([
    [1, 201],
    [255, 201],
    [256, 400],
  ])('a filename of %i characters: %i', async (length, status) => {
    const { call } = await startBox();
    const filename = '漢'.repeat(length);
    const form = uploadForm({ method: 'url', url: 'http://127.0.0.1:1/a', filename });
    expect((await call('POST', '/assets', form)).status).toBe(status);
    expect((await createMultipart(call, { filename })).status).toBe(status);
  });

  it('takes as many uploads in 24 hours as the plan has', async () => {
    const { call, clock } = await startBox({ limits: { uploadsPerDay: 2 } });
    expect((await createMultipart(call)).status).toBe(201);
    await clock.advance(3_600_000);
    const url = uploadForm({ method: 'url', url: 'http://127.0.0.1:1/a' });
    expect((await call('POST', '/assets', url)).status).toBe(201);
    const refused = await createMultipart(call);
    expect(refused.status).toBe(429);
    expect(refused.headers.get('retry-after')).toBe(`${23 * 3_600}`);
    await clock.advance(23 * 3_600_000);
    expect((await createMultipart(call)).status).toBe(201);
  });

  it.each([
    [{}, 50, 200],
    [{}, 51, 400],
    [{ assetIdsInList: 2 }, 2, 200],
    [{ assetIdsInList: 2 }, 3, 400],
  ])('within %o lists %i ids: %i', async (limits, count, status) => {
    const { call } = await startBox({ limits });
    const ids = Array.from({ length: count }, () => `asset_ids=${'0'.repeat(24)}`);
    const answer = await call('GET', `/assets?${ids.join('&')}`);
    expect(answer.status).toBe(status);
    if (status === 400) expect(answer.body.message).toContain('asset_ids');
  });
});

describe('creating a multipart upload', () => {
  it.each([
    ['no filename', { filename: undefined }, 'parameter_not_provided'],
    ['an empty filename', { filename: '' }, 'parameter_invalid'],
    ['a long filename', { filename: 'a'.repeat(256) }, 'parameter_invalid'],
    ['no type', { type: undefined }, 'parameter_not_provided'],
    ['a document', { type: 'document' }, 'parameter_invalid'],
    ['no size', { total_size: undefined }, 'parameter_not_provided'],
    ['an empty file', { total_size: 0 }, 'parameter_invalid'],
    ['half a byte', { total_size: 1.5 }, 'parameter_invalid'],
    ['a size in words', { total_size: '10' }, 'parameter_invalid'],
    ['a flag in words', { enable_hls: 'true' }, 'parameter_invalid'],
    ['metadata in words', { user_metadata: '{}' }, 'parameter_invalid'],
    ['an unknown key', { chunk_size: 5 }, 'parameter_unknown'],
  ])('refuses %s', async (_, change, code) => {
    const { call, box } = await startBox();
    expect(await createMultipart(call, change)).toMatchObject({ status: 400, body: { code } });
    expect(box.ledger.assets()).toEqual([]);
  });

  it.each(['GET', 'POST'])('answers %s for an unknown upload with 404', async (method) => {
    const { call } = await startBox();
    const body = method === 'POST' ? { completed_chunks: [] } : undefined;
    const answer = await call(method, '/assets/multipart-uploads/__proto__', body);
    expect(answer).toMatchObject({ status: 404, body: { code: 'resource_not_exist' } });
  });
});

function createMultipart(call: BoxFixture['call'], change = {}) {
  const body = { filename: 'a.mp4', type: 'video', total_size: 100, ...change };
  return call('POST', '/assets/multipart-uploads', body);
}
