import { describe, expect, it } from 'vitest';
import { type BoxFixture, startBox } from '../support/box-fixture.ts';
import {
  CHUNK_BYTES,
  type CompletedChunk,
  sendChunks,
  startMultipart,
} from '../support/multipart-client.ts';

describe('reporting chunks', () => {
  it.each<[string, Partial<CompletedChunk>, string]>([
    ['another proof', { proof: 'd41d8cd98f00b204e9800998ecf8427e' }, 'proof'],
    ['another size', { chunk_size: CHUNK_BYTES - 1 }, 'chunk_size'],
    ['an index before the first', { chunk_index: 0 }, 'chunk_index'],
    ['an index after the last', { chunk_index: 5 }, 'chunk_index'],
    ['a chunk that was never sent', { chunk_index: 3 }, 'chunk_index'],
    ['an unknown kind of proof', { proof_type: 'md5' }, 'proof_type'],
    ['an index that is no number', { chunk_index: '2' as never }, 'chunk_index'],
  ])('refuses %s by name, with all that was reported beside it', async (_, change, parameter) => {
    const { fixture, upload } = await startUpload();
    const first = await upload.put(1);
    const refused = await upload.report(first, { ...(await upload.put(2)), ...change });
    expect(refused).toMatchObject({
      status: 400,
      body: {
        code: 'parameter_invalid',
        message: expect.stringContaining(`completed_chunks[1].${parameter} `),
      },
    });
    const status = await fixture.call('GET', `/assets/multipart-uploads/${upload.uploadId}`);
    expect(status.body).toMatchObject({ chunks_completed: 0, uploaded_size: 0 });
  });

  it('refuses a chunk that is shorter than it must be, until it is sent again', async () => {
    const { fixture, upload } = await startUpload();
    const short = await upload.put(1, new Uint8Array(10));
    expect(await upload.report(short)).toMatchObject({
      status: 400,
      body: { message: expect.stringContaining('completed_chunks[0].chunk_size') },
    });
    expect((await upload.report({ ...short, chunk_size: CHUNK_BYTES })).status).toBe(400);
    expect((await statusOf(fixture, upload.uploadId)).chunks_failed).toBe(1);
    expect((await upload.report(await upload.put(1))).body.total_completed).toBe(1);
    expect((await statusOf(fixture, upload.uploadId)).chunks_failed).toBe(0);
  });

  it('keeps the bytes that were reported, whatever is sent for the chunk later', async () => {
    const { fixture, upload } = await startUpload();
    await sendChunks(upload, [1]);
    const other = await upload.put(1, new Uint8Array(CHUNK_BYTES));
    const { body } = await upload.report(other);
    expect(body).toMatchObject({ processed_chunks: 0, duplicate_chunks: 1, total_completed: 1 });
    await sendChunks(upload, [2, 3, 4]);
    await fixture.box.settled();
    await fixture.clock.advance(1_500);
    expect(await fixture.sdk.assets.retrieve(upload.assetId)).toMatchObject({ status: 'ready' });
  });

  it('answers the last report again to one who lost the answer', async () => {
    const { upload } = await startUpload();
    const { body: first } = await sendChunks(upload);
    const again = await upload.report({
      chunk_index: 4,
      proof: 'whatever',
      proof_type: 'etag',
      chunk_size: 1,
    });
    expect(again).toMatchObject({
      status: 200,
      body: { processed_chunks: 0, duplicate_chunks: 1, total_completed: 4, url: first.url },
    });
  });
});

async function startUpload() {
  const fixture = await startBox({ limits: { chunkBytes: CHUNK_BYTES } });
  return { fixture, upload: await startMultipart(fixture) };
}

async function statusOf({ call }: BoxFixture, uploadId: string) {
  return (await call('GET', `/assets/multipart-uploads/${uploadId}`)).body;
}
