import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  giveBack,
  takeMoments,
  turnLasts,
  type UploadPace,
  type UploadRates,
} from '../../../shared/upload-pace.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const NONE: UploadPace = { nextFreeMs: 0, spent: [] };
/** A date like any other: quarter hours are counted from 1970. */
const NOW = Date.parse('2026-11-21T12:07:31.123Z');

const rates: UploadRates = { perMinute: 60, perDay: 3_000 };

describe('the first moment', () => {
  it('is now when nobody came before', () => {
    expect(takeMoments(NONE, 1, rates, NOW, NOW + MINUTE).momentsMs).toEqual([NOW]);
  });

  it('is never in the past, however long nothing was taken', () => {
    const pace = { nextFreeMs: NOW - HOUR, spent: [] };
    expect(takeMoments(pace, 1, rates, NOW, NOW).momentsMs).toEqual([NOW]);
  });

  it('follows the last one that was taken', () => {
    const { pace } = takeMoments(NONE, 3, rates, NOW, NOW + MINUTE);
    const [next] = takeMoments(pace, 1, rates, NOW + 10, NOW + MINUTE).momentsMs;
    expect(next).toBe(NOW + 3 * 1_067);
  });
});

describe('the moments taken at once', () => {
  it('end where the time ends that was asked for', () => {
    const { momentsMs } = takeMoments(NONE, Infinity, rates, NOW, NOW + MINUTE);
    expect(momentsMs).toHaveLength(57);
    expect(momentsMs.at(-1)).toBeLessThanOrEqual(NOW + MINUTE);
  });

  it('are none when the next is further off, and nothing has changed then', () => {
    const pace = { nextFreeMs: NOW + MINUTE + 1, spent: [] };
    const taken = takeMoments(pace, 5, rates, NOW, NOW + MINUTE);
    expect(taken).toEqual({ momentsMs: [], pace });
  });
});

describe('the limit of the day', () => {
  const few: UploadRates = { perMinute: 60, perDay: 3 };

  it('is used up in a burst, and free again after a day and at most a quarter hour more', () => {
    const { momentsMs } = takeMoments(NONE, 7, few, NOW, NOW + 3 * DAY);
    const waits = momentsMs.map((ms) => ms - NOW);
    expect(waits.slice(0, 3)).toEqual([0, 1_067, 2_134]);
    expect(waits[3]).toBeGreaterThanOrEqual(DAY);
    expect(waits[3]).toBeLessThanOrEqual(DAY + 15 * MINUTE + 4_000);
    expect(waits[6]).toBeGreaterThanOrEqual((waits[3] ?? 0) + DAY);
  });

  it('does not keep what has left it for ever', () => {
    let pace = NONE;
    for (let day = 0; day < 400; day++) {
      const at = NOW + day * 2 * HOUR;
      pace = takeMoments(pace, 1, rates, at, at + HOUR).pace;
    }
    expect(pace.spent.length).toBeLessThanOrEqual(97);
  });

  it('of another plan counts from the next moment on', () => {
    const { pace } = takeMoments(NONE, 3, few, NOW, NOW + HOUR);
    expect(takeMoments(pace, 1, few, NOW, NOW + HOUR).momentsMs).toEqual([]);
    expect(takeMoments(pace, 2, { ...few, perDay: 5 }, NOW, NOW + HOUR).momentsMs).toHaveLength(2);
  });
});

describe('a moment given back', () => {
  const few: UploadRates = { perMinute: 60, perDay: 3 };

  it('is free again within the day, though not at once', () => {
    const { momentsMs, pace } = takeMoments(NONE, 3, few, NOW, NOW + MINUTE);
    const back = giveBack(pace, momentsMs[0] ?? 0);
    const { momentsMs: next } = takeMoments(back, 5, few, NOW, NOW + MINUTE);
    expect(next).toEqual([NOW + 3 * 1_067]);
  });

  it('of a quarter hour that is forgotten changes nothing', () => {
    const { pace } = takeMoments(NONE, 1, few, NOW, NOW + MINUTE);
    expect(giveBack(pace, NOW - DAY)).toEqual(pace);
    expect(giveBack(giveBack(pace, NOW), NOW).spent).toEqual([]);
  });
});

describe('whoever takes moments, whenever, and how many at a time', () => {
  const takings = fc.array(
    fc.record({
      afterMs: fc.oneof(fc.integer({ max: 5_000, min: 0 }), fc.integer({ max: 30 * HOUR, min: 0 })),
      wanted: fc.integer({ min: 1, max: 150 }),
    }),
    { maxLength: 30 },
  );
  const plans = fc.record({
    perMinute: fc.integer({ min: 1, max: 300 }),
    perDay: fc.integer({ min: 1, max: 400 }),
  });

  it('no minute and no day holds more than the plan allows, with turns used as early and as late as they may be', async () => {
    await fc.assert(
      fc.property(
        plans,
        takings,
        fc.infiniteStream(
          fc.integer({ min: -1_000 * turnLasts.earlySeconds, max: 1_000 * turnLasts.lateSeconds }),
        ),
        (plan, all, late) => {
          let nowMs = NOW;
          let pace = NONE;
          const used: number[] = [];
          for (const { afterMs, wanted } of all) {
            nowMs += afterMs;
            const taken = takeMoments(pace, wanted, plan, nowMs, nowMs + 90_000);
            pace = taken.pace;
            for (const ms of taken.momentsMs) {
              expect(ms).toBeGreaterThanOrEqual(nowMs);
              expect(ms).toBeLessThanOrEqual(nowMs + 90_000);
              used.push(ms + (late.next().value ?? 0));
            }
          }
          const ordered = used.toSorted((a, b) => a - b);
          expect(most(ordered, MINUTE)).toBeLessThanOrEqual(plan.perMinute);
          expect(most(ordered, DAY)).toBeLessThanOrEqual(plan.perDay);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('a backlog goes at 93 % of the rate a minute, and 98 % of the day’s limit', () => {
    let pace = NONE;
    let taken = 0;
    const days = 10;
    for (let nowMs = NOW; nowMs < NOW + days * DAY; nowMs += MINUTE) {
      const moments = takeMoments(pace, 1_000, rates, nowMs, nowMs + 90_000);
      pace = moments.pace;
      taken += moments.momentsMs.length;
      if (nowMs === NOW + HOUR / 2) expect(taken).toBeGreaterThan(0.93 * 30 * 60);
    }
    expect(taken).toBeGreaterThanOrEqual(0.98 * days * rates.perDay);
  });
});

/** The most of `ordered` that lie within any stretch of `spanMs`. */
function most(ordered: readonly number[], spanMs: number): number {
  let first = 0;
  let found = 0;
  for (const [index, ms] of ordered.entries()) {
    while (ms - (ordered[first] ?? 0) >= spanMs) first++;
    found = Math.max(found, index - first + 1);
  }
  return found;
}
