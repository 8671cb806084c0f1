import { describe, expect, it } from 'vitest';
import { generalBatch, readLines, startBox, T0 } from '../support/box-fixture.ts';

describe('lists of batches and single tasks', () => {
  it('lists newest first, by status and by mode', async () => {
    const { sdk, call, clock, readyAsset } = await startBox();
    const id = await readyAsset();
    const create = async () =>
      (await call('POST', '/analyze/batches', generalBatch(id))).body.batch_id as string;
    const first = await create();
    await clock.advance(4_000);
    const second = await create();
    const list = async (request: object) =>
      (await sdk.analyzeAsync.batches.list(request)).data.map((batch) => batch.batchId);
    expect(await list({})).toEqual([second, first]);
    expect(await list({ status: ['pending', 'processing'] })).toEqual([second]);
    expect(await list({ status: 'completed' })).toEqual([first]);
    expect(await list({ analysisMode: 'time_based_metadata' })).toEqual([]);
    expect(await list({ page: 2, pageLimit: 1 })).toEqual([first]);
    expect((await call('GET', '/analyze/batches?status=failed')).status).toBe(400);
    expect((await call('GET', '/analyze/batches?page_limit=51')).body.error.code).toBe(
      'parameter_invalid',
    );
  });

  it('shows an item as a task, with what was asked and what came out', async () => {
    const { sdk, call, clock, readyAsset } = await startBox();
    const id = await readyAsset();
    const { body } = await call('POST', '/analyze/batches', generalBatch(id));
    const taskId = body.items[0].task_id;
    expect(await sdk.analyzeAsync.tasks.retrieve(taskId)).toMatchObject({
      status: 'queued',
      customId: 'item-0',
      createdAt: new Date(T0.getTime() + 1_500),
      videoSource: { type: 'asset_id', assetId: id },
      requestParams: { analysisMode: 'general', promptV2: { inputText: 'What happens — 何が?' } },
    });
    await clock.advance(4_000);
    const task = await sdk.analyzeAsync.tasks.retrieve(taskId);
    expect(task).toMatchObject({ status: 'ready', result: { finishReason: 'stop' } });
    expect(task).not.toHaveProperty('error');
    expect(task.completedAt).toBeInstanceOf(Date);
    const [line] = await readLines(call, body.batch_id);
    expect(task.result?.data).toBe(line?.data?.data);
  });
});
