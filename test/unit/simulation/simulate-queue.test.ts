import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { arrivalsOf, poissonArrivals } from '../../simulation/arrivals.ts';
import { audit } from '../../simulation/audit.ts';
import { policies } from '../../simulation/policies.ts';
import type { Scene, SentBatch } from '../../simulation/queue-state.ts';
import { evenDraw, seededDraw } from '../../simulation/random.ts';
import { simulateQueue } from '../../simulation/simulate-queue.ts';
import { waitsOf } from '../../simulation/waits.ts';

/** One slot, batches of three at most that take 10 s; one clip at each of seconds 0, 4, 5, 6 and 7. */
const small: Scene = {
  arrivals: [arrivalsOf([1, 0, 0, 0, 1, 1, 1, 1, ...new Array<number>(33).fill(0)])],
  turnaround: () => 10,
  luck: () => 0,
  maxActive: 1,
  maxRequests: 3,
  horizonSeconds: 40,
};

describe('a case small enough for paper', () => {
  it('sends one at once, a full batch when the slot comes free, and the rest after that', () => {
    const sent = simulateQueue(() => 0, small);
    expect(sent.map(({ from, to, sentAt }) => [from, to, sentAt])).toEqual([
      [0, 1, 0],
      [1, 4, 10],
      [4, 5, 20],
    ]);
    // From queued to the end: 10; 16, 15, 14; 23. To the start: 0; 6, 5, 4; 13.
    const waits = waitsOf(sent, small, [0, 40], 10);
    expect(waits).toEqual({ count: 5, meanSeconds: 15.6, p95Seconds: 23, queueSeconds: 5.6 });
  });

  it('asks again when the policy wished', () => {
    const sent = simulateQueue(({ oldestAgeSeconds }) => 2.5 - oldestAgeSeconds, small);
    expect(sent.map(({ sentAt }) => sentAt)).toEqual([2.5, 12.5, 22.5]);
  });

  it('counts what was never sent as sent at the horizon', () => {
    const sent = simulateQueue(() => Number.POSITIVE_INFINITY, small);
    expect(sent.map(({ from, to, sentAt }) => [from, to, sentAt])).toEqual([[0, 3, 5]]);
    // To the start: 5, 1, 0; 34, 33.
    expect(waitsOf(sent, small, [0, 40], 10)).toMatchObject({ count: 5, queueSeconds: 73 / 5 });
  });
});

describe('whatever the policy, load and modes', () => {
  const scenes = fc.record({
    name: fc.constantFrom(...Object.keys(policies)),
    seed: fc.nat(1_000),
    modes: fc.integer({ min: 1, max: 3 }),
    perSecond: fc.double({ min: 0.01, max: 1, noNaN: true }),
  });

  it('no invariant breaks, and every analysis is counted once', async () => {
    await fc.assert(
      fc.property(scenes, ({ name, ...drawn }) => {
        const { sent, scene, waits } = run(name, drawn);
        expect(audit(sent, scene)).toEqual([]);
        const queued = scene.arrivals.reduce((sum, { until }) => sum + (until.at(-1) ?? 0), 0);
        expect(waits.count).toBe(queued);
      }),
    );
  });

  it('the same seed gives the same batches', async () => {
    await fc.assert(
      fc.property(scenes, ({ name, ...drawn }) => {
        expect(run(name, drawn).sent).toEqual(run(name, drawn).sent);
      }),
      { numRuns: 20 },
    );
  });

  function run(name: string, { seed, modes, perSecond }: Record<string, number>) {
    const start = { atStart: 30, perSecond: perSecond ?? 0, seconds: 1_000 };
    const scene: Scene = {
      arrivals: Array.from({ length: modes ?? 0 }, () => {
        return poissonArrivals(start, seededDraw(seed ?? 0));
      }),
      turnaround: (items, luck) => items + 100 * luck,
      luck: evenDraw(seed ?? 0),
      maxActive: 5,
      maxRequests: 20,
      horizonSeconds: start.seconds,
    };
    const sent = simulateQueue(policies[name] ?? (() => 0), scene);
    return { sent, scene, waits: waitsOf(sent, scene, [0, start.seconds], 100) };
  }
});

describe('the audit', () => {
  const good: SentBatch = { mode: 0, from: 0, to: 1, sentAt: 0, endsAt: 10 };

  it.each([
    ['an analysis that was lost', [{ ...good, from: 1, to: 2, sentAt: 5 }], /lost/],
    ['an analysis sent too early', [{ ...good, to: 2 }], /before it was queued/],
    ['a batch too large', [{ ...good, to: 4, sentAt: 7 }], /4 requests/],
    ['too many active', [good, { ...good, from: 1, to: 2, sentAt: 5 }], /2 batches were active/],
  ])('finds %s', (_, sent, words) => {
    expect(audit(sent, small)).toEqual([expect.stringMatching(words)]);
  });
});
