import { describe, expect, it } from 'vitest';
import { createBatch } from '../support/batch-bodies.ts';
import { generalBatch, readLines, startBox } from '../support/box-fixture.ts';

/** A box with a batch of one item, which fails. */
async function failingBatch() {
  const fixture = await startBox();
  fixture.box.faults.set({ kind: 'fail-item' });
  return await batchIn(fixture);
}

/** A box with a batch of one item. */
async function batchIn(fixture: Awaited<ReturnType<typeof startBox>>) {
  const { call, readyAsset } = fixture;
  const { batch_id, items } = await createBatch(call, generalBatch(await readyAsset()));
  return { ...fixture, batchId: batch_id, taskId: items[0]?.task_id ?? '' };
}

describe('deleting a task', () => {
  it('is refused while it is in process', async () => {
    const { sdk, clock, taskId } = await batchIn(await startBox());
    await clock.advance(1_000);
    expect((await sdk.analyzeAsync.tasks.retrieve(taskId)).status).toBe('processing');
    await expect(sdk.analyzeAsync.tasks.delete(taskId)).rejects.toMatchObject({
      statusCode: 409,
      body: { error: { code: 'task_cannot_be_deleted' } },
    });
  });

  it('hides it; its batch keeps the line, the counters and the bill', async () => {
    const { sdk, box, call, clock, batchId, taskId } = await batchIn(await startBox());
    await clock.advance(4_000);
    const { rawResponse } = await sdk.analyzeAsync.tasks.delete(taskId).withRawResponse();
    expect(rawResponse.status).toBe(204);
    await expect(sdk.analyzeAsync.tasks.retrieve(taskId)).rejects.toMatchObject({
      statusCode: 404,
    });
    await expect(sdk.analyzeAsync.tasks.delete(taskId)).rejects.toMatchObject({ statusCode: 404 });
    expect((await sdk.analyzeAsync.tasks.list()).data).toEqual([]);
    expect(await readLines(call, batchId)).toMatchObject([{ task_id: taskId, status: 'ready' }]);
    expect(await sdk.analyzeAsync.batches.retrieve(batchId)).toMatchObject({ readyItems: 1 });
    expect(box.ledger.billedItems()).toHaveLength(1);
  });

  it('does not keep a queued item from running', async () => {
    const { sdk, call, clock, batchId, taskId } = await batchIn(await startBox());
    await sdk.analyzeAsync.tasks.delete(taskId);
    await clock.advance(4_000);
    expect(await readLines(call, batchId)).toMatchObject([{ status: 'ready' }]);
  });

  it('comes with deleting its batch', async () => {
    const { sdk, clock, batchId, taskId } = await batchIn(await startBox());
    await clock.advance(4_000);
    await sdk.analyzeAsync.batches.delete(batchId);
    await expect(sdk.analyzeAsync.tasks.retrieve(taskId)).rejects.toMatchObject({
      statusCode: 404,
      body: { error: { code: 'resource_not_exist' } },
    });
  });
});

describe('canceling a task', () => {
  it('is refused while its batch is under way, with a flat error as declared', async () => {
    const { call, clock, taskId } = await batchIn(await startBox());
    const refusal = {
      status: 409,
      body: { code: 'task_owned_by_batch', message: expect.any(String) },
    };
    expect(await call('POST', `/analyze/tasks/${taskId}/cancel`)).toMatchObject(refusal);
    await clock.advance(1_000);
    expect(await call('POST', `/analyze/tasks/${taskId}/cancel`)).toMatchObject(refusal);
  });

  it('is refused when it is completed', async () => {
    const { call, clock, taskId } = await batchIn(await startBox());
    await clock.advance(4_000);
    const answer = await call('POST', `/analyze/tasks/${taskId}/cancel`);
    expect(answer).toMatchObject({ status: 409, body: { code: 'task_completed' } });
  });

  it('is refused when it has failed', async () => {
    const { call, clock, taskId } = await failingBatch();
    await clock.advance(4_000);
    const answer = await call('POST', `/analyze/tasks/${taskId}/cancel`);
    expect(answer).toMatchObject({ status: 409, body: { code: 'task_failed' } });
  });

  it('changes nothing when it is canceled, as often as one likes', async () => {
    const { sdk, call, clock, batchId, taskId } = await batchIn(await startBox());
    await sdk.analyzeAsync.batches.cancel(batchId);
    await clock.advance(300);
    for (let count = 0; count < 2; count += 1) {
      const answer = await call('POST', `/analyze/tasks/${taskId}/cancel`);
      expect(answer).toMatchObject({ status: 200, body: { status: 'canceled', task_id: taskId } });
    }
  });

  it('is refused with a flat 404 for one that is unknown', async () => {
    const { call } = await startBox();
    const answer = await call('POST', `/analyze/tasks/${'a'.repeat(24)}/cancel?x=1`);
    expect(answer).toMatchObject({ status: 404, body: { code: 'resource_not_exist' } });
  });
});
