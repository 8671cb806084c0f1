import { createReadStream } from 'node:fs';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { samples, startBox } from '../support/box-fixture.ts';
import { failureOf } from '../support/failure-of.ts';

/*
 * How `twelvelabs-js` 1.3.4 asks again, and why the pipeline decides that itself. A test that fails
 * here says that a defect is mended. The waits between its attempts (1 s, 2 s) are real time.
 */
describe('a call that fails in the official SDK 1.3.4', () => {
  const batchOf = (assetId: string) => ({
    modelName: 'pegasus1.5' as const,
    analysisMode: 'general' as const,
    defaults: { prompt: { inputText: 'What happens?' } },
    requests: [{ video: { type: 'asset_id' as const, assetId }, customId: 'once' }],
  });

  // The same analysis is paid for twice, and the first batch is known to nobody.
  it('is sent again even if it creates a batch that the first attempt had created', async () => {
    const { box, sdk, readyAsset } = await startBox();
    const assetId = await readyAsset();
    box.faults.set({ kind: 'answer', status: 504, afterWork: true, times: 1 });
    const { batchId } = await sdk.analyzeAsync.batches.create(batchOf(assetId));
    expect(box.batches()).toMatchObject([{}, { batch_id: batchId }]);
    expect(box.ledger.items().map((item) => item.customId)).toEqual(['once', 'once']);
  });

  // A day that the provider asks for becomes three requests in three seconds, and a longer ban.
  it('is tried three times whatever Retry-After says', async () => {
    const { box, sdk } = await startBox();
    const headers = { 'retry-after': '86400' };
    box.faults.set({ kind: 'answer', status: 429, headers });
    await expect(sdk.analyzeAsync.batches.list()).rejects.toMatchObject({ statusCode: 429 });
    expect(box.requests).toEqual(['batches.list', 'batches.list', 'batches.list']);
  });

  // The true reason is lost, and its status with it: nobody knows whether to try again.
  it('is told wrongly after an upload, whose body can not be sent a second time', async () => {
    const { box, sdk } = await startBox();
    box.faults.set({ kind: 'answer', status: 500, message: 'the true reason', times: 1 });
    const file = createReadStream(samples.mp4);
    const error = await failureOf(sdk.assets.create({ method: 'direct', file }));
    expect(error.message).toBe('Response body object should not be disturbed or locked');
    expect(error).toMatchObject({ statusCode: undefined });
    expect(box.requests).toEqual(['assets.create']);
  });

  // The one kind of failure that passes by itself is the one that is not tried again.
  it.each([
    ['lose-request', 'fetch failed'],
    ['lose-reply', 'fetch failed'],
    ['cut', 'terminated'],
  ] as const)('is not tried again after a broken connection (%s)', async (kind, message) => {
    const { box, sdk } = await startBox();
    box.faults.set({ kind, times: 1 });
    const error = await failureOf(sdk.analyzeAsync.batches.list());
    expect(error).toMatchObject({ message, statusCode: undefined });
    expect(box.requests).toEqual(['batches.list']);
  });

  it('is not tried again after a 409, as of an asset that will be ready soon', async () => {
    const { box, sdk } = await startBox();
    const file = createReadStream(samples.mp4);
    const { id = '' } = await sdk.assets.create({ method: 'direct', file });
    const error = await failureOf(sdk.analyzeAsync.batches.create(batchOf(id)));
    expect(error).toMatchObject({ statusCode: 409 });
    expect(box.requests).toEqual(['assets.create', 'batches.create']);
  });

  // A command-line program stays alive for ten minutes after its last request has failed.
  it('leaves its timer of ten minutes behind when the connection breaks', async () => {
    const { box, sdk } = await startBox();
    onTestFinished(() => {
      vi.restoreAllMocks();
    });
    const set = vi.spyOn(globalThis, 'setTimeout');
    const cleared = vi.spyOn(globalThis, 'clearTimeout');
    const timers = () =>
      set.mock.calls.flatMap(([, ms], index) =>
        ms === 600_000 ? [set.mock.results[index]?.value] : [],
      );
    await sdk.analyzeAsync.batches.list();
    box.faults.set({ kind: 'lose-request', times: 1 });
    await failureOf(sdk.analyzeAsync.batches.list());
    const [kept, leaked] = timers();
    const hasCleared = (timer: unknown) => cleared.mock.calls.some(([each]) => each === timer);
    expect([kept, leaked].map(hasCleared)).toEqual([true, false]);
    clearTimeout(leaked);
  });
});
