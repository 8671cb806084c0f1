import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import type { FaultInput } from '../../../../local/twelvelabs/faults/fault.ts';
import { verdict } from '../../../faults/boundaries/live.ts';
import { Struck, waysToStrike } from '../../../faults/boundaries/struck.ts';
import { type BatcherWorld, startBatcherWorld } from '../../../support/batcher-world.ts';
import { aProfile, aSegmentation } from '../../../support/rows.ts';

const create = { operation: 'batches.create', times: 1 } as const;

/** What the provider may do to us, once. */
const faults: FaultInput[] = [
  { kind: 'lose-reply', ...create },
  { kind: 'lose-request', ...create },
  { kind: 'answer', status: 504, code: 'deadline_exceeded', afterWork: true, ...create },
  { kind: 'answer', status: 503, code: 'service_unavailable', ...create },
  { kind: 'answer', status: 502, body: 'html', afterWork: true, ...create },
  { kind: 'answer', status: 429, ...create },
  { kind: 'answer', status: 429, operation: 'batches.list', times: 2 },
  { kind: 'lose-reply', operation: 'batches.list', times: 1 },
  { kind: 'answer', status: 500, operation: 'batches.results', times: 1 },
];

const step = fc.oneof(
  fc.record({ kind: fc.constant('queue'), count: fc.integer({ min: 1, max: 4 }) } as const),
  fc.record({
    kind: fc.constant('pass'),
    seconds: fc.constantFrom(1, 20, 61, 130, 400, 2_000),
  } as const),
  fc.record({ kind: fc.constant('fault'), fault: fc.constantFrom(...faults) } as const),
  // Invocations side by side: rounds of the batcher, and lookers at batches, woken by a webhook, say.
  fc.record({
    kind: fc.constant('run'),
    rounds: fc.integer({ min: 1, max: 2 }),
    collects: fc.boolean(),
  } as const),
);

const life = fc.record({
  steps: fc.array(step, { minLength: 4, maxLength: 16 }),
  listLagMs: fc.constantFrom(0, 0, 60_000, 600_000),
  blows: fc.array(
    fc.record({ at: fc.integer({ min: 0, max: 150 }), how: fc.constantFrom(...waysToStrike) }),
    { maxLength: 3 },
  ),
});

it('pays once, keeps the limits and brings all to an end, however its rounds are interleaved, struck and answered', async () => {
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), life, async (scheduler, { steps, blows, listLagMs }) => {
      await using world = await startBatcherWorld({
        profiles: [aProfile(), aSegmentation()],
        batching: { maxRequests: 3, maxActive: 2 },
        limits: { batchRequests: 3, activeBatches: 2, analyzeRequestsPerMinute: 1_000 },
        switches: { listLagMs },
        timing: { itemMinMs: 60_000, itemMaxMs: 600_000 },
      });
      const struck = new Struck(world, blows);
      for (const it of steps) {
        if (it.kind === 'queue') await queueSome(world, it.count);
        else if (it.kind === 'pass') await world.letPass(it.seconds);
        else if (it.kind === 'fault') world.box.faults.set(it.fault);
        else {
          const rounds = Array.from({ length: it.rounds }, (_, at) =>
            struck.submit(() => scheduler.schedule(Promise.resolve(), `round ${at}`)),
          );
          const looks = it.collects ? [world.collect()] : [];
          await scheduler.waitFor(Promise.all([...rounds, ...looks]));
        }
        expect(active(world)).toBeLessThanOrEqual(2);
      }

      world.box.faults.clear();
      await world.letEnd(24 * 60, () => struck.submit());
      await scheduler.waitFor(struck.thaw());
      await world.letEnd(24 * 60, () => struck.submit());
      expect(verdict(world, 0)).toEqual([]);
      const refusals = world.log.lines.filter(({ facts }) => facts['code'] === 'parameter_invalid');
      expect(refusals).toEqual([]);
    }),
    { numRuns: 60 },
  );
}, 300_000);

async function queueSome(world: BatcherWorld, count: number): Promise<void> {
  await world.queue(count);
  await world.queue(1, { profile: 'goals' });
}

function active({ box }: BatcherWorld): number {
  const isActive = ({ status }: { status: string }) =>
    ['pending', 'processing', 'canceling'].includes(status);
  return box.batches().filter(isActive).length;
}
