import { describe, expect, it } from 'vitest';
import {
  isHeldBack,
  type NextStep,
  nextBatch,
  type Situation,
} from '../../../../functions/submit-batches/next-batch.ts';
import type { Analysis } from '../../../../shared/analysis.ts';
import {
  type BatchingMemory,
  nothingRemembered,
} from '../../../../shared/store/batching-memory.ts';
import { batchLimits } from '../../../../shared/twelvelabs/limits.ts';
import { anAnalysis, atSecond } from '../../../support/rows.ts';

const NOW = 1_000;

let made = 0;

function queuedAt(second: number, fields: Partial<Analysis> = {}): Analysis {
  const key = `${made++}.mp4`;
  return anAnalysis({ key, queuedAt: atSecond(second).toISOString(), ...fields });
}

function suspects(count: number, fields: Partial<Analysis> = {}): Analysis[] {
  const marks = { refusedIn: 'refused-1', isSuspect: true };
  return Array.from({ length: count }, (_, at) => queuedAt(NOW + at, { ...marks, ...fields }));
}

/** What happens next when so much is remembered; what waits has not waited long. */
function stepWith(
  memory: Partial<BatchingMemory>,
  queued: readonly Analysis[],
  situation: Partial<Omit<Situation, 'memory'>> = {},
): NextStep {
  return nextBatch(queued, {
    slots: { maxActive: 5, free: 5, active: [], recent: [] },
    limits: batchLimits,
    versionOf: (profile) => (profile === 'gone' ? '' : `version of ${profile}`),
    bytesOf: () => 0,
    now: atSecond(NOW),
    ...situation,
    memory: { ...nothingRemembered, ...memory },
  });
}

function sentBy(step: NextStep): readonly Analysis[] | undefined {
  return 'send' in step ? step.send.analyses : undefined;
}

describe('a search', () => {
  const memory = { searches: ['refused-1'] };

  it.each([
    [1, 1],
    [2, 1],
    [3, 2],
    [4, 2],
    [9, 5],
    [1_000, 500],
  ])('among %d tries %d, at once', (count, size) => {
    const queued = suspects(count);
    expect(sentBy(stepWith(memory, queued))).toEqual(queued.slice(0, size));
  });

  it('tries those of one profile together, for that may be to blame', () => {
    const queued = ['b', 'a', 'b', 'a'].flatMap((profile) => suspects(1, { profile }));
    const tried = sentBy(stepWith(memory, queued));
    expect(tried).toEqual([queued[1], queued[3]]);
  });

  it('takes nobody along who is free, nor one of another search', () => {
    const both = { searches: ['refused-1', 'refused-2'] };
    const free = queuedAt(NOW, { refusedIn: 'refused-1' });
    const [mine, others] = [suspects(4), suspects(2, { refusedIn: 'refused-2' })];
    const queued = [free, ...others, ...mine];
    const tried: (readonly Analysis[])[] = [];
    for (let left: readonly Analysis[] = queued; left.length > 0; ) {
      const sent = sentBy(stepWith(both, left)) ?? left;
      tried.push(sent);
      left = left.filter((it) => !sent.includes(it));
    }
    for (const sent of tried) expect(new Set(sent.map(groupOf)).size).toBe(1);
    expect(tried.flat().toSorted(byKey)).toEqual(queued.toSorted(byKey));
  });

  it('tries fewer where half is more than a batch may hold', () => {
    const queued = suspects(10);
    const few = { ...memory, maxItems: 3 };
    expect(sentBy(stepWith(few, queued))).toEqual(queued.slice(0, 3));
    const limits = { ...batchLimits, maxHours: 8 };
    const long = suspects(10, { durationSeconds: 4 * 3_600 });
    expect(sentBy(stepWith(memory, long, { limits }))).toEqual(long.slice(0, 2));
  });

  it('waits for a free slot like all others', () => {
    const slots = { maxActive: 5, free: 0, active: [], recent: [] };
    expect(stepWith(memory, suspects(4), { slots })).toEqual({ lookAgainInSeconds: undefined });
  });

  it.each<[string, Partial<BatchingMemory>]>([
    ['nothing', {}],
    ['another one', { searches: ['refused-2'] }],
  ])('of which the memory knows %s is none: they go together, at once', (_, known) => {
    const queued = suspects(4);
    expect(sentBy(stepWith(known, queued))).toEqual(queued);
  });
});

function groupOf({ refusedIn, isSuspect }: Analysis): string {
  return `${refusedIn} ${isSuspect}`;
}

function byKey(a: Analysis, b: Analysis): number {
  return a.key.localeCompare(b.key);
}

describe('a profile that the provider refuses', () => {
  const refused = (refusals: number, probeSecond: number) => ({
    refusedProfiles: {
      'version of bad': { refusals, probeAt: atSecond(probeSecond).toISOString(), reason: 'no' },
    },
  });

  it.each([
    [1, false],
    [2, false],
    [3, true],
    [4, true],
  ])('after %d refusals in a row is held back: %s', (refusals, isHeld) => {
    const memory = refused(refusals, NOW + 1);
    const [first] = Object.values(memory.refusedProfiles);
    expect(first && isHeldBack(first)).toBe(isHeld);
    const bad = [queuedAt(2, { profile: 'bad' }), queuedAt(1, { profile: 'bad' })];
    const step = stepWith(memory, bad);
    expect('holdBack' in step).toBe(isHeld);
  });

  it('holds back all of its analyses, and nobody else', () => {
    const bad = [queuedAt(1, { profile: 'bad' }), ...suspects(2, { profile: 'bad' })];
    const queued = [queuedAt(0), ...bad, queuedAt(2)];
    const memory = { ...refused(3, NOW + 1), searches: ['refused-1'] };
    expect(stepWith(memory, queued)).toEqual({ holdBack: bad });
  });

  it.each([NOW, NOW - 1, 0])('is tried with its newest alone once second %d has come', (probe) => {
    const bad = [3, 1, 2].map((second) => queuedAt(NOW + second, { profile: 'bad' }));
    const step = stepWith(refused(3, probe), bad);
    expect(sentBy(step)).toEqual([bad[0]]);
  });

  it('is tried apart from those of its mode', () => {
    const bad = queuedAt(0, { profile: 'bad' });
    const good = [queuedAt(1), queuedAt(2)];
    const step = stepWith(refused(3, NOW), [bad, ...good]);
    expect(sentBy(step)).toEqual([bad]);
  });

  it('is no longer held back once its text was changed', () => {
    const queued = [queuedAt(0, { profile: 'bad' })];
    const step = stepWith(refused(9, NOW + 9_999), queued, { versionOf: () => 'another version' });
    expect(sentBy(step)).toEqual(queued);
  });
});

it('sends on what has a profile that is gone, so that it is told', () => {
  const queued = [queuedAt(0, { profile: 'gone' }), queuedAt(0)];
  expect(sentBy(stepWith({}, queued))).toEqual(queued);
});
