import { createReadStream, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { boxFiles } from '../support/box-files.ts';
import { type BoxFixture, samples, serve, startBox } from '../support/box-fixture.ts';
import { CHUNK_BYTES, putChunk, sendChunks, startMultipart } from '../support/multipart-client.ts';
import { uploaderFor } from '../support/sdk-uploader.ts';

type Upload = (fixture: BoxFixture, filename: string) => Promise<string>;

const uploads: [string, Upload][] = [
  [
    'in a form',
    async ({ sdk }, filename) => {
      const file = createReadStream(samples.mp4);
      return (await sdk.assets.create({ method: 'direct', file, filename })).id ?? '';
    },
  ],
  [
    'behind a URL',
    async ({ sdk, box }, filename) => {
      const url = await serve((_, response) => response.end(readFileSync(samples.mp4)));
      const { id = '' } = await sdk.assets.create({ method: 'url', url, filename });
      await box.settled();
      return id;
    },
  ],
  [
    'in chunks',
    async (fixture, filename) => {
      const upload = await startMultipart(fixture, { bytes: readFileSync(samples.mp4), filename });
      await sendChunks(upload);
      await fixture.box.settled();
      return upload.assetId;
    },
  ],
];

describe.each(uploads)('a fault of an asset that comes %s', (_, upload) => {
  it('breaks it', async () => {
    const fixture = await chunkedBox();
    fixture.box.faults.set({ kind: 'break-asset', message: 'No good.', filename: 'bad' });
    const [bad, good] = [await upload(fixture, 'bad.mp4'), await upload(fixture, 'good.mp4')];
    expect((await fixture.sdk.assets.retrieve(bad)).status).toBe('processing');
    await fixture.clock.advance(1_500);
    const broken = await fixture.sdk.assets.retrieve(bad);
    expect(broken).toMatchObject({ status: 'failed', error: { message: 'No good.' } });
    expect(broken).not.toHaveProperty('technicalMetadata');
    expect((await fixture.sdk.assets.retrieve(good)).status).toBe('ready');
  });

  it('slows it down', async () => {
    const fixture = await chunkedBox();
    fixture.box.faults.set({ kind: 'slow-asset', ms: 3_000, times: 1 });
    const assetId = await upload(fixture, 'a.mp4');
    const later = await upload(fixture, 'b.mp4');
    fixture.box.faults.clear();
    const status = async (id: string) => (await fixture.sdk.assets.retrieve(id)).status;
    await fixture.clock.advance(2_500);
    expect([await status(assetId), await status(later)]).toEqual(['processing', 'ready']);
    await fixture.clock.advance(1_999);
    expect(await status(assetId)).toBe('processing');
    await fixture.clock.advance(1);
    expect(await status(assetId)).toBe('ready');
  });

  it('stalls it for ever', async () => {
    const fixture = await chunkedBox();
    fixture.box.faults.set({ kind: 'stall-asset' });
    const assetId = await upload(fixture, 'a.mp4');
    fixture.box.faults.clear();
    await fixture.clock.advance(1_000 * 24 * 3_600_000);
    expect((await fixture.sdk.assets.retrieve(assetId)).status).toBe('processing');
    expect(fixture.box.ledger.assets()).toMatchObject([{ status: 'processing' }]);
    await fixture.sdk.assets.delete(assetId);
  });

  it('is decided once, and only for what was taken in', async () => {
    const fixture = await chunkedBox();
    fixture.box.faults.set({ kind: 'break-asset', skip: 1, times: 1 });
    await fixture.call('POST', '/assets', '{}');
    await fixture.call('POST', '/assets/multipart-uploads', {});
    const ids = [
      await upload(fixture, 'a.mp4'),
      await upload(fixture, 'b.mp4'),
      await upload(fixture, 'c.mp4'),
    ];
    await fixture.clock.advance(1_500);
    const assets = await Promise.all(ids.map((id) => fixture.sdk.assets.retrieve(id)));
    expect(assets.map(({ status }) => status)).toEqual(['ready', 'failed', 'ready']);
    expect(fixture.box.faults.list()).toMatchObject([{ met: 3, struck: 1 }]);
  });
});

describe('a fault of the upload of a chunk', () => {
  it('leaves the URL good if nothing was done', async () => {
    const { fixture, upload, url } = await startChunk();
    fixture.box.faults.set({ ...chunkFault, kind: 'answer', status: 503, body: 'html' });
    fixture.box.faults.set({ ...chunkFault, kind: 'lose-request', skip: 1 });
    const { status, text } = await putChunk(url, upload.bytesOf(1));
    expect({ status, text }).toMatchObject({ status: 503, text: expect.stringContaining('html') });
    await expect(putChunk(url, upload.bytesOf(1))).rejects.toThrow();
    expect(boxFiles()).toEqual([]);
    expect((await putChunk(url, upload.bytesOf(1))).status).toBe(200);
    expect(fixture.box.requests.filter((each) => each === 'multipartUpload.putChunk')).toHaveLength(
      3,
    );
  });

  it('leaves the URL used up if only the answer was lost', async () => {
    const { fixture, upload, url } = await startChunk();
    fixture.box.faults.set({ ...chunkFault, kind: 'lose-reply' });
    await expect(putChunk(url, upload.bytesOf(1))).rejects.toThrow();
    expect((await putChunk(url, upload.bytesOf(1))).status).toBe(403);
    await sendChunks(upload);
    await fixture.box.settled();
    await fixture.clock.advance(1_500);
    expect((await fixture.sdk.assets.retrieve(upload.assetId)).status).toBe('ready');
  });

  it('can replace the answer, after the chunk was taken', async () => {
    const { fixture, upload, url } = await startChunk();
    fixture.box.faults.set({ ...chunkFault, kind: 'answer', status: 500, afterWork: true });
    expect((await putChunk(url, upload.bytesOf(1))).status).toBe(500);
    expect(boxFiles()).toHaveLength(1);
  });
});

describe("a fault under the SDK's own uploader", () => {
  const path = fileURLToPath(samples.mp4);
  const options = { maxRetries: 1, retryDelay: 0 };

  it('is overcome if a chunk was refused once', async () => {
    const { box } = await chunkedBox();
    box.faults.set({ ...chunkFault, kind: 'answer', status: 503 });
    const result = await uploaderFor(box.baseUrl).uploadFile(path, options);
    expect(result.assetUrl).not.toBe('');
    expect(box.requests.filter((each) => each === chunkFault.operation)).toHaveLength(5);
  });

  it('ends the upload if the answer to a chunk was lost: it sends to the used URL again', async () => {
    const { box } = await chunkedBox();
    box.faults.set({ ...chunkFault, kind: 'lose-reply' });
    const uploading = uploaderFor(box.baseUrl).uploadFile(path, options);
    await expect(uploading).rejects.toThrow('upload failed after 2 attempts');
    expect(box.ledger.assets()).toMatchObject([{ status: 'processing' }]);
  });
});

const chunkFault = { operation: 'multipartUpload.putChunk', times: 1 } as const;

async function startChunk() {
  const fixture = await chunkedBox();
  const upload = await startMultipart(fixture);
  return { fixture, upload, url: await upload.urlOf(1) };
}

function chunkedBox(): Promise<BoxFixture> {
  return startBox({ limits: { chunkBytes: CHUNK_BYTES } });
}
