import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  afterAbsence,
  afterRefused,
  afterRefusedAlone,
  afterTaken,
  afterTooSlow,
  withoutSearch,
} from '../../../../functions/submit-batches/remember.ts';
import type { LostRequest } from '../../../../functions/submit-batches/settle-intent.ts';
import {
  type BatchingMemory,
  batchingMemory,
  nothingRemembered,
} from '../../../../shared/store/batching-memory.ts';
import { atSecond } from '../../../support/rows.ts';

const LIMIT = 1_000;
const TOO_SLOW_SECONDS = 6 * 3_600;
const remembering = (memory: Partial<BatchingMemory>) => ({ ...nothingRemembered, ...memory });

/** The memory after a batch was taken at a second. */
function taken(
  memory: BatchingMemory,
  items: number,
  { second = 0, versions = [] }: { second?: number; versions?: string[] } = {},
): BatchingMemory {
  const batch = { items, versions: new Set(versions) };
  return afterTaken(memory, batch, LIMIT, atSecond(second));
}

describe('after a batch was taken', () => {
  it('nothing is remembered where nothing was', () => {
    expect(taken(nothingRemembered, LIMIT, { versions: ['v1'] })).toEqual(nothingRemembered);
  });

  it('the profiles in it are refused no more, in the versions that it had', () => {
    const refused = { refusals: 3, probeAt: atSecond(0).toISOString(), reason: 'no' };
    const memory = remembering({ refusedProfiles: { v1: refused, v2: refused, v3: refused } });
    const after = taken(memory, 1, { versions: ['v1', 'v3', 'v4'] });
    expect(after.refusedProfiles).toEqual({ v2: refused });
  });

  it('pauses, absences and refusals are not in a row any more', () => {
    const rows = { pausesInARow: 4, absences: 1, refusedAloneInARow: 7 };
    expect(taken(remembering(rows), 1)).toEqual(nothingRemembered);
  });
});

describe('after a batch was too slow', () => {
  it.each([
    [1_000, 500],
    [501, 250],
    [101, 50],
  ])('of %d, %d are the most to try', (items, maxItems) => {
    const after = afterTooSlow(remembering({ pausesInARow: 2 }), items, atSecond(7));
    const tooSlow = { items, at: atSecond(7).toISOString() };
    expect(after).toEqual(remembering({ pausesInARow: 2, maxItems, tooSlow }));
  });

  it.each([
    [100, 50],
    [3, 1],
    [2, 1],
  ])('of %d once it is no matter of size; twice, %d are the most to try', (items, maxItems) => {
    const tooSlow = { items, at: atSecond(7).toISOString() };
    const once = afterTooSlow(nothingRemembered, items, atSecond(7));
    expect(once).toEqual(remembering({ tooSlow }));
    expect(afterTooSlow(once, items, atSecond(7))).toEqual(remembering({ tooSlow, maxItems }));
    expect(taken(once, items)).toEqual(nothingRemembered);
  });

  it('of one says nothing: nothing is smaller', () => {
    expect(afterTooSlow(nothingRemembered, 1, atSecond(7))).toBe(nothingRemembered);
  });

  it.each([2, 40, 100])('of %d, the most is back within an hour', (items) => {
    let memory = afterTooSlow(nothingRemembered, items, atSecond(0));
    memory = afterTooSlow(memory, items, atSecond(0));
    let batches = 0;
    for (; memory.maxItems !== undefined && batches < 60; batches += 1) {
      memory = taken(memory, memory.maxItems, { second: 900 + batches });
    }
    expect(batches).toBeLessThan(16);
    expect(memory).toEqual(nothingRemembered);
  });

  it('the most grows by quarters of the way to what was too slow, and not up to it', () => {
    let memory = afterTooSlow(nothingRemembered, 1_000, atSecond(0));
    const sizes = [memory.maxItems];
    for (let batches = 0; batches < 40; batches += 1) {
      memory = taken(memory, memory.maxItems ?? LIMIT, { second: batches });
      sizes.push(memory.maxItems);
    }
    expect(sizes.slice(0, 5)).toEqual([500, 625, 719, 789, 842]);
    expect(sizes.at(-1)).toBe(999);
    expect(memory.tooSlow).toEqual({ items: 1_000, at: atSecond(0).toISOString() });
  });

  it('the most does not grow by batches that were smaller', () => {
    const memory = afterTooSlow(nothingRemembered, 1_000, atSecond(0));
    expect(taken(memory, 499, { second: TOO_SLOW_SECONDS })).toEqual(memory);
  });

  it.each([
    [TOO_SLOW_SECONDS - 1, 999],
    [TOO_SLOW_SECONDS, undefined],
  ])('what was too slow counts %d s later: the most is %s', (second, maxItems) => {
    const tooSlow = { items: 1_000, at: atSecond(0).toISOString() };
    const after = taken(remembering({ maxItems: 999, tooSlow }), 999, { second });
    expect(after.maxItems).toBe(maxItems);
    if (maxItems === undefined) expect(after).toEqual(nothingRemembered);
  });

  it('the most grows by quarters of what passed once that is long ago', () => {
    let memory = afterTooSlow(nothingRemembered, 800, atSecond(0));
    const sizes: (number | undefined)[] = [];
    while (memory.maxItems !== undefined && sizes.length < 99) {
      sizes.push(memory.maxItems);
      memory = taken(memory, memory.maxItems, { second: TOO_SLOW_SECONDS });
    }
    expect(sizes).toEqual([400, 500, 625, 782, 978]);
    expect(memory).toEqual(nothingRemembered);
  });
});

describe('after a batch was refused', () => {
  const memory = remembering({ searches: ['batch-1', 'batch-2'] });

  it.each<[string, string | undefined, string[]]>([
    ['begins', undefined, ['batch-1', 'batch-2', 'batch-3']],
    ['goes on among fewer', 'batch-1', ['batch-2', 'batch-3']],
  ])('a search %s', (_, search, expected) => {
    const after = afterRefused(memory, { batchId: 'batch-3', search });
    expect(after).toEqual({ ...memory, searches: expected });
  });

  it('a search may have ended', () => {
    expect(withoutSearch(memory, 'batch-1').searches).toEqual(['batch-2']);
    expect(withoutSearch(memory, 'batch-9')).toEqual(memory);
    expect(withoutSearch(memory, undefined)).toBe(memory);
  });

  it('fifty searches are remembered at most, the newest', () => {
    let all: BatchingMemory = nothingRemembered;
    for (let at = 0; at < 60; at += 1) {
      all = afterRefused(all, { batchId: `batch-${at}`, search: undefined });
    }
    expect(all.searches).toEqual(Array.from({ length: 50 }, (_, at) => `batch-${at + 10}`));
  });
});

it('one whose asset was refused alone says nothing of its profile, nor of the provider', () => {
  const ofAsset = { version: undefined, reason: '' };
  expect(afterRefusedAlone(nothingRemembered, ofAsset, atSecond(0))).toEqual(nothingRemembered);
});

it('another of a profile is tried at once, then after 15 minutes, twice as long each time, up to a day', () => {
  const hours = 3_600;
  const waits: number[] = [];
  let memory: BatchingMemory = nothingRemembered;
  for (let refusals = 1; refusals <= 12; refusals += 1) {
    memory = afterRefusedAlone(memory, { version: 'v1', reason: `no ${refusals}` }, atSecond(50));
    const its = memory.refusedProfiles['v1'];
    expect(its).toMatchObject({ refusals, reason: `no ${refusals}` });
    waits.push((Date.parse(its?.probeAt ?? '') - atSecond(50).getTime()) / 1000);
  }
  const doubling = [1_800, 3_600, 2 * hours, 4 * hours, 8 * hours, 16 * hours];
  expect(waits).toEqual([0, 0, 0, 900, ...doubling, 24 * hours, 24 * hours]);
  const other = afterRefusedAlone(memory, { version: 'v2', reason: 'no' }, atSecond(50));
  expect(other.refusedProfiles['v1']).toEqual(memory.refusedProfiles['v1']);
  expect(other.refusedProfiles['v2']).toMatchObject({ refusals: 1 });
});

/** A request of so many analyses that came to nothing. */
function lostRequest(items: number, hasSuspects = false): LostRequest {
  return { items, batchId: 'batch-9', search: 'batch-1', hasSuspects };
}

it('a request that came to nothing is chance once, and too slow twice in a row', () => {
  const once = afterAbsence(nothingRemembered, lostRequest(1_000), atSecond(0));
  expect(once).toEqual(remembering({ absences: 1 }));
  expect(afterAbsence(taken(once, 9), lostRequest(1_000), atSecond(1))).toEqual(once);
  const twice = afterAbsence(once, lostRequest(600), atSecond(1));
  expect(twice).toEqual({ ...afterTooSlow(nothingRemembered, 600, atSecond(1)), absences: 2 });
  expect(afterAbsence(twice, lostRequest(300), atSecond(2))).toEqual({ ...twice, absences: 3 });
});

it('a search goes on in what came to nothing, or has ended there', () => {
  const memory = remembering({ searches: ['batch-1'] });
  expect(afterAbsence(memory, lostRequest(4, true), atSecond(0)).searches).toEqual(['batch-9']);
  expect(afterAbsence(memory, lostRequest(1), atSecond(0)).searches).toEqual([]);
});

describe('whatever happens', () => {
  const step = fc.record({
    what: fc.constantFrom('taken', 'too-slow', 'absence', 'refused', 'alone'),
    share: fc.double({ min: 0, max: 1, noNaN: true }),
    hours: fc.nat(8),
    of: fc.constantFrom('a', 'b'),
  });

  /** What a life leaves, each batch of as many as may be tried, or fewer. */
  function live(steps: readonly (typeof step extends fc.Arbitrary<infer S> ? S : never)[]) {
    let memory: BatchingMemory = nothingRemembered;
    let second = 0;
    for (const { what, share, hours, of } of steps) {
      second += hours * 3_600;
      const items = Math.max(1, Math.round((memory.maxItems ?? LIMIT) * share));
      const now = atSecond(second);
      if (what === 'taken') memory = taken(memory, items, { second, versions: [of] });
      else if (what === 'too-slow') memory = afterTooSlow(memory, items, now);
      else if (what === 'absence') memory = afterAbsence(memory, lostRequest(items), now);
      else if (what === 'alone')
        memory = afterRefusedAlone(memory, { version: of, reason: '' }, now);
      else memory = afterRefused(memory, { batchId: of, search: undefined });
      expect(batchingMemory.safeParse(memory).success).toBe(true);
      expect(memory.maxItems ?? LIMIT).toBeGreaterThanOrEqual(1);
      expect(memory.maxItems ?? LIMIT).toBeLessThanOrEqual(LIMIT);
    }
    return { memory, second };
  }

  it('at least one may be tried, at most as many as the provider takes, and the limit comes back', async () => {
    await fc.assert(
      fc.property(fc.array(step, { maxLength: 40, size: 'max' }), (steps) => {
        let { memory, second } = live(steps);
        for (let batches = 0; batches < 40 && memory.maxItems !== undefined; batches += 1) {
          second += TOO_SLOW_SECONDS;
          memory = taken(memory, memory.maxItems, { second });
        }
        expect(memory).not.toHaveProperty('maxItems');
      }),
    );
  });
});
