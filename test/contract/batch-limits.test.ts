import { describe, expect, it } from 'vitest';
import type { BoxLimits } from '../../local/twelvelabs/settings.ts';
import {
  createBatch,
  definition,
  refusalOf,
  segmentBatch,
  withField,
  withFormat,
  withItem,
} from '../support/batch-bodies.ts';
import { generalBatch, startBox } from '../support/box-fixture.ts';

const MINUTE_MS = 60_000;

/** The sample has 20 seconds. */
const SECONDS = 20;

const definitions = (id: string, count: number) =>
  withFormat(id, {
    type: 'segment_definitions',
    segment_definitions: Array.from({ length: count }, (_, i) => ({ ...definition, id: `d${i}` })),
  });
const fields = (id: string, count: number) =>
  segmentBatch(id, {
    fields: Array.from({ length: count }, (_, i) => ({
      name: `f${i}`,
      type: 'string',
      description: 'A field.',
    })),
  });
const choices = (id: string, count: number) =>
  withField(id, { type: 'string', enum: Array.from({ length: count }, String) });

describe('a limit of a request', () => {
  it.each<[keyof BoxLimits, number, (id: string, amount: number) => object]>([
    ['batchRequests', 2, (id, amount) => generalBatch(...Array(amount).fill(id))],
    ['maxTokens', 600, (id, amount) => withItem(generalBatch(id), { max_tokens: amount })],
    ['segmentDefinitions', 2, definitions],
    ['segmentFields', 2, fields],
    ['enumValues', 2, choices],
  ])('%s is met at %i and broken by one more', async (limit, most, batch) => {
    const { call, readyAsset } = await startBox({ limits: { [limit]: most } });
    const id = await readyAsset();
    await createBatch(call, batch(id, most));
    expect(await refusalOf(call, batch(id, most + 1))).toMatchObject({
      status: 400,
      code: 'parameter_invalid',
    });
  });

  it('can be changed while the box runs', async () => {
    const { call, box, readyAsset } = await startBox();
    const id = await readyAsset();
    await createBatch(call, definitions(id, 20));
    box.change({ limits: { segmentDefinitions: 10 } });
    await createBatch(call, definitions(id, 10));
    expect((await refusalOf(call, definitions(id, 11))).message).toContain('at most 10');
  });

  it('counts the content of whole videos, whatever windows are asked for', async () => {
    const { call, readyAsset } = await startBox({ limits: { batchContentSeconds: 2 * SECONDS } });
    const id = await readyAsset();
    await createBatch(call, generalBatch(id, id));
    const windows = withItem(generalBatch(id, id, id), { end_time: 5 });
    expect(await refusalOf(call, windows)).toMatchObject({
      status: 400,
      code: 'parameter_invalid',
    });
  });

  it('lets a plan have no batches at all', async () => {
    const { call, box, readyAsset } = await startBox();
    const id = await readyAsset();
    const { batch_id } = await createBatch(call, generalBatch(id));
    box.change({ limits: { batchesAllowed: false } });
    expect(await refusalOf(call, generalBatch(id))).toMatchObject({
      status: 403,
      code: 'api_allowed_for_paid_plan',
    });
    expect((await call('GET', `/analyze/batches/${batch_id}`)).status).toBe(200);
  });
});

describe('active batches', () => {
  it('are five at once; the sixth gets 429 without Retry-After until one has ended', async () => {
    const { sdk, call, clock, readyAsset } = await startBox();
    const id = await readyAsset();
    const create = () => call('POST', '/analyze/batches', generalBatch(id));
    const { body: first } = await create();
    for (let count = 1; count < 5; count += 1) expect((await create()).status).toBe(201);
    await call('POST', `/analyze/batches/${first.batch_id}/cancel`);
    expect((await sdk.analyzeAsync.batches.retrieve(first.batch_id)).status).toBe('canceling');

    const refused = await create();
    expect(refused).toMatchObject({ status: 429, body: { error: { code: 'too_many_requests' } } });
    expect(refused.headers.has('retry-after')).toBe(false);
    await clock.advance(4_000);
    expect((await create()).status).toBe(201);
  });

  it.each([['canceled'], ['completed'], ['expired']])('are none when %s', async (status) => {
    const timing = status === 'expired' ? { itemMinMs: 1e9, itemMaxMs: 1e9 } : {};
    const { sdk, call, clock, readyAsset } = await startBox({
      timing,
      limits: { activeBatches: 1 },
    });
    const id = await readyAsset();
    const { batch_id } = await createBatch(call, generalBatch(id));
    expect((await refusalOf(call, generalBatch(id))).status).toBe(429);
    if (status === 'canceled') await sdk.analyzeAsync.batches.cancel(batch_id);
    await clock.advance(24 * 60 * MINUTE_MS);
    expect((await sdk.analyzeAsync.batches.retrieve(batch_id)).status).toBe(status);
    await createBatch(call, generalBatch(id));
  });
});

describe('a rate', () => {
  it.each([
    ['analyzeRequestsPerMinute', 2, MINUTE_MS],
    ['analyzeRequestsPerDay', 2, 24 * 60 * MINUTE_MS],
    ['analyzeMinutesPerHour', 1, 60 * MINUTE_MS],
    ['analyzeMinutesPerDay', 1, 24 * 60 * MINUTE_MS],
  ] as const)(
    '%s of %i is met, and broken by one more until time has passed',
    async (rate, most, windowMs) => {
      const { call, clock, readyAsset } = await startBox({
        limits: { [rate]: most },
        switches: { rateLimitBody: 'declared' },
      });
      const id = await readyAsset();
      // Three items of 20 seconds are a minute.
      const batch = rate.includes('Minutes') ? generalBatch(id, id, id) : generalBatch(id);
      for (let count = 0; count < most; count += 1) await createBatch(call, batch);
      const refused = await call('POST', '/analyze/batches', batch);
      expect(refused).toMatchObject({
        status: 429,
        body: { error: { code: 'too_many_requests' } },
      });
      expect(refused.headers.get('retry-after')).toBe(String(windowMs / 1000));
      await clock.advance(windowMs - 1);
      expect((await refusalOf(call, batch)).status).toBe(429);
      await clock.advance(1);
      await createBatch(call, batch);
    },
  );

  it('of content is not used up by what is refused', async () => {
    const { call, box, readyAsset } = await startBox({ limits: { analyzeMinutesPerHour: 1 } });
    const id = await readyAsset();
    const batch = generalBatch(id, id, id);
    box.faults.set({ kind: 'poison-asset', times: 1 });
    expect((await refusalOf(call, batch)).status).toBe(400);
    expect((await refusalOf(call, withItem(batch, { max_tokens: 1 }))).status).toBe(400);
    expect((await refusalOf(call, generalBatch(...Array(4).fill(id)))).status).toBe(429);
    await createBatch(call, batch);
  });
});
