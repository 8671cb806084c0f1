import { describe, expect, it } from 'vitest';
import {
  createBatch,
  refusalOf,
  segmentBatch,
  withField,
  withItem,
} from '../support/batch-bodies.ts';
import { type BoxFixture, generalBatch, startBox, uploadForm } from '../support/box-fixture.ts';

/** Two batches, created a second apart, and what the lists of batches and tasks say of them. */
async function listed({ sdk, clock, call }: BoxFixture, id: string) {
  const first = await createBatch(call, generalBatch(id));
  await clock.advance(1_000);
  const second = await createBatch(call, generalBatch(id));
  const batches = async () =>
    (await sdk.analyzeAsync.batches.list()).data.map((batch) => batch.batchId);
  const tasks = async () => (await sdk.analyzeAsync.tasks.list()).data.map((task) => task.taskId);
  return { first, second, batches, tasks };
}

describe('the switch', () => {
  it('countersLagMs shows the counters late, and the status in time', async () => {
    const fixture = await startBox({ switches: { countersLagMs: 10_000 } });
    const { sdk, call, clock, readyAsset } = fixture;
    const { batch_id } = await createBatch(call, generalBatch(await readyAsset()));
    await clock.advance(4_000);
    const late = { status: 'completed', queuedItems: 1, readyItems: 0 };
    expect(await sdk.analyzeAsync.batches.retrieve(batch_id)).toMatchObject(late);
    expect((await sdk.analyzeAsync.batches.list()).data).toMatchObject([late]);
    await clock.advance(10_000);
    expect(await sdk.analyzeAsync.batches.retrieve(batch_id)).toMatchObject({ readyItems: 1 });
  });

  it('countersLagMs shows a cancel in the counters late', async () => {
    const { sdk, call, clock, readyAsset } = await startBox({ switches: { countersLagMs: 1_000 } });
    const { batch_id } = await createBatch(call, generalBatch(await readyAsset()));
    expect(await sdk.analyzeAsync.batches.cancel(batch_id)).toMatchObject({
      status: 'canceling',
      queuedItems: 1,
      canceledItems: 0,
    });
    await clock.advance(1_000);
    expect(await sdk.analyzeAsync.batches.retrieve(batch_id)).toMatchObject({ canceledItems: 1 });
  });

  it('listLagMs keeps what is new out of the lists, but not from who knows its id', async () => {
    const fixture = await startBox({ switches: { listLagMs: 1_000 } });
    const { first, second, batches, tasks } = await listed(fixture, await fixture.readyAsset());
    expect(await batches()).toEqual([first.batch_id]);
    expect(await tasks()).toEqual([first.items[0]?.task_id]);
    const { body } = await fixture.call('GET', '/analyze/batches');
    expect(body.page_info.total_results).toBe(1);
    expect((await fixture.sdk.analyzeAsync.batches.retrieve(second.batch_id)).status).toBe(
      'pending',
    );
    await fixture.clock.advance(1_000);
    expect(await batches()).toEqual([second.batch_id, first.batch_id]);
  });

  it('listLagMs of 0 lists at once', async () => {
    const fixture = await startBox();
    const { first, second, batches, tasks } = await listed(fixture, await fixture.readyAsset());
    expect(await batches()).toEqual([second.batch_id, first.batch_id]);
    expect(await tasks()).toHaveLength(2);
  });

  it.each([
    [true, 429],
    [false, 201],
  ])('cancelingIsActive %s answers the next create with %i', async (cancelingIsActive, status) => {
    const { call, readyAsset } = await startBox({
      switches: { cancelingIsActive },
      limits: { activeBatches: 1 },
    });
    const id = await readyAsset();
    const { batch_id } = await createBatch(call, generalBatch(id));
    await call('POST', `/analyze/batches/${batch_id}/cancel`);
    expect((await call('POST', '/analyze/batches', generalBatch(id))).status).toBe(status);
  });

  it.each([
    ['requested', ['item-0', 'item-1', 'item-2']],
    ['reversed', ['item-2', 'item-1', 'item-0']],
  ] as const)('createdItemsOrder %s answers a create with %j', async (createdItemsOrder, ids) => {
    const { sdk, call, readyAsset } = await startBox({ switches: { createdItemsOrder } });
    const id = await readyAsset();
    const { items } = await createBatch(call, generalBatch(id, id, id));
    expect(items.map((item) => item.custom_id)).toEqual(ids);
    for (const { task_id, custom_id } of items) {
      expect(await sdk.analyzeAsync.tasks.retrieve(task_id)).toMatchObject({ customId: custom_id });
    }
  });

  it('cancelTwice accepted changes nothing the second time', async () => {
    const { sdk, box, call, clock, readyAsset } = await startBox();
    const { batch_id } = await createBatch(call, generalBatch(await readyAsset()));
    await sdk.analyzeAsync.batches.cancel(batch_id);
    box.change({ timing: { batchCancelingMs: 10_000 } });
    await clock.advance(299);
    expect((await sdk.analyzeAsync.batches.cancel(batch_id)).status).toBe('canceling');
    await clock.advance(1);
    expect((await sdk.analyzeAsync.batches.retrieve(batch_id)).status).toBe('canceled');
  });

  it('cancelTwice refused answers the second cancel with 409', async () => {
    const { sdk, call, readyAsset } = await startBox({ switches: { cancelTwice: 'refused' } });
    const { batch_id } = await createBatch(call, generalBatch(await readyAsset()));
    await sdk.analyzeAsync.batches.cancel(batch_id);
    await expect(sdk.analyzeAsync.batches.cancel(batch_id)).rejects.toMatchObject({
      statusCode: 409,
      body: { error: { code: 'batch_canceled' } },
    });
  });

  it.each([
    ['204', 204],
    ['200', 200],
  ] as const)(
    'deleteStatus %s is that of deleted batches and tasks',
    async (deleteStatus, status) => {
      const { sdk, call, clock, readyAsset } = await startBox({ switches: { deleteStatus } });
      const batch = await createBatch(call, generalBatch(await readyAsset()));
      await clock.advance(4_000);
      const deletedTask = await call('DELETE', `/analyze/tasks/${batch.items[0]?.task_id}`);
      expect(deletedTask).toMatchObject({ status, text: '' });
      const { rawResponse } = await sdk.analyzeAsync.batches
        .delete(batch.batch_id)
        .withRawResponse();
      expect(rawResponse.status).toBe(status);
      expect((await call('GET', `/analyze/batches/${batch.batch_id}`)).status).toBe(404);
    },
  );

  it.each([
    ['telling', 'asset_not_ready', 'too_many_requests'],
    ['parameter_invalid', 'parameter_invalid', 'parameter_invalid'],
  ] as const)(
    'undocumentedCodes %s is the code where only a status is documented',
    async (undocumentedCodes, notReady, tooMany) => {
      const { call, readyAsset } = await startBox({
        switches: { undocumentedCodes },
        limits: { activeBatches: 1 },
      });
      const id = await readyAsset();
      const form = uploadForm({ method: 'direct' }, Buffer.from('x'));
      const { body } = await call('POST', '/assets', form);
      expect(await refusalOf(call, generalBatch(body._id))).toMatchObject({
        status: 409,
        code: notReady,
      });
      await createBatch(call, generalBatch(id));
      expect(await refusalOf(call, generalBatch(id))).toMatchObject({ status: 429, code: tooMany });
    },
  );

  it.each(['400', '413', '422'] as const)(
    'overLimitStatus %s is that of too much',
    async (overLimitStatus) => {
      const { call, readyAsset } = await startBox({
        switches: { overLimitStatus },
        limits: { batchRequests: 3, batchContentSeconds: 20 },
      });
      const id = await readyAsset();
      const refusal = { status: Number(overLimitStatus), code: 'parameter_invalid' };
      expect(await refusalOf(call, generalBatch(id, id, id, id))).toMatchObject(refusal);
      expect(await refusalOf(call, generalBatch(id, id))).toMatchObject(refusal);
      await createBatch(call, generalBatch(id));
    },
  );

  it('batchModels lets Pegasus 1.6 in, and no other', async () => {
    const { call, box, readyAsset } = await startBox();
    const id = await readyAsset();
    const newer = { ...segmentBatch(id), model_name: 'pegasus1.6' };
    expect((await refusalOf(call, newer)).code).toBe('parameter_invalid');
    box.change({ switches: { batchModels: 'pegasus1.5 and pegasus1.6' } });
    const { batch_id } = await createBatch(call, withItem(newer, { max_tokens: 'unlimited' }));
    expect((await call('GET', `/analyze/batches/${batch_id}`)).body.model_name).toBe('pegasus1.6');
    await createBatch(call, segmentBatch(id));
    const older = withItem(segmentBatch(id), { max_tokens: 'unlimited' });
    expect((await refusalOf(call, older)).status).toBe(400);
    const general = { ...generalBatch(id), model_name: 'pegasus1.6' };
    expect((await refusalOf(call, withItem(general, { max_tokens: 'unlimited' }))).status).toBe(
      400,
    );
    expect((await refusalOf(call, { ...general, model_name: 'pegasus1.4' })).status).toBe(400);
  });

  it('fieldDescription says whether a field must have one', async () => {
    const { call, box, readyAsset } = await startBox();
    const bare = withField(await readyAsset(), { type: 'string', description: undefined });
    expect((await refusalOf(call, bare)).code).toBe('parameter_not_provided');
    box.change({ switches: { fieldDescription: 'optional' } });
    await createBatch(call, bare);
  });
});
