import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planBatches } from '../../../../functions/submit-batches/plan-batches.ts';
import type { Analysis } from '../../../../shared/analysis.ts';
import { batchLimits } from '../../../../shared/twelvelabs/limits.ts';
import { anAnalysis, atSecond } from '../../../support/rows.ts';

const HOUR = 3_600;
const modes = ['general', 'time_based_metadata'] as const;

/** Small enough that a few dozen analyses reach every limit. */
const smallLimits = { ...batchLimits, maxRequests: 7, maxHours: 10, maxVideoHours: 4 };

const analyses = fc.array(
  fc.record({
    analysisMode: fc.constantFrom(...modes),
    queuedSecond: fc.integer({ min: 0, max: 10 * HOUR }),
    durationSeconds: fc.option(fc.integer({ min: 1, max: 4 * HOUR }), { nil: undefined }),
    batchCeiling: fc.option(fc.integer({ min: 1, max: 9 }), { nil: undefined }),
  }),
  { maxLength: 60 },
);

const situations = fc
  .record({ drawn: analyses, freeSlots: fc.integer({ min: -2, max: 6 }) })
  .map(({ drawn, freeSlots }) => ({
    freeSlots,
    queued: drawn.map(({ queuedSecond, durationSeconds, batchCeiling, ...rest }, at) => ({
      ...queuedAt(queuedSecond, rest),
      assetId: `asset-${at}`,
      ...(batchCeiling !== undefined && { batchCeiling }),
      durationSeconds,
    })) as Analysis[],
  }));

const now = atSecond(10 * HOUR);

describe('whatever waits, a plan', () => {
  const holds = async (
    check: (
      batches: ReturnType<typeof planOf>['batches'],
      queued: Analysis[],
      free: number,
    ) => void,
  ) => {
    await fc.assert(
      fc.property(situations, ({ queued, freeSlots }) => {
        check(planOf(queued, freeSlots).batches, queued, freeSlots);
      }),
      { numRuns: 300 },
    );
  };

  it('has no batch over the requests, the hours, or the ceiling of one in it', async () => {
    await holds((batches) => {
      for (const batch of batches) {
        const ceilings = batch.analyses.map(({ batchCeiling = Infinity }) => batchCeiling);
        expect(batch.analyses.length).toBeGreaterThan(0);
        expect(batch.analyses.length).toBeLessThanOrEqual(smallLimits.maxRequests);
        expect(batch.analyses.length).toBeLessThanOrEqual(Math.min(...ceilings));
        expect(hoursOf(batch.analyses)).toBeLessThanOrEqual(smallLimits.maxHours + 1e-9);
      }
    });
  });

  it('has never more batches than slots are free', async () => {
    await holds((batches, _, free) => {
      expect(batches.length).toBeLessThanOrEqual(Math.max(0, free));
    });
  });

  it('has one mode in a batch, which the batch names', async () => {
    await holds((batches) => {
      for (const batch of batches) {
        expect(new Set(batch.analyses.map((it) => it.analysisMode))).toEqual(
          new Set([batch.analysisMode]),
        );
      }
    });
  });

  it('sends no analysis twice, and none that does not wait', async () => {
    await holds((batches, queued) => {
      const sent = batches.flatMap((batch) => batch.analyses);
      expect(new Set(sent).size).toBe(sent.length);
      expect(queued).toEqual(expect.arrayContaining(sent));
    });
  });

  it('leaves behind none that is older than one of its kind that goes', async () => {
    await holds((batches, queued) => {
      const sent = new Set(batches.flatMap((batch) => batch.analyses));
      for (const gone of sent) {
        const left = queued.filter((it) => !sent.has(it) && kindOf(it) === kindOf(gone));
        for (const it of left) expect(it.queuedAt >= gone.queuedAt).toBe(true);
      }
    });
  });

  it('sends batches in the order of their oldest', async () => {
    await holds((batches) => {
      const oldest = batches.map((batch) => batch.analyses[0]?.queuedAt ?? '');
      expect(oldest).toEqual(oldest.toSorted());
    });
  });

  it('uses every free slot for a batch that has waited an hour', async () => {
    await fc.assert(
      fc.property(situations, ({ queued, freeSlots }) => {
        const { batches, lookAgainInSeconds } = planOf(queued, freeSlots, atSecond(11 * HOUR));
        const sent = batches.flatMap((batch) => batch.analyses).length;
        expect(sent === queued.length || batches.length === Math.max(0, freeSlots)).toBe(true);
        expect(lookAgainInSeconds).toBeUndefined();
      }),
    );
  });

  it('says when to look again exactly when a partial batch is kept back though a slot is free', async () => {
    await fc.assert(
      fc.property(situations, ({ queued, freeSlots }) => {
        const { batches, lookAgainInSeconds } = planOf(queued, freeSlots);
        const sent = batches.flatMap((batch) => batch.analyses).length;
        const keepsBack = sent < queued.length && batches.length < freeSlots;
        expect(lookAgainInSeconds !== undefined).toBe(keepsBack);
        expect(lookAgainInSeconds ?? 1).toBeGreaterThan(0);
        expect(lookAgainInSeconds ?? 1).toBeLessThanOrEqual(HOUR);
      }),
    );
  });
});

describe('a partial batch', () => {
  it.each([
    [5, 10],
    [4, 60],
    [3, 300],
    [2, 900],
    [1, 3_600],
    [9, 10],
  ])('with %d slots free waits %d s for company, and goes then', (free, waitSeconds) => {
    const queued = [queuedAt(100), queuedAt(0)];
    const before = planBatches(queued, free, batchLimits, atSecond(waitSeconds - 1));
    const then = planBatches(queued, free, batchLimits, atSecond(waitSeconds));
    expect(before).toEqual({ batches: [], lookAgainInSeconds: 1 });
    expect(sizesOf(then)).toEqual([2]);
    expect(then.lookAgainInSeconds).toBeUndefined();
  });

  it.each([0, -1])(
    'with %d slots free does not go, however old: a batch that ends will tell',
    (free) => {
      const plan = planBatches([queuedAt(0)], free, batchLimits, atSecond(1_000_000));
      expect(plan).toEqual({ batches: [], lookAgainInSeconds: undefined });
    },
  );

  it('waits by the slots that are left once older batches have theirs', () => {
    const queued = [
      queuedAt(0, { analysisMode: 'general' }),
      queuedAt(40, { analysisMode: 'time_based_metadata' }),
    ];
    const plan = planBatches(queued, 5, batchLimits, atSecond(60));
    expect(plan.batches.map(({ analysisMode }) => analysisMode)).toEqual(['general']);
    expect(plan.lookAgainInSeconds).toBe(40);
  });

  it('names the shortest of several waits', () => {
    const queued = [
      queuedAt(0, { analysisMode: 'general' }),
      queuedAt(4, { analysisMode: 'time_based_metadata' }),
    ];
    expect(planBatches(queued, 5, batchLimits, atSecond(7)).lookAgainInSeconds).toBe(3);
  });
});

describe('a full batch', () => {
  it('goes at once, into the last slot too', () => {
    const queued = Array.from({ length: 1_000 }, (_, at) => queuedAt(at));
    const plan = planBatches(queued, 1, batchLimits, atSecond(1_000));
    expect(sizesOf(plan)).toEqual([1_000]);
  });

  it('leaves a partial one behind that waits for company', () => {
    const queued = Array.from({ length: 2_001 }, () => queuedAt(0));
    const plan = planBatches(queued, 5, batchLimits, atSecond(0));
    expect(sizesOf(plan)).toEqual([1_000, 1_000]);
    expect(plan.lookAgainInSeconds).toBe(300);
  });

  it('is full when the next would carry it over the hours', () => {
    const queued = Array.from({ length: 501 }, () => queuedAt(0, { durationSeconds: 4 * HOUR }));
    expect(sizesOf(planBatches(queued, 5, batchLimits, atSecond(0)))).toEqual([500]);
  });

  it('is followed by one that is filled just as far', () => {
    const queued = Array.from({ length: 1_001 }, () => queuedAt(0, { durationSeconds: 4 * HOUR }));
    expect(sizesOf(planBatches(queued, 5, batchLimits, atSecond(0)))).toEqual([500, 500]);
  });

  it('counts an unknown duration as the longest there is', () => {
    const queued = Array.from({ length: 501 }, () => {
      const { durationSeconds: _, ...unknown } = queuedAt(0);
      return unknown;
    });
    expect(sizesOf(planBatches(queued, 5, batchLimits, atSecond(0)))).toEqual([500]);
  });

  it('of 1,000 videos of two hours fills requests and hours alike', () => {
    const queued = Array.from({ length: 1_000 }, () => queuedAt(0, { durationSeconds: 2 * HOUR }));
    expect(sizesOf(planBatches(queued, 1, batchLimits, atSecond(0)))).toEqual([1_000]);
  });
});

describe('analyses that a larger batch was refused with', () => {
  it('go at once, by themselves, in batches no larger than their ceiling', () => {
    const queued = [
      ...Array.from({ length: 5 }, () => queuedAt(1, { batchCeiling: 2 })),
      ...Array.from({ length: 5 }, () => queuedAt(2)),
    ];
    const plan = planBatches(queued, 5, batchLimits, atSecond(2));
    expect(sizesOf(plan)).toEqual([2, 2, 1]);
    expect(plan.batches.flatMap((it) => it.analyses).every((it) => it.batchCeiling === 2)).toBe(
      true,
    );
  });

  it('keep to the limit of all when their ceiling is higher', () => {
    const queued = Array.from({ length: 1_001 }, () => queuedAt(0, { batchCeiling: 2_000 }));
    expect(sizesOf(planBatches(queued, 5, batchLimits, atSecond(0)))).toEqual([1_000, 1]);
  });

  it('do not travel with those of another ceiling', () => {
    const queued = [2, 3, 2, 3].map((batchCeiling) => queuedAt(0, { batchCeiling }));
    const plan = planBatches(queued, 5, batchLimits, atSecond(0));
    expect(plan.batches.map((it) => it.analyses.map(({ batchCeiling }) => batchCeiling))).toEqual([
      [2, 2],
      [3, 3],
    ]);
  });
});

describe('the oldest', () => {
  it('go first though they came due later', () => {
    const queued = [queuedAt(3), queuedAt(1), queuedAt(2)];
    const plan = planBatches(queued, 5, { ...batchLimits, maxRequests: 2 }, atSecond(3));
    expect(plan.batches[0]?.analyses).toEqual([queuedAt(1), queuedAt(2)]);
  });
});

it('plans nothing when nothing waits', () => {
  expect(planBatches([], 5, batchLimits, now)).toEqual({
    batches: [],
    lookAgainInSeconds: undefined,
  });
});

function planOf(queued: readonly Analysis[], freeSlots: number, at = now) {
  return planBatches(queued, freeSlots, smallLimits, at);
}

function queuedAt(second: number, fields: Partial<Analysis> = {}): Analysis {
  return anAnalysis({ queuedAt: atSecond(second).toISOString(), ...fields });
}

function sizesOf({ batches }: ReturnType<typeof planBatches>): number[] {
  return batches.map(({ analyses: all }) => all.length);
}

function hoursOf(all: readonly Analysis[]): number {
  const { maxVideoHours } = smallLimits;
  return all.reduce((sum, { durationSeconds: s }) => sum + (s ? s / HOUR : maxVideoHours), 0);
}

function kindOf({ analysisMode, batchCeiling }: Analysis): string {
  return `${analysisMode} ${batchCeiling}`;
}
