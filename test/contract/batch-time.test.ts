import { describe, expect, it } from 'vitest';
import { createBatch } from '../support/batch-bodies.ts';
import { generalBatch, readLines, startBox } from '../support/box-fixture.ts';

const HOUR_MS = 3_600_000;

/** Two items are in process at the expiry of their batch, the first until two hours later. */
async function expiringBatch(expiry: 'cancel-all' | 'finish-processing' | 'fail-processing') {
  const timing = { itemMinMs: 26 * HOUR_MS, itemMaxMs: 26 * HOUR_MS, itemSpreadMs: 0 };
  const fixture = await startBox({ switches: { expiry }, timing });
  const { call, clock, box, readyAsset } = fixture;
  const id = await readyAsset();
  box.faults.set({ kind: 'stall-item', customId: 'item-1' });
  const created = await createBatch(call, generalBatch(id, id));
  await clock.advance(24 * HOUR_MS);
  const line = async (customId: string) =>
    (await readLines(call, created.batch_id)).find((each) => each.custom_id === customId);
  return { ...fixture, batchId: created.batch_id, items: created.items, line };
}

describe('a batch in time', () => {
  it('expires 24 hours after its creation, with what is unfinished canceled', async () => {
    const timing = { itemMinMs: 48 * HOUR_MS, itemMaxMs: 48 * HOUR_MS };
    const { sdk, call, clock, box, readyAsset } = await startBox({ timing });
    const { body } = await call('POST', '/analyze/batches', generalBatch(await readyAsset()));
    await clock.advance(24 * HOUR_MS - 1);
    expect(await sdk.analyzeAsync.batches.retrieve(body.batch_id)).toMatchObject({
      status: 'processing',
    });
    await clock.advance(1);
    const expired = await sdk.analyzeAsync.batches.retrieve(body.batch_id);
    expect(expired).toMatchObject({ status: 'expired', canceledItems: 1, processingItems: 0 });
    expect(expired.expiredAt).toEqual(expired.expiresAt);
    const task = await call('GET', `/analyze/tasks/${body.items[0].task_id}`);
    expect(task.body).toMatchObject({ status: 'canceled', error: { code: 'batch_expired' } });
    expect(box.ledger.billedItems()).toEqual([]);
  });

  it('is read as switched when it was created, whatever is switched since', async () => {
    const { box, sdk, batchId, line } = await expiringBatch('fail-processing');
    box.change({ switches: { expiry: 'cancel-all' } });
    expect(await sdk.analyzeAsync.batches.retrieve(batchId)).toMatchObject({
      status: 'expired',
      failedItems: 2,
    });
    expect(await line('item-0')).toMatchObject({
      status: 'failed',
      error: { code: 'batch_processing_timeout' },
    });
    expect(box.ledger.billedItems()).toEqual([]);
  });

  it('lets what is in process go on after its expiry, and bills it', async () => {
    const { box, sdk, clock, batchId, line } = await expiringBatch('finish-processing');
    const expired = await sdk.analyzeAsync.batches.retrieve(batchId);
    expect(expired).toMatchObject({ status: 'expired', processingItems: 2 });
    expect(expired.expiredAt).toEqual(expired.expiresAt);
    await clock.advance(3 * HOUR_MS);
    expect(await sdk.analyzeAsync.batches.retrieve(batchId)).toMatchObject({
      status: 'expired',
      processingItems: 0,
      readyItems: 1,
      failedItems: 1,
    });
    expect(await line('item-0')).toMatchObject({ status: 'ready' });
    expect(await line('item-1')).toMatchObject({ error: { code: 'batch_processing_timeout' } });
    expect(box.ledger.billedItems()).toMatchObject([{ customId: 'item-0' }]);
  });

  it.each(['cancel-all', 'finish-processing', 'fail-processing'] as const)(
    'cancels what is queued at its expiry by the reading %s',
    async (expiry) => {
      const timing = { batchPendingMs: 25 * HOUR_MS };
      const { sdk, call, clock, readyAsset } = await startBox({ switches: { expiry }, timing });
      const { batch_id, items } = await createBatch(call, generalBatch(await readyAsset()));
      await clock.advance(24 * HOUR_MS - 1);
      expect(await sdk.analyzeAsync.batches.retrieve(batch_id)).toMatchObject({
        status: 'pending',
      });
      await clock.leap(48 * HOUR_MS);
      expect(await sdk.analyzeAsync.batches.retrieve(batch_id)).toMatchObject({
        status: 'expired',
        canceledItems: 1,
      });
      const { body } = await call('GET', `/analyze/tasks/${items[0]?.task_id}`);
      expect(body).toMatchObject({ status: 'canceled', error: { code: 'batch_expired' } });
    },
  );

  it('expires while it is canceling, if what is in process does not end', async () => {
    const { sdk, call, clock, box, readyAsset } = await startBox();
    const id = await readyAsset();
    box.faults.set({ kind: 'stall-item' });
    const { batch_id } = await createBatch(call, generalBatch(id));
    await clock.advance(2_000);
    await sdk.analyzeAsync.batches.cancel(batch_id);
    await clock.advance(23 * HOUR_MS);
    expect((await sdk.analyzeAsync.batches.retrieve(batch_id)).status).toBe('canceling');
    await clock.advance(HOUR_MS);
    expect((await sdk.analyzeAsync.batches.retrieve(batch_id)).status).toBe('expired');
    await expect(sdk.analyzeAsync.batches.cancel(batch_id)).rejects.toMatchObject({
      statusCode: 409,
      body: { error: { code: 'batch_expired' } },
    });
    await sdk.analyzeAsync.batches.delete(batch_id);
  });

  it('is gone 30 days after its creation, but not from the ledger', async () => {
    const { call, clock, box, readyAsset } = await startBox();
    const { body } = await call('POST', '/analyze/batches', generalBatch(await readyAsset()));
    const path = `/analyze/batches/${body.batch_id}`;
    await clock.advance(30 * 24 * HOUR_MS - 1);
    expect((await call('GET', `${path}/results`)).status).toBe(200);
    await clock.advance(1);
    for (const gone of [path, `${path}/results`, `/analyze/tasks/${body.items[0].task_id}`]) {
      expect((await call('GET', gone)).status).toBe(404);
    }
    expect((await call('GET', '/analyze/batches')).body.data).toEqual([]);
    expect(box.ledger.billedItems()).toHaveLength(1);
  });
});
