import { describe, expect, it } from 'vitest';
import {
  createBatch,
  definition,
  segmentBatch,
  withFormat,
  withItem,
} from '../support/batch-bodies.ts';
import { generalBatch, samples, startBox, T0 } from '../support/box-fixture.ts';

/** A box whose batches are run to their end one after the other. */
async function ledgerOf() {
  const fixture = await startBox();
  const { box, call, clock } = fixture;
  const run = async (...batches: object[]) => {
    for (const batch of batches) {
      await createBatch(call, batch);
      await clock.advance(4_000);
    }
  };
  return { ...fixture, run, ledger: box.ledger };
}

describe('the ledger', () => {
  it('has every item from its creation to its end', async () => {
    const { ledger, call, clock, readyAsset } = await ledgerOf();
    const id = await readyAsset();
    const createdAtMs = T0.getTime() + 1_500;
    const { batch_id, items } = await createBatch(call, generalBatch(id));
    const item = {
      batchId: batch_id,
      taskId: items[0]?.task_id,
      customId: 'item-0',
      assetId: id,
      createdAtMs,
      definitions: 1,
    };
    expect(ledger.items()).toEqual([
      { ...item, status: 'queued', billedSeconds: 0, outputTokens: 0 },
    ]);
    await clock.advance(4_000);
    const [ended] = ledger.items();
    expect(ended).toEqual({
      ...item,
      status: 'ready',
      endedAtMs: expect.any(Number),
      billedSeconds: 20,
      outputTokens: expect.any(Number),
    });
    expect(ended?.endedAtMs).toBeGreaterThan(createdAtMs);
    expect(ended?.endedAtMs).toBeLessThanOrEqual(createdAtMs + 4_000);
    const { body } = await call('GET', `/analyze/tasks/${items[0]?.task_id}`);
    expect(ended?.outputTokens).toBe(body.result.usage.output_tokens);
    expect(body.completed_at).toBe(new Date(ended?.endedAtMs ?? 0).toISOString());
  });

  it('bills the window, once for every definition, and the tokens', async () => {
    const { ledger, run, readyAsset } = await ledgerOf();
    const id = await readyAsset();
    const segment_definitions = ['a', 'b', 'c'].map((name) => ({ ...definition, id: name }));
    const three = withFormat(id, { type: 'segment_definitions', segment_definitions });
    await run(withItem(generalBatch(id), { start_time: 5, end_time: 15 }));
    await run(withItem(three, { end_time: 10 }));
    await run(segmentBatch(id, { time_ranges: [{ start_time: 0, end_time: 2 }] }));
    // Definitions that nobody asked to use.
    const response_format = { type: 'json_schema', json_schema: {}, segment_definitions };
    await run(withItem(generalBatch(id), { response_format }));
    const items = ledger.billedItems();
    expect(items.map((item) => item.billedSeconds)).toEqual([10, 30, 20, 20]);
    expect(items.map((item) => item.definitions)).toEqual([1, 3, 1, 1]);
    const tokens = items.reduce((sum, item) => sum + item.outputTokens, 0);
    expect(tokens).toBeGreaterThan(0);
    expect(ledger.billedUsd()).toBeCloseTo((80 / 60) * 0.0292 + (tokens / 1000) * 0.0075, 10);
  });

  it('bills nothing that failed or was canceled', async () => {
    const { ledger, box, sdk, call, clock, readyAsset } = await ledgerOf();
    const id = await readyAsset();
    box.faults.set({ kind: 'fail-item', times: 1 });
    await createBatch(call, generalBatch(id));
    await clock.advance(4_000);
    const { batch_id } = await createBatch(call, generalBatch(id));
    await sdk.analyzeAsync.batches.cancel(batch_id);
    await clock.advance(4_000);
    expect(ledger.items().map((item) => item.status)).toEqual(['failed', 'canceled']);
    expect(ledger.billedItems()).toEqual([]);
    expect(ledger.billedUsd()).toBe(0);
  });

  it('keeps what is deleted, and its bill', async () => {
    const { ledger, sdk, call, clock, readyAsset } = await ledgerOf();
    const id = await readyAsset();
    const { batch_id } = await createBatch(call, generalBatch(id));
    await clock.advance(4_000);
    const before = [ledger.items(), ledger.assets(), ledger.billedUsd()];
    await sdk.analyzeAsync.batches.delete(batch_id);
    await sdk.assets.delete(id);
    await clock.advance(40 * 24 * 3_600_000);
    expect([ledger.items(), ledger.assets(), ledger.billedUsd()]).toEqual(before);
    expect(before[2]).toBeGreaterThan(0);
  });
});

describe('what was paid twice', () => {
  it('is the same request of the same file, wherever its settings were written', async () => {
    const { ledger, run, readyAsset } = await ledgerOf();
    const id = await readyAsset();
    const batch = generalBatch(id);
    await run(
      withItem(batch, { temperature: 0.5, max_tokens: 600 }),
      {
        ...withItem(batch, { temperature: 0.5, custom_id: 'again' }),
        defaults: { max_tokens: 600, ...batch.defaults },
      },
      generalBatch(id, id),
    );
    const groups = ledger.paidTwice();
    expect(groups.map((group) => group.map((each) => each.customId))).toEqual([
      ['item-0', 'again'],
      ['item-0', 'item-1'],
    ]);
  });

  it('is that of a file which was registered as two assets', async () => {
    const { ledger, run, readyAsset } = await ledgerOf();
    await run(generalBatch(await readyAsset(), await readyAsset()));
    expect(ledger.paidTwice()).toMatchObject([[{ status: 'ready' }, { status: 'ready' }]]);
  });

  it('is not what differs in file, mode, window or prompt', async () => {
    const { ledger, run, readyAsset } = await ledgerOf();
    const id = await readyAsset();
    await run(
      generalBatch(id, await readyAsset(samples.webm)),
      segmentBatch(id),
      segmentBatch(id, { description: 'Another goal.' }),
      withItem(generalBatch(id), { end_time: 10 }),
      withItem(generalBatch(id), { prompt: { input_text: 'And now?' } }),
    );
    expect(ledger.billedItems()).toHaveLength(6);
    expect(ledger.paidTwice()).toEqual([]);
  });

  it('is not what was tried again after a failure', async () => {
    const { ledger, box, run, readyAsset } = await ledgerOf();
    const id = await readyAsset();
    box.faults.set({ kind: 'fail-item', times: 1 });
    await run(generalBatch(id), generalBatch(id));
    expect(ledger.items().map((item) => item.status)).toEqual(['failed', 'ready']);
    expect(ledger.paidTwice()).toEqual([]);
  });

  it('is also what is still under way, until it is canceled', async () => {
    const { ledger, call, run, readyAsset } = await ledgerOf();
    const id = await readyAsset();
    await run(generalBatch(id));
    const { batch_id } = await createBatch(call, generalBatch(id));
    expect(ledger.paidTwice()).toMatchObject([[{ status: 'ready' }, { status: 'queued' }]]);
    await call('POST', `/analyze/batches/${batch_id}/cancel`);
    expect(ledger.paidTwice()).toEqual([]);
  });

  it.each([
    [{ start_time: 0 }],
    [{ end_time: 9_999 }],
    [{ max_tokens: 4_096 }],
    [{ temperature: 0.2 }],
    [{ prompt: { input_text: 'What happens — 何が?', media_sources: null } }],
  ])('is a request that says %j where nothing need be said', async (said) => {
    const { ledger, run, readyAsset } = await ledgerOf();
    const id = await readyAsset();
    await run(generalBatch(id), withItem(generalBatch(id), said));
    expect(ledger.paidTwice()).toHaveLength(1);
  });
});
