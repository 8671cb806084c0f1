import { stat } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import {
  CLIP,
  startTestPipeline,
  type TestPipeline,
  type TestPipelineOptions,
} from '../../support/test-pipeline.ts';
import { waitFor } from '../../support/wait-for.ts';

const GOALS = new URL('../../../samples/football/goals.mp4', import.meta.url);
const HOUR = 3_600;
const CHUNK_BYTES = 10_000;

/** Every file goes in chunks, of a size that makes many of a clip. */
function startChunkedPipeline(options: TestPipelineOptions = {}): Promise<TestPipeline> {
  return startTestPipeline({
    limits: { chunkBytes: CHUNK_BYTES },
    environment: { CHUNKS_ABOVE_BYTES: '0' },
    ...options,
  });
}

const puts = ({ box }: TestPipeline) =>
  box.requests.filter((it) => it === 'multipartUpload.putChunk').length;
const sessions = ({ box }: TestPipeline) =>
  box.requests.filter((it) => it === 'multipartUpload.create').length;
const chunksOf = async (file: URL) => Math.ceil((await stat(file)).size / CHUNK_BYTES);

describe('a large file', () => {
  it.each(['url', 'direct'] as const)('goes in chunks where files go by %s', async (route) => {
    await using test = await startChunkedPipeline({ route });
    await test.drop('a.webm');

    const [rows] = await test.letThemFinish(['a.webm'], 300);

    expect(rows?.analyses).toMatchObject([{ state: 'ready' }]);
    expect(rows?.video?.upload).toBeUndefined();
    expect(rows?.video?.durationSeconds).toBeCloseTo(7, 1);
    expect(puts(test)).toBe(await chunksOf(CLIP));
    expect(test.box.requests).not.toContain('assets.create');
  });

  it('shares the upload rate with all others', async () => {
    await using test = await startChunkedPipeline({
      environment: { CHUNKS_ABOVE_BYTES: '0', UPLOADS_PER_DAY: '2' },
      switches: { multipartCounts: true },
      limits: { chunkBytes: CHUNK_BYTES, uploadsPerDay: 2 },
    });
    for (const key of ['a.webm', 'b.webm', 'c.webm']) await test.drop(key);
    await test.letPass(300);
    expect(sessions(test)).toBe(2);

    await test.leap(24 * HOUR + 900);
    await test.letThemFinish(['a.webm', 'b.webm', 'c.webm'], 600);

    expect(sessions(test)).toBe(3);
  });
});

describe('an upload in chunks', () => {
  it.each([
    ['a chunk never arrives', { kind: 'lose-request', operation: 'multipartUpload.putChunk' }],
    ['a chunk is not confirmed', { kind: 'lose-reply', operation: 'multipartUpload.putChunk' }],
    ['storage says 503', { kind: 'answer', status: 503, operation: 'multipartUpload.putChunk' }],
    ['a report is lost', { kind: 'lose-request', operation: 'multipartUpload.reportChunkBatch' }],
    [
      'a report is not answered',
      { kind: 'lose-reply', operation: 'multipartUpload.reportChunkBatch' },
    ],
    [
      'a URL is not to be had',
      {
        kind: 'answer',
        status: 500,
        operation: 'multipartUpload.getAdditionalPresignedUrls',
      },
    ],
    [
      'the status is not to be had',
      { kind: 'cut', afterBytes: 9, operation: 'multipartUpload.getStatus' },
    ],
  ] as const)('goes on when %s', async (_, fault) => {
    await using test = await startChunkedPipeline();
    test.box.faults.set({ ...fault, times: 3 });
    await test.drop('a.webm');

    const [rows] = await test.letThemFinish(['a.webm'], HOUR);

    expect(rows?.analyses).toMatchObject([{ state: 'ready' }]);
    expect(sessions(test)).toBe(1);
    expect(puts(test)).toBeLessThanOrEqual((await chunksOf(CLIP)) + 16);
  });

  it('goes on at the next chunk after its function was killed', async () => {
    await using test = await startChunkedPipeline();
    test.box.faults.set({
      kind: 'slow',
      ms: HOUR * 1000,
      operation: 'multipartUpload.putChunk',
      skip: 11,
      times: 1,
    });
    await test.drop('a.webm');
    const passing = test.letPass(30);
    await waitFor(async () => puts(test) >= 12, { timeoutMs: 60_000 });
    expect(test.pipeline.cloud.kill('UploadChunks')).toBe(1);
    await passing;
    expect((await test.rowsOf('a.webm')).video).toMatchObject({ state: 'uploading' });

    const [rows] = await test.letThemFinish(['a.webm'], HOUR);

    expect(rows?.analyses).toMatchObject([{ state: 'ready' }]);
    expect(sessions(test)).toBe(1);
    expect(puts(test)).toBeLessThanOrEqual((await chunksOf(CLIP)) + 16);
  });

  it('is sent by one, however often its message is delivered', async () => {
    await using test = await startChunkedPipeline();
    const held = { kind: 'slow', ms: HOUR * 1000, operation: 'multipartUpload.putChunk' } as const;
    test.box.faults.set({ ...held, skip: 3, times: 1 });
    await test.drop('a.webm');
    const passing = test.letPass(30);
    await waitFor(async () => puts(test) >= 4);
    const { pk, sk, revision = 0 } = (await test.rowsOf('a.webm')).video ?? {};
    for (const seen of [revision - 1, revision - 2]) {
      const again = { messageId: 'again', body: JSON.stringify({ pk, sk, revision: seen }) };
      const outcome = await test.pipeline.cloud.invoke('UploadChunks', { Records: [again] });
      expect(outcome).toMatchObject({ payload: { batchItemFailures: [] } });
    }
    expect(test.pipeline.cloud.kill('UploadChunks')).toBe(1);
    await passing;

    await test.letThemFinish(['a.webm'], HOUR);

    expect(sessions(test)).toBe(1);
    expect(puts(test)).toBeLessThanOrEqual((await chunksOf(CLIP)) + 16);
  });

  it('is begun anew when its creation was not answered', async () => {
    await using test = await startChunkedPipeline();
    test.box.faults.set({ kind: 'lose-reply', operation: 'multipartUpload.create', times: 1 });
    await test.drop('a.webm');

    const [rows] = await test.letThemFinish(['a.webm'], HOUR);

    expect(rows?.analyses).toMatchObject([{ state: 'ready' }]);
    expect(sessions(test)).toBe(2);
    expect(puts(test)).toBe(await chunksOf(CLIP));
    expect(test.box.ledger.billedItems()).toHaveLength(1);
  });

  it('is begun anew when the provider has given it up', async () => {
    await using test = await startChunkedPipeline({ timing: { uploadSessionMs: 20_000 } });
    const away = { kind: 'answer', status: 503, code: 'unavailable' } as const;
    test.box.faults.set({ ...away, operation: 'multipartUpload.getStatus', times: 1 });
    await test.drop('a.webm');

    const [rows] = await test.letThemFinish(['a.webm'], HOUR);

    expect(rows?.analyses).toMatchObject([{ state: 'ready' }]);
    expect(rows?.video?.attempt).toBe(2);
    expect(sessions(test)).toBe(2);
  });

  it('of an object that is replaced on the way ends, and the newest is analysed', async () => {
    await using test = await startChunkedPipeline();
    const away = { kind: 'answer', status: 503, code: 'unavailable' } as const;
    test.box.faults.set({ ...away, operation: 'multipartUpload.putChunk', skip: 10 });
    await test.drop('a.mp4', CLIP);
    await test.letPass(10);
    expect((await test.rowsOf('a.mp4')).video).toMatchObject({ state: 'uploading' });
    await test.drop('a.mp4', GOALS);
    test.box.faults.clear();

    const [rows] = await test.letThemFinish(['a.mp4'], HOUR);

    expect(rows?.video).toMatchObject({ state: 'admitted', durationSeconds: 20 });
    expect(rows?.analyses).toMatchObject([{ state: 'ready' }]);
    expect(test.box.ledger.billedItems()).toHaveLength(1);
  });
});
