import { describe, expect, it } from 'vitest';
import { createBatch, segmentBatch } from '../support/batch-bodies.ts';
import { generalBatch, startBox } from '../support/box-fixture.ts';

describe('the list of batches', () => {
  it('lists newest first, by status and by mode', async () => {
    const { sdk, call, clock, readyAsset } = await startBox();
    const id = await readyAsset();
    const { batch_id: first } = await createBatch(call, generalBatch(id));
    await clock.advance(4_000);
    const { batch_id: second } = await createBatch(call, segmentBatch(id));
    const list = async (request: object) =>
      (await sdk.analyzeAsync.batches.list(request)).data.map((batch) => batch.batchId);
    expect(await list({})).toEqual([second, first]);
    expect(await list({ status: ['pending', 'processing'] })).toEqual([second]);
    expect(await list({ status: ['pending', 'completed'] })).toEqual([second, first]);
    expect(await list({ status: 'completed' })).toEqual([first]);
    expect(await list({ analysisMode: 'time_based_metadata' })).toEqual([second]);
    expect(await list({ analysisMode: ['general', 'time_based_metadata'] })).toHaveLength(2);
    expect(await list({ status: 'completed', analysisMode: 'time_based_metadata' })).toEqual([]);
    expect(await list({ page: 2, pageLimit: 1 })).toEqual([first]);
    expect(await list({ page: 3, pageLimit: 1 })).toEqual([]);
  });

  it('has pages of 10, whole batch objects without their items', async () => {
    const { sdk, call, clock, readyAsset } = await startBox();
    const id = await readyAsset();
    for (let count = 0; count < 12; count += 1) {
      await createBatch(call, generalBatch(id));
      await clock.advance(4_000);
    }
    const { body } = await call('GET', '/analyze/batches');
    expect(body.page_info).toEqual({
      limit_per_page: 10,
      page: 1,
      total_page: 2,
      total_results: 12,
    });
    expect(body.data).toHaveLength(10);
    const one = await call('GET', `/analyze/batches/${body.data[0].batch_id}`);
    expect(body.data[0]).toEqual(one.body);
    let seen = 0;
    for await (const _ of await sdk.analyzeAsync.batches.list({ pageLimit: 5 })) seen += 1;
    expect(seen).toBe(12);
  });

  it.each(['status=failed', 'status=ready', 'page_limit=51', 'page=0', 'analysis_mode=x'])(
    'refuses %s',
    async (query) => {
      const { call } = await startBox();
      const { status, body } = await call('GET', `/analyze/batches?${query}`);
      expect({ status, body }).toMatchObject({
        status: 400,
        body: { error: { code: 'parameter_invalid' } },
      });
    },
  );
});
