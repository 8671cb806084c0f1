import { createReadStream, readFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { TwelvelabsApiClient } from 'twelvelabs-js';
import { describe, expect, it } from 'vitest';
import { samples, serve, startBox, T0, uploadForm } from '../support/box-fixture.ts';

describe('uploading an asset', () => {
  it('takes a file, is processing, then ready with the facts of its bytes', async () => {
    const { sdk, clock } = await startBox();
    const created = await sdk.assets.create({
      method: 'direct',
      file: createReadStream(samples.mp4),
      filename: 'Köln 東京.mp4',
      enableHls: false,
      enableThumbnail: false,
      userMetadata: '{"prefix":"football"}',
    });
    expect(created).toMatchObject({
      id: expect.stringMatching(/^[0-9a-f]{24}$/),
      method: 'direct',
      status: 'processing',
      filename: 'Köln 東京.mp4',
      fileType: 'video/mp4',
      createdAt: T0,
      userMetadata: { prefix: 'football' },
    });
    expect(created).not.toHaveProperty('duration');

    const early = await sdk.assets.retrieve(created.id ?? '');
    expect(early.status).toBe('processing');
    expect(early).not.toHaveProperty('technicalMetadata');

    await clock.advance(1_500);
    const ready = await sdk.assets.retrieve(created.id ?? '');
    expect(ready).toMatchObject({ status: 'ready', size: readFileSync(samples.mp4).byteLength });
    expect(ready.duration).toBeGreaterThan(4);
    expect(ready.technicalMetadata).toMatchObject({
      videoCodec: 'h264',
      fileSizeBytes: ready.size,
      videoDurationSeconds: ready.duration,
      totalVideoStreams: 1,
    });
    expect(ready.technicalMetadata?.videoFps).toBeGreaterThan(0);
    expect(ready).not.toHaveProperty('error');
  });

  it('has on the wire what is known by then, and no more', async () => {
    const { call, clock } = await startBox();
    const { status, headers, body } = await call(
      'POST',
      '/assets',
      uploadForm({ method: 'direct' }, samples.mp4),
    );
    expect({ status, version: headers.get('x-api-version') }).toEqual({
      status: 201,
      version: 'v1.3',
    });
    const keys = ['_id', 'created_at', 'file_type', 'filename', 'method', 'status'];
    expect(Object.keys(body).toSorted()).toEqual(keys);
    const detailKeys = [...keys, 'duration', 'size', 'technical_metadata'].toSorted();
    await clock.advance(1_499);
    const early = await call('GET', `/assets/${body._id}`);
    expect(Object.keys(early.body).toSorted()).toEqual(keys);
    await clock.advance(1);
    const { body: ready } = await call('GET', `/assets/${body._id}`);
    expect(Object.keys(ready).toSorted()).toEqual(detailKeys);
    expect((await call('GET', '/assets')).body.data).toEqual([ready]);
  });

  it('fetches a URL by itself and names the file after it', async () => {
    const { sdk, clock, box } = await startBox();
    const requests: string[] = [];
    const origin = await serve((request, response) => {
      requests.push(`${request.method} ${request.url}`);
      response.end(readFileSync(samples.webm));
    });
    const created = await sdk.assets.create({
      method: 'url',
      url: `${origin}/in/m%C3%BCller.webm?X-Amz-Signature=1`,
    });
    expect(created).toMatchObject({ method: 'url', status: 'processing', filename: 'müller.webm' });
    await box.settled();
    await clock.advance(1_500);
    const ready = await sdk.assets.retrieve(created.id ?? '');
    expect(ready).toMatchObject({ status: 'ready', fileType: 'video/webm' });
    expect(ready.technicalMetadata).toMatchObject({ videoCodec: 'vp9', hasAudio: true });
    expect(requests).toEqual(['GET /in/m%C3%BCller.webm?X-Amz-Signature=1']);
  });

  it.each([
    ['answers 403', async () => `${await serve((_, response) => response.writeHead(403).end())}/a`],
    ['can not be reached', async () => 'http://127.0.0.1:1/a.mp4'],
    ['is cut off', async () => `${await serve((_, response) => cutOff(response))}/a.mp4`],
    [
      'is larger than the ceiling',
      async () => `${await serve((_, r) => r.end('x'.repeat(2e6)))}/a`,
    ],
  ])('fails an asset whose URL %s', async (_, makeUrl) => {
    const { sdk, clock, box } = await startBox({ limits: { urlUploadBytes: 1e6 } });
    const { id = '' } = await sdk.assets.create({ method: 'url', url: await makeUrl() });
    await box.settled();
    await clock.advance(1_500);
    const asset = await sdk.assets.retrieve(id);
    expect(asset.status).toBe('failed');
    expect(asset.error?.message).toMatch(/could not be|too large/);
  });

  it.each([
    ['text under the name of a video', readFileSync(samples.notVideo)],
    ['an empty file', Buffer.alloc(0)],
    ['the beginning of a video', readFileSync(samples.mp4).subarray(0, 2_000)],
    ['the first half of a video', readFileSync(samples.mp4).subarray(0, 40_000)],
  ])('fails %s', async (_, bytes) => {
    const { call, clock } = await startBox();
    const created = await call('POST', '/assets', uploadForm({ method: 'direct' }, bytes));
    expect(created.body).toMatchObject({ status: 'processing' });
    await clock.advance(1_500);
    const { body } = await call('GET', `/assets/${created.body._id}`);
    expect(body).toMatchObject({ status: 'failed', error: { message: expect.any(String) } });
    expect(body).not.toHaveProperty('duration');
  });

  it('takes a direct upload that is too large to its end, then refuses it', async () => {
    const { call, box } = await startBox({ limits: { directUploadBytes: 1_000_000 } });
    const form = uploadForm({ method: 'direct' }, new Uint8Array(5_000_000));
    const { status, body } = await call('POST', '/assets', form);
    expect(status).toBe(400);
    expect(body).toMatchObject({ code: 'video_filesize_too_large', message: expect.any(String) });
    expect(box.assets()).toEqual([]);
  });

  it.each<[string, Record<string, string>, string]>([
    ['no method', { url: 'http://127.0.0.1:1/a.mp4' }, 'parameter_not_provided'],
    ['an unknown method', { method: 'ftp' }, 'parameter_invalid'],
    ['no url', { method: 'url' }, 'parameter_not_provided'],
    ['no file', { method: 'direct' }, 'parameter_not_provided'],
    ['a url that is none', { method: 'url', url: 'clip.mp4' }, 'parameter_invalid'],
    ['a flag that is none', { method: 'direct', enable_hls: 'yes' }, 'parameter_invalid'],
    ['metadata that is no JSON', { method: 'direct', user_metadata: '{' }, 'parameter_invalid'],
    ['nested metadata', { method: 'direct', user_metadata: '{"a":{}}' }, 'parameter_invalid'],
    ['a long name', { method: 'direct', filename: 'a'.repeat(256) }, 'parameter_invalid'],
  ])('refuses %s with the flat 400', async (_, fields, code) => {
    const { call, box } = await startBox();
    const { status, body } = await call('POST', '/assets', uploadForm(fields));
    expect({ status, body }).toMatchObject({ status: 400, body: { code } });
    expect(box.ledger.assets()).toEqual([]);
  });

  it('takes 60 uploads in any minute and says when there is room again', async () => {
    const { call, clock } = await startBox();
    const upload = () =>
      call('POST', '/assets', uploadForm({ method: 'url', url: 'http://127.0.0.1:1/a.mp4' }));
    expect((await upload()).status).toBe(201);
    await clock.advance(30_000);
    for (let count = 1; count < 60; count += 1) expect((await upload()).status).toBe(201);

    const refused = await upload();
    expect(refused.status).toBe(429);
    expect(refused.headers.get('retry-after')).toBe('30');
    expect(refused.body).toMatchObject({ code: 'too_many_requests' });
    await clock.advance(30_000);
    expect((await upload()).status).toBe(201);
    expect((await upload()).status).toBe(429);
  });

  it('refuses another key', async () => {
    const { box } = await startBox();
    const stranger = new TwelvelabsApiClient({ apiKey: 'other', baseUrl: box.baseUrl });
    await expect(stranger.assets.list()).rejects.toMatchObject({
      statusCode: 401,
      body: { code: 'api_key_invalid' },
    });
  });
});

function cutOff(response: ServerResponse): void {
  response.writeHead(200, { 'content-length': '1000' });
  response.write('some', () => response.destroy());
}
