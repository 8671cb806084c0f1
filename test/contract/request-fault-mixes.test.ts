import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FaultInput } from '../../local/twelvelabs/faults/fault.ts';
import { operations } from '../../local/twelvelabs/http/operation.ts';
import { boxFiles } from '../support/box-files.ts';
import { generalBatch, samples, startBox, uploadForm } from '../support/box-fixture.ts';
import { waitFor } from '../support/wait-for.ts';

const often = {
  operation: fc.constantFrom(...operations),
  minItems: fc.integer({ min: 1, max: 3 }),
  times: fc.integer({ min: 1, max: 3 }),
  skip: fc.integer({ min: 0, max: 2 }),
  probability: fc.double({ min: 0, max: 1, noNaN: true }),
  seed: fc.string(),
};

/** A fault of this kind, with any of the choices that every kind has. */
const fault = (kind: FaultInput['kind'], own: Record<string, fc.Arbitrary<unknown>> = {}) =>
  fc
    .tuple(fc.record(own), fc.record(often, { requiredKeys: [] }))
    .map(([chosen, whenever]) => ({ kind, ...chosen, ...whenever }) as FaultInput);

const faults = fc.array(
  fc.oneof(
    fault('lose-request'),
    fault('lose-reply'),
    fault('slow', { ms: fc.integer({ min: 0, max: 3_000 }) }),
    fault('cut', {
      afterBytes: fc.integer({ min: 0, max: 400 }),
      ending: fc.constantFrom('reset', 'clean'),
    }),
    fault('answer', {
      status: fc.integer({ min: 200, max: 599 }),
      body: fc.constantFrom('declared', 'flat', 'nested', 'html', 'empty', { text: '{' }),
      afterWork: fc.boolean(),
      headers: fc.constantFrom({}, { connection: 'close' }, { 'content-encoding': 'gzip' }),
    }),
  ),
  { maxLength: 6 },
);

describe('any mix of faults', () => {
  it('spoils answers, and never the box', async () => {
    const { box, call, clock, readyAsset } = await startBox({
      limits: { uploadsPerMinute: null, analyzeRequestsPerMinute: null, activeBatches: 1_000 },
    });
    const assetId = await readyAsset();
    const batch = generalBatch(assetId, assetId);
    const { body } = await call('POST', '/analyze/batches', batch);
    const requests = [
      () => call('POST', '/analyze/batches', batch),
      () => call('POST', '/analyze/batches', { requests: [] }),
      () => call('POST', '/assets', uploadForm({ method: 'direct' }, samples.mp4)),
      () => call('GET', '/assets'),
      () => call('GET', `/analyze/batches/${body.batch_id}/results`),
      () => call('GET', `/analyze/tasks/${body.items[0].task_id}`),
      () => call('HEAD', '/assets'),
      () => call('DELETE', '/assets/0123456789abcdef01234567'),
    ];
    await fc.assert(
      fc.asyncProperty(faults, async (mix) => {
        for (const each of mix) box.faults.set(each);
        let open = requests.length;
        for (const ask of requests) {
          ask().then(
            () => {
              open -= 1;
            },
            () => {
              open -= 1;
            },
          );
        }
        await waitFor(async () => {
          await clock.advance(1_000);
          return open === 0;
        });
        box.faults.clear();
        expect((await call('GET', '/assets')).status).toBe(200);
        expect((await call('POST', '/analyze/batches', batch)).status).toBe(201);
      }),
      { numRuns: 60 },
    );
    await waitFor(() => boxFiles().length === 0, { describe: boxFiles });
    await box.close();
    expect(clock.untilNextTimerMs()).toBeUndefined();
  });
});

it('answered in place of the work, nothing is done, however the answer is spoiled', async () => {
  const { box, call, readyAsset } = await startBox();
  const assetId = await readyAsset();
  box.faults.set({ kind: 'answer', operation: 'batches.create', status: 429, body: 'html' });
  box.faults.set({ kind: 'cut', operation: 'batches.create', afterBytes: 5, ending: 'clean' });

  const { status } = await call('POST', '/analyze/batches', generalBatch(assetId));

  expect(status).toBe(429);
  expect(box.batches()).toEqual([]);
});
