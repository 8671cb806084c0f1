import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type PartialBatch,
  partialWaitSeconds,
  type Slots,
} from '../../../../functions/submit-batches/partial-wait.ts';

const HOUR = 3_600;

const someSeconds = fc.double({ min: 0, max: 30 * HOUR, noNaN: true });
const batches: fc.Arbitrary<PartialBatch> = fc
  .record({
    maxRequests: fc.integer({ min: 2, max: 1_000 }),
    share: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
    oldestAgeSeconds: someSeconds,
  })
  .map(({ maxRequests, share, oldestAgeSeconds }) => {
    return { count: 1 + Math.floor(share * (maxRequests - 1)), oldestAgeSeconds, maxRequests };
  });
const items = fc.integer({ min: 1, max: 1_000 });
const situations: fc.Arbitrary<Slots> = fc.record({
  maxActive: fc.constant(5),
  free: fc.integer({ min: 1, max: 5 }),
  active: fc.array(fc.record({ ageSeconds: someSeconds, items }), { maxLength: 5 }),
  recent: fc.array(fc.record({ turnaroundSeconds: someSeconds, items }), { maxLength: 20 }),
});

describe('whatever the situation, a partial batch', () => {
  it('waits for a number of seconds, and for no more than an hour since its oldest was queued', async () => {
    await fc.assert(
      fc.property(batches, situations, (batch, slots) => {
        const wait = partialWaitSeconds(batch, slots);
        expect(wait).toBeGreaterThanOrEqual(0);
        expect(wait).toBeLessThanOrEqual(Math.max(0, HOUR - batch.oldestAgeSeconds));
      }),
    );
  });

  it('waits no longer when more slots are free', async () => {
    await fc.assert(
      fc.property(batches, situations, (batch, slots) => {
        const wait = partialWaitSeconds(batch, slots);
        const withMore = partialWaitSeconds(batch, { ...slots, free: slots.free + 1 });
        expect(withMore).toBeLessThanOrEqual(wait);
      }),
    );
  });

  it('waits for a slot when none is free', async () => {
    await fc.assert(
      fc.property(batches, situations, (batch, slots) => {
        const wait = partialWaitSeconds(batch, { ...slots, free: 0 });
        expect(wait).toBe(Number.POSITIVE_INFINITY);
      }),
    );
  });

  it('is kept back no longer than 10 s when no batch is active', async () => {
    await fc.assert(
      fc.property(batches, situations, (batch, slots) => {
        expect(partialWaitSeconds(batch, { ...slots, active: [] })).toBeLessThanOrEqual(10);
      }),
    );
  });

  it('does not depend on the order in which batches are listed', async () => {
    await fc.assert(
      fc.property(batches, situations, (batch, slots) => {
        const active = slots.active.toReversed();
        const recent = slots.recent.toReversed();
        const turned = partialWaitSeconds(batch, { ...slots, active, recent });
        expect(turned).toBeCloseTo(partialWaitSeconds(batch, slots), 3);
      }),
    );
  });
});

describe('with batches that take half an hour whatever their size', () => {
  const recent = [100, 400, 1_000].map((items) => ({ turnaroundSeconds: 1_800, items }));
  const few = { count: 3, oldestAgeSeconds: 0, maxRequests: 1_000 };

  it('a lone clip waits some seconds for company while nothing is active', () => {
    expect(partialWaitSeconds(few, slotsOf([], recent))).toBe(10);
  });

  it('batches go at distances of nearly a fifth of the half hour', () => {
    expect(partialWaitSeconds(few, slotsOf([0], recent))).toBeCloseTo(0.85 * 360);
    expect(partialWaitSeconds(few, slotsOf([0, 360, 720, 1_080], recent))).toBeCloseTo(0.85 * 360);
    expect(partialWaitSeconds(few, slotsOf([340, 700, 1_060, 1_420], recent))).toBe(10);
  });

  it('the last free slot is kept longer when all others were taken at once', () => {
    expect(partialWaitSeconds(few, slotsOf([0, 0, 0, 0], recent))).toBeCloseTo(0.85 * 900);
  });

  it('a batch that is soon full waits for that', () => {
    const nearlyFull = { count: 950, oldestAgeSeconds: 380, maxRequests: 1_000 };
    expect(partialWaitSeconds(nearlyFull, slotsOf([380, 740, 1_100], recent))).toBeCloseTo(20);
    const halfFull = { ...nearlyFull, count: 500 };
    expect(partialWaitSeconds(halfFull, slotsOf([380, 740, 1_100], recent))).toBe(0);
  });
});

describe('with batches whose time grows with their size', () => {
  it('a batch goes after seconds, since waiting would make it slower and save nothing', () => {
    const recent = [100, 400, 1_000].map((items) => ({ turnaroundSeconds: 2 * items, items }));
    const few = { count: 3, oldestAgeSeconds: 10, maxRequests: 1_000 };
    expect(partialWaitSeconds(few, slotsOf([0, 0, 0, 0], recent))).toBeCloseTo(0);
  });
});

function slotsOf(ages: readonly number[], recent: Slots['recent']): Slots {
  const active = ages.map((ageSeconds) => ({ ageSeconds, items: 500 }));
  return { maxActive: 5, free: 5 - active.length, active, recent };
}
