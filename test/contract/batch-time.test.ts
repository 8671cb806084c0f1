import { describe, expect, it } from 'vitest';
import { generalBatch, startBox } from '../support/box-fixture.ts';

const HOUR_MS = 3_600_000;

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
