import { describe, expect, it } from 'vitest';
import { generalBatch, readLines, samples, startBox } from '../support/box-fixture.ts';

const HOUR_MS = 3_600_000;

describe('the course of a batch', () => {
  it('is pending, processing, completed, with counters that add up', async () => {
    const { sdk, clock, readyAsset } = await startBox();
    const ids = [await readyAsset(), await readyAsset(samples.webm), await readyAsset()];
    const createdAt = clock.now();
    const created = await sdk.analyzeAsync.batches.create({
      modelName: 'pegasus1.5',
      analysisMode: 'general',
      defaults: { prompt: { inputText: 'Summarize.' }, temperature: 0.2, maxTokens: 4096 },
      requests: ids.map((assetId, index) => ({
        video: { type: 'asset_id', assetId },
        ...(index < 2 && { customId: `job-${index}_a` }),
      })),
    });
    expect(created).toMatchObject({ status: 'pending', totalItems: 3, createdAt });
    expect(created.expiresAt.getTime() - createdAt.getTime()).toBe(24 * HOUR_MS);
    expect(created.items.map((item) => item.customId)).toEqual(['job-0_a', 'job-1_a', undefined]);

    const statuses = new Set<string>();
    for (let passedMs = 0; passedMs < 4_000; passedMs += 100) {
      const batch = await sdk.analyzeAsync.batches.retrieve(created.batchId);
      statuses.add(batch.status);
      const { queuedItems, processingItems, readyItems, failedItems, canceledItems } = batch;
      expect(queuedItems + processingItems + readyItems + failedItems + canceledItems).toBe(3);
      expect('completedAt' in batch).toBe(batch.status === 'completed');
      await clock.advance(100);
    }
    expect([...statuses]).toEqual(['pending', 'processing', 'completed']);
    expect(await sdk.analyzeAsync.batches.retrieve(created.batchId)).toMatchObject({
      readyItems: 3,
      analysisMode: 'general',
      modelName: 'pegasus1.5',
    });
  });

  it('is answered with the documented keys, and no other', async () => {
    const { call, clock, readyAsset } = await startBox();
    const id = await readyAsset();
    const { body, status } = await call('POST', '/analyze/batches', generalBatch(id, id));
    expect(status).toBe(201);
    expect(body).toEqual({
      batch_id: expect.stringMatching(/^[0-9a-f]{24}$/),
      status: 'pending',
      total_items: 2,
      created_at: '2026-10-01T00:00:01.500Z',
      expires_at: '2026-10-02T00:00:01.500Z',
      items: ['item-0', 'item-1'].map((custom_id) => ({
        task_id: expect.stringMatching(/^[0-9a-f]{24}$/),
        custom_id,
      })),
    });
    const path = `/analyze/batches/${body.batch_id}`;
    const shouted = `/analyze/batches/${body.batch_id.toUpperCase()}`;
    const always = {
      batch_id: body.batch_id,
      analysis_mode: 'general',
      model_name: 'pegasus1.5',
      total_items: 2,
      created_at: body.created_at,
      expires_at: body.expires_at,
      processing_items: 0,
      failed_items: 0,
      canceled_items: 0,
    };
    const pending = { ...always, status: 'pending', queued_items: 2, ready_items: 0 };
    expect((await call('GET', path)).body).toEqual(pending);
    await clock.advance(4_000);
    expect((await call('GET', shouted)).body).toEqual({
      ...always,
      status: 'completed',
      completed_at: expect.stringMatching(/^2026-10-01T00:00:0\d\.\d{3}Z$/),
      queued_items: 0,
      ready_items: 2,
    });
  });

  it.each([
    ['GET', ''],
    ['GET', '/results'],
    ['POST', '/cancel'],
    ['DELETE', ''],
  ])('is not found by %s %s once it is unknown', async (method, path) => {
    const { call } = await startBox();
    const answer = await call(method, `/analyze/batches/${'a'.repeat(24)}${path}`);
    expect(answer).toMatchObject({ status: 404, body: { error: { code: 'resource_not_exist' } } });
  });

  it('writes an absent custom id as null', async () => {
    const { call, readyAsset } = await startBox();
    const id = await readyAsset();
    const request = {
      ...generalBatch(id),
      requests: [{ video: { type: 'asset_id', asset_id: id } }],
    };
    const { status, body } = await call('POST', '/analyze/batches', request);
    expect(status).toBe(201);
    expect(body.items).toEqual([{ task_id: expect.any(String), custom_id: null }]);
  });

  it('fails alone the item whose window is too short, and bills only the others', async () => {
    const { call, clock, box, readyAsset } = await startBox();
    const id = await readyAsset();
    const batch = generalBatch(id, id);
    const requests = batch.requests.map((item, i) => ({
      ...item,
      ...(i === 0 && { end_time: 3 }),
    }));
    const { body } = await call('POST', '/analyze/batches', { ...batch, requests });
    await clock.advance(4_000);
    const ended = await call('GET', `/analyze/batches/${body.batch_id}`);
    expect(ended.body).toMatchObject({ status: 'completed', ready_items: 1, failed_items: 1 });
    const lines = await readLines(call, body.batch_id);
    expect(lines.find((line) => line.status === 'failed')).toMatchObject({
      custom_id: 'item-0',
      error: { code: 'video_duration_too_short', message: expect.any(String) },
    });
    expect(box.ledger.items()).toHaveLength(2);
    expect(box.ledger.billedItems().map((item) => item.customId)).toEqual(['item-1']);
  });

  it('ends items out of order', async () => {
    const { call, clock, readyAsset } = await startBox();
    const id = await readyAsset();
    const { body } = await call('POST', '/analyze/batches', generalBatch(...Array(20).fill(id)));
    await clock.advance(4_000);
    const order = (await readLines(call, body.batch_id)).map((line) => line.custom_id);
    expect(order).toHaveLength(20);
    expect(order).not.toEqual(generalBatch(...Array(20).fill(id)).requests.map((r) => r.custom_id));
  });

  it('fails the items whose asset is deleted before they are read', async () => {
    const { call, clock, readyAsset } = await startBox();
    const id = await readyAsset();
    const { body } = await call('POST', '/analyze/batches', generalBatch(id));
    await call('DELETE', `/assets/${id}`);
    await clock.advance(4_000);
    expect(await readLines(call, body.batch_id)).toMatchObject([
      { status: 'failed', error: { code: 'asset_unavailable' } },
    ]);
  });

  it('cancels what is queued, finishes what is in process', async () => {
    const timing = { itemStartSpreadMs: 10_000 };
    const { sdk, call, clock, box, readyAsset } = await startBox({ timing });
    const id = await readyAsset();
    const { body } = await call('POST', '/analyze/batches', generalBatch(...Array(20).fill(id)));
    await clock.advance(5_000);
    const { data: canceling, rawResponse } = await sdk.analyzeAsync.batches
      .cancel(body.batch_id)
      .withRawResponse();
    expect(rawResponse.status).toBe(202);
    expect(canceling.status).toBe('canceling');
    expect(canceling.processingItems).toBeGreaterThan(0);
    expect(canceling.canceledItems).toBeGreaterThan(0);
    expect(canceling.queuedItems).toBe(0);
    expect((await sdk.analyzeAsync.batches.cancel(body.batch_id)).status).toBe('canceling');

    await clock.advance(3_000);
    const canceled = await sdk.analyzeAsync.batches.retrieve(body.batch_id);
    expect(canceled).toMatchObject({ status: 'canceled', processingItems: 0 });
    expect(canceled.readyItems).toBe(canceling.readyItems + canceling.processingItems);
    expect(canceled.canceledAt).toBeInstanceOf(Date);
    expect(box.ledger.billedItems()).toHaveLength(canceled.readyItems);
    await expect(sdk.analyzeAsync.batches.cancel(body.batch_id)).rejects.toMatchObject({
      statusCode: 409,
      body: { error: { code: 'batch_canceled' } },
    });
    const line = (await readLines(call, body.batch_id)).find((each) => each.status === 'canceled');
    expect(Object.keys(line ?? {})).toEqual(['task_id', 'custom_id', 'status']);
  });

  it('refuses to cancel what is over and to delete what is not', async () => {
    const { sdk, call, clock, readyAsset } = await startBox();
    const { body } = await call('POST', '/analyze/batches', generalBatch(await readyAsset()));
    await expect(sdk.analyzeAsync.batches.delete(body.batch_id)).rejects.toMatchObject({
      statusCode: 409,
      body: { error: { code: 'batch_not_terminal' } },
    });
    await clock.advance(4_000);
    await expect(sdk.analyzeAsync.batches.cancel(body.batch_id)).rejects.toMatchObject({
      statusCode: 409,
      body: { error: { code: 'batch_completed' } },
    });
    expect((await call('DELETE', `/analyze/batches/${body.batch_id}`)).status).toBe(204);
    await expect(sdk.analyzeAsync.batches.retrieve(body.batch_id)).rejects.toMatchObject({
      statusCode: 404,
      body: { error: { code: 'resource_not_exist' } },
    });
    expect((await call('GET', `/analyze/tasks/${body.items[0].task_id}`)).status).toBe(404);
  });
});
