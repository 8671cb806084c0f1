import { describe, expect, it } from 'vitest';
import {
  createBatch,
  refusalOf,
  segmentBatch,
  withItem,
  withSchema,
} from '../support/batch-bodies.ts';
import { type BoxFixture, generalBatch, readLines, startBox } from '../support/box-fixture.ts';

/** What the only item of a batch yields, parsed. */
async function documentOf({ call, clock }: BoxFixture, batch: unknown) {
  const { batch_id } = await createBatch(call, batch);
  await clock.advance(4_000);
  const [line] = await readLines(call, batch_id);
  return JSON.parse(line?.data?.data ?? 'null');
}

describe('a hostile batch', () => {
  it.each<[string, (id: string) => string]>([
    ['a schema that is nested a million times', (id) => nested(id, '{"a":', '}')],
    ['a list that is nested a million times', (id) => nested(id, '[', ']')],
  ])('is refused for %s', async (_, textOf) => {
    const { call, box, readyAsset } = await startBox();
    const refusal = await refusalOf(call, textOf(await readyAsset()));
    expect(refusal).toMatchObject({ status: 400, code: 'parameter_invalid' });
    expect(box.ledger.items()).toEqual([]);
  });

  it('is taken with names of the prototype', async () => {
    const fixture = await startBox();
    const id = await fixture.readyAsset();
    const schema = JSON.parse('{"properties":{"__proto__":{"const":1},"constructor":{"const":2}}}');
    const text = JSON.stringify(await documentOf(fixture, withSchema(id, schema)));
    expect(text).toBe('{"__proto__":1,"constructor":2}');
    const segments = await documentOf(fixture, segmentBatch(id, { id: '__proto__' }));
    expect(Object.keys(segments)).toEqual(['__proto__']);
  });

  it('is answered at once where a schema grows at every level', async () => {
    const fixture = await startBox();
    const names = Array.from({ length: 20 }, (_, index) => `child${index}`);
    const child = { $ref: '#/$defs/node' };
    const node = {
      type: 'object',
      properties: Object.fromEntries(names.map((name) => [name, child])),
      required: names,
    };
    const schema = { $ref: '#/$defs/node', $defs: { node } };
    const document = await documentOf(fixture, withSchema(await fixture.readyAsset(), schema));
    expect(Object.keys(document)).toEqual(names);
  });

  it('is checked once for the schema that a thousand items share', async () => {
    const { call, readyAsset } = await startBox();
    const properties = Object.fromEntries(
      Array.from({ length: 20_000 }, (_, index) => [`p${index}`, { type: 'string' }]),
    );
    const batch = generalBatch(...Array(1_000).fill(await readyAsset()));
    const response_format = { type: 'json_schema', json_schema: { type: 'object', properties } };
    const begunAt = performance.now();
    await createBatch(call, { ...batch, defaults: { ...batch.defaults, response_format } });
    // Checked for every item, it takes half a minute.
    expect(performance.now() - begunAt).toBeLessThan(10_000);
  });

  it('is taken with the greatest numbers', async () => {
    const { call, clock, box, readyAsset } = await startBox({ limits: { minWindowSeconds: 0 } });
    const id = await readyAsset();
    box.faults.set({ kind: 'slow-item', ms: Number.MAX_SAFE_INTEGER, customId: 'item-1' });
    const far = { start_time: 1e308, end_time: 1.7e308 };
    const { batch_id } = await createBatch(call, withItem(generalBatch(id), far));
    const slow = await createBatch(call, withItem(generalBatch(id), { custom_id: 'item-1' }));
    await clock.advance(4_000);
    expect(await readLines(call, batch_id)).toMatchObject([{ status: 'ready' }]);
    expect(await readLines(call, slow.batch_id)).toMatchObject([{ status: 'processing' }]);
    expect(box.ledger.billedUsd()).toBeLessThan(1);
  });

  it('may be asked for in whatever order, twice and late', async () => {
    const { sdk, call, clock, readyAsset } = await startBox();
    const { batch_id, items } = await createBatch(call, generalBatch(await readyAsset()));
    const path = `/analyze/batches/${batch_id}`;
    const cancels = [1, 2, 3].map(() => call('POST', `${path}/cancel`, '{"why":"because"}'));
    const statuses = (await Promise.all(cancels)).map((answer) => answer.status);
    expect(statuses).toEqual([202, 202, 202]);
    await clock.leap(24 * 3_600_000);
    expect((await sdk.analyzeAsync.batches.retrieve(batch_id)).status).toBe('canceled');
    const deletes = await Promise.all([call('DELETE', path), call('DELETE', path)]);
    expect(deletes.map((answer) => answer.status).toSorted()).toEqual([204, 404]);
    expect((await call('POST', `${path}/cancel`)).status).toBe(404);
    expect((await call('DELETE', `/analyze/tasks/${items[0]?.task_id}`)).status).toBe(404);
  });

  it('is streamed to the end although it is deleted in the middle', async () => {
    const { box, call, clock, readyAsset } = await startBox();
    const id = await readyAsset();
    const { batch_id } = await createBatch(call, generalBatch(...Array(500).fill(id)));
    await clock.advance(4_000);
    const reading = readLines(call, batch_id);
    await call('DELETE', `/analyze/batches/${batch_id}`);
    expect(await reading).toHaveLength(500);
    expect(box.ledger.billedItems()).toHaveLength(500);
  });

  it.each(['identity', 'gzip'] as const)(
    'may have its results cut (%s)',
    async (resultsEncoding) => {
      const { box, call, clock, readyAsset } = await startBox({ switches: { resultsEncoding } });
      const id = await readyAsset();
      const { batch_id } = await createBatch(call, generalBatch(...Array(50).fill(id)));
      await clock.advance(4_000);
      box.faults.set({ kind: 'cut', afterBytes: 20, operation: 'batches.results' });
      await expect(call('GET', `/analyze/batches/${batch_id}/results`)).rejects.toThrow();
      box.faults.clear();
      expect(await readLines(call, batch_id)).toHaveLength(50);
    },
  );
});

function nested(id: string, open: string, close: string): string {
  const deep = `${open.repeat(1_000_000)}1${close.repeat(1_000_000)}`;
  const batch = JSON.stringify(withSchema(id, { default: 'DEEP' }));
  return batch.replace('"DEEP"', deep);
}
