import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { boxFiles, boxFolders } from '../support/box-files.ts';
import { API_KEY, samples, startBox } from '../support/box-fixture.ts';
import { CHUNK_BYTES, putChunk, sendChunks, startMultipart } from '../support/multipart-client.ts';
import { waitFor } from '../support/wait-for.ts';

const HOUR_MS = 3_600_000;

describe('the URL of a chunk', () => {
  it('is good for one upload', async () => {
    const { upload } = await startUpload();
    const url = await upload.urlOf(1);
    expect((await putChunk(url, upload.bytesOf(1))).status).toBe(200);
    expectXml(await putChunk(url, upload.bytesOf(1)), 403, 'AccessDenied');
    expect((await putChunk(await upload.urlOf(1), upload.bytesOf(1))).status).toBe(200);
  });

  it('is good for an hour', async () => {
    const { fixture, upload } = await startUpload();
    const [early, late] = [await upload.urlOf(1), await upload.urlOf(1)];
    await fixture.clock.advance(HOUR_MS - 1);
    expect((await putChunk(early, upload.bytesOf(1))).status).toBe(200);
    await fixture.clock.advance(1);
    expectXml(await putChunk(late, upload.bytesOf(1)), 403, 'AccessDenied');
  });

  it.each([
    ['another signature', (url: string) => url.replace(/[0-9a-f]{8}$/, '00000000')],
    ['no signature', (url: string) => url.replace(/\?.*/, '')],
    ['two signatures', (url: string) => `${url}&X-Amz-Signature=0`],
    ['another chunk', (url: string) => url.replace('/1?', '/2?')],
    ['a chunk that is no number', (url: string) => url.replace('/1?', '/01?')],
  ])('does not open %s', async (_, change) => {
    const { fixture, upload } = await startUpload();
    const url = await upload.urlOf(1);
    expectXml(await putChunk(change(url), upload.bytesOf(1)), 403, 'SignatureDoesNotMatch');
    expect(fixture.box.requests).not.toContain('multipartUpload.putChunk');
    expect((await putChunk(url, upload.bytesOf(1))).status).toBe(200);
  });

  it.each<[string, (started: Started) => Promise<unknown>]>([
    ['complete', ({ upload }) => sendChunks(upload)],
    ['expired', ({ fixture }) => fixture.clock.advance(60_000)],
    ['given up', ({ fixture, upload }) => fixture.sdk.assets.delete(upload.assetId)],
    ['unknown', async () => {}],
  ])('leads nowhere when its upload is %s', async (what, end) => {
    const started = await startUpload({ uploadSessionMs: 60_000 });
    const { upload } = started;
    const url = await upload.urlOf(1);
    await end(started);
    const used = what === 'unknown' ? url.replace(upload.uploadId, '0'.repeat(24)) : url;
    expectXml(await putChunk(used, upload.bytesOf(1)), 404, 'NoSuchUpload');
  });

  it('takes no more bytes than a chunk has, and is as good as new after that', async () => {
    const { upload } = await startUpload();
    const url = await upload.urlOf(1);
    const answer = await putChunk(url, new Uint8Array(CHUNK_BYTES + 1));
    expectXml(answer, 400, 'EntityTooLarge');
    expect(boxFiles()).toEqual([]);
    expect((await putChunk(url, upload.bytesOf(1))).status).toBe(200);
    expect(boxFiles()).toHaveLength(1);
  });

  it('takes a body of any type, a long one, and none', async () => {
    const { upload } = await startUpload({}, { chunkBytes: 70 * 1024 ** 2 });
    const long = new Uint8Array(70 * 1024 ** 2);
    for (const type of ['application/json', 'multipart/form-data', 'video/mp4']) {
      const body = type === 'video/mp4' ? long : '{';
      const headers = { 'content-type': type };
      const url = await upload.urlOf(1);
      expect((await fetch(url, { method: 'PUT', body, headers })).status).toBe(200);
    }
    const empty = await fetch(await upload.urlOf(1), { method: 'PUT' });
    expect(empty.headers.get('etag')).toBe('"d41d8cd98f00b204e9800998ecf8427e"');
    expect(boxFiles()).toHaveLength(1);
  });

  it('survives a client that goes away, and leaves nothing of it', async () => {
    const { upload } = await startUpload();
    const url = await upload.urlOf(1);
    const socket = sendHalf(url);
    await waitFor(() => boxFiles().length === 1, { describe: boxFiles });
    expectXml(await putChunk(url, upload.bytesOf(1)), 403, 'AccessDenied');
    socket.destroy();
    await waitFor(() => boxFiles().length === 0, { describe: boxFiles });
    expect((await putChunk(url, upload.bytesOf(1))).status).toBe(200);
  });
});

describe('the bytes of chunks', () => {
  it.each<[string, (started: Started) => Promise<unknown>]>([
    ['expires', ({ fixture }) => fixture.clock.advance(24 * HOUR_MS)],
    ['slept through its end', ({ fixture }) => fixture.clock.leap(48 * HOUR_MS)],
    ['is reset with the box', ({ fixture }) => reset(fixture.box.baseUrl)],
    ['loses its asset', ({ fixture, upload }) => fixture.sdk.assets.delete(upload.assetId)],
    ['is complete', ({ upload }) => sendChunks(upload, [2, 3, 4])],
  ])('are removed when the upload %s', async (_, end) => {
    const started = await startUpload();
    await sendChunks(started.upload, [1]);
    expect(boxFiles()).toHaveLength(1);
    await end(started);
    await started.fixture.box.settled();
    expect(boxFiles()).toEqual([]);
    expect(started.fixture.clock.untilNextTimerMs()).toBeUndefined();
  });

  it('are gone when the box closes in the middle of a chunk', async () => {
    const { fixture, upload } = await startUpload();
    await upload.put(1);
    const socket = sendHalf(await upload.urlOf(2));
    await waitFor(() => boxFiles().length === 2, { describe: boxFiles });
    await fixture.box.close();
    expect(boxFolders()).toEqual([]);
    expect(fixture.clock.untilNextTimerMs()).toBeUndefined();
    socket.destroy();
  });

  it('of a chunk that comes after its upload has ended are not kept', async () => {
    const { fixture, upload } = await startUpload();
    const socket = sendHalf(await upload.urlOf(1));
    const answered = new Promise<string>((resolve) =>
      socket.once('data', (text) => resolve(`${text}`)),
    );
    await waitFor(() => boxFiles().length === 1, { describe: boxFiles });
    await fixture.sdk.assets.delete(upload.assetId);
    socket.write('x'.repeat(500));
    expect(await answered).toMatch(/^HTTP\/1.1 404[\s\S]*NoSuchUpload/);
    expect(boxFiles()).toEqual([]);
    socket.destroy();
  });
});

function reset(baseUrl: string): Promise<Response> {
  const headers = { 'x-api-key': API_KEY };
  return fetch(new URL('/control/reset', baseUrl), { method: 'POST', headers });
}

type Started = Awaited<ReturnType<typeof startUpload>>;

async function startUpload(timing = {}, limits = {}) {
  const fixture = await startBox({ timing, limits: { chunkBytes: CHUNK_BYTES, ...limits } });
  const bytes = readFileSync(samples.mp4);
  return { fixture, upload: await startMultipart(fixture, { bytes }) };
}

function expectXml(answer: Awaited<ReturnType<typeof putChunk>>, status: number, code: string) {
  expect(answer).toMatchObject({
    status,
    text: expect.stringMatching(
      new RegExp(`^<\\?xml .*\\?>\\n<Error><Code>${code}</Code><Message>[^<]+</Message>`),
    ),
  });
  expect(answer.headers.get('content-type')).toContain('application/xml');
}

/** Announces 1,000 bytes and sends 500. */
function sendHalf(url: string): Socket {
  const { port, pathname, search } = new URL(url);
  const socket = connect(Number(port), '127.0.0.1');
  socket.on('error', () => {});
  socket.write(
    `PUT ${pathname}${search} HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\n\r\n${'x'.repeat(500)}`,
  );
  return socket;
}
