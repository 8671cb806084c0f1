import { describe, expect, it } from 'vitest';
import {
  type NextStep,
  nextBatch,
  type PlannedBatch,
  type Situation,
} from '../../../../functions/submit-batches/next-batch.ts';
import {
  partialWaitSeconds,
  type Slots,
} from '../../../../functions/submit-batches/partial-wait.ts';
import type { Analysis } from '../../../../shared/analysis.ts';
import {
  type BatchingMemory,
  nothingRemembered,
} from '../../../../shared/store/batching-memory.ts';
import { batchLimits } from '../../../../shared/twelvelabs/limits.ts';
import { anAnalysis, atSecond } from '../../../support/rows.ts';

const HOUR = 3_600;
const fiveFree: Slots = { maxActive: 5, free: 5, active: [], recent: [] };
const lastOne: Slots = {
  maxActive: 5,
  free: 1,
  active: [1, 2, 3, 4].map((minutes) => ({ ageSeconds: minutes * 60, items: 10 })),
  recent: [{ turnaroundSeconds: 1_200, items: 10 }],
};

let made = 0;

function queuedAt(second: number, fields: Partial<Analysis> = {}): Analysis {
  const key = `${made++}.mp4`;
  return anAnalysis({ key, queuedAt: atSecond(second).toISOString(), ...fields });
}

function many(count: number, fields: Partial<Analysis> = {}): Analysis[] {
  return Array.from({ length: count }, () => queuedAt(0, fields));
}

/** What happens next at a second, all slots free and nothing remembered unless told otherwise. */
function stepAt(
  second: number,
  queued: readonly Analysis[],
  {
    memory,
    ...situation
  }: Partial<Omit<Situation, 'memory'>> & { memory?: Partial<BatchingMemory> } = {},
): NextStep {
  return nextBatch(queued, {
    slots: fiveFree,
    limits: batchLimits,
    versionOf: (profile) => `version of ${profile}`,
    bytesOf: () => 0,
    now: atSecond(second),
    ...situation,
    memory: { ...nothingRemembered, ...memory },
  });
}

function sentBy(step: NextStep): readonly Analysis[] | undefined {
  return 'send' in step ? step.send.analyses : undefined;
}

describe('a full batch', () => {
  it.each<[string, Slots]>([
    ['when all slots are free', fiveFree],
    ['into the last slot', lastOne],
  ])('goes at once %s', (_, slots) => {
    const queued = many(1_000);
    expect(sentBy(stepAt(0, queued, { slots }))).toEqual(queued);
  });

  it('leaves behind what comes after it', () => {
    const queued = many(1_001);
    expect(sentBy(stepAt(0, queued))).toEqual(queued.slice(0, 1_000));
  });

  it.each([
    [1_000, 2 * HOUR, 1_000],
    [501, 4 * HOUR, 500],
    [501, undefined, 500],
    [500, undefined, undefined],
    [999, 60, undefined],
  ])('is made of %d analyses of %s s each: %s of them', (count, durationSeconds, size) => {
    const { durationSeconds: _, ...untold } = anAnalysis();
    const queued = Array.from({ length: count }, () =>
      durationSeconds === undefined ? untold : { ...untold, durationSeconds },
    );
    expect(sentBy(stepAt(0, queued))?.length).toBe(size);
  });

  it('is as large as one that was too slow lets it be', () => {
    const memory = { maxItems: 3 };
    expect(sentBy(stepAt(0, many(2), { memory }))).toBeUndefined();
    expect(sentBy(stepAt(0, many(3), { memory }))).toHaveLength(3);
    expect(sentBy(stepAt(0, many(4), { memory }))).toHaveLength(3);
  });

  it('is never larger than the provider allows, whatever is remembered', () => {
    expect(sentBy(stepAt(0, many(1_001), { memory: { maxItems: 2_000 } }))).toHaveLength(1_000);
  });

  it('takes the oldest, though they came due later', () => {
    const [third, first, second] = [queuedAt(3), queuedAt(1), queuedAt(2)];
    const limits = { ...batchLimits, maxRequests: 2 };
    const step = stepAt(3, [third, first, second], { limits });
    expect(sentBy(step)).toEqual([first, second]);
  });
});

describe('a batch that is not full', () => {
  it.each<[string, Slots]>([
    ['with all slots free', fiveFree],
    ['with one slot free', lastOne],
    ['with another just sent', { ...lastOne, free: 3, active: [{ ageSeconds: 1, items: 500 }] }],
  ])('%s waits as its slots ask for, and goes then', (_, slots) => {
    const queued = [queuedAt(4), queuedAt(0), queuedAt(2)];
    const partial = { count: 3, oldestAgeSeconds: 5, maxRequests: 1_000 };
    const inSeconds = partialWaitSeconds(partial, slots);
    expect(inSeconds).toBeGreaterThan(0);
    expect(stepAt(5, queued, { slots })).toEqual({ lookAgainInSeconds: inSeconds });
    expect(sentBy(stepAt(HOUR, queued, { slots }))).toHaveLength(3);
  });

  it('is measured by what was too slow', () => {
    const queued = many(4);
    const partial = { count: 4, oldestAgeSeconds: 2_000, maxRequests: 5 };
    const expected = { lookAgainInSeconds: partialWaitSeconds(partial, lastOne) };
    expect(stepAt(2_000, queued, { slots: lastOne, memory: { maxItems: 5 } })).toEqual(expected);
    expect(stepAt(2_000, queued, { slots: lastOne })).not.toEqual(expected);
  });

  it('goes in the end, a lone clip too, if only it is looked at when that is said', () => {
    for (const slots of [fiveFree, lastOne]) {
      const clip = queuedAt(0);
      let second = 0;
      let step = stepAt(second, [clip], { slots });
      for (let looks = 0; 'lookAgainInSeconds' in step && looks < 10; looks += 1) {
        const { lookAgainInSeconds = Number.NaN } = step;
        second += lookAgainInSeconds;
        const active = slots.active.map(({ ageSeconds, items }) => ({
          ageSeconds: ageSeconds + second,
          items,
        }));
        step = stepAt(second, [clip], { slots: { ...slots, active } });
      }
      expect(sentBy(step)).toEqual([clip]);
      expect(second).toBeLessThanOrEqual(HOUR);
    }
  });

  it.each([0, -1])('with %d slots free does not go, however old', (free) => {
    const step = stepAt(1_000_000, many(2_000), { slots: { ...fiveFree, free } });
    expect(step).toEqual({ lookAgainInSeconds: undefined });
  });

  it('of which one was refused with others goes at once', () => {
    const queued = [queuedAt(0), queuedAt(1, { refusedIn: 'batch-1' })];
    expect(sentBy(stepAt(1, queued))).toEqual(queued);
  });

  it('is looked at when the first of several modes may go', () => {
    const queued = [
      queuedAt(0, { analysisMode: 'general' }),
      queuedAt(4, { analysisMode: 'time_based_metadata' }),
    ];
    const waits = [queued.slice(0, 1), queued.slice(1)].map((alone) => stepAt(7, alone));
    expect(waits).toEqual([{ lookAgainInSeconds: 3 }, { lookAgainInSeconds: 7 }]);
    expect(stepAt(7, queued)).toEqual({ lookAgainInSeconds: 3 });
  });

  it('gives way to another mode that may go, though that one is younger', () => {
    const old = many(2);
    const full = Array.from({ length: 3 }, () =>
      queuedAt(1, { analysisMode: 'time_based_metadata' }),
    );
    const limits = { ...batchLimits, maxRequests: 3 };
    const step = stepAt(1, [...old, ...full], { slots: fiveFree, limits });
    expect(step).toEqual({
      send: expect.objectContaining({ analysisMode: 'time_based_metadata' }),
    });
  });
});

describe('of the modes that may go', () => {
  it.each([
    [['general', 'time_based_metadata'], 'general'],
    [['time_based_metadata', 'general'], 'time_based_metadata'],
  ] as const)('%j, oldest first, goes %s', (modes, first) => {
    const queued = modes.map((analysisMode, at) => queuedAt(at, { analysisMode }));
    const step = stepAt(HOUR, queued.toReversed());
    expect('send' in step && step.send.analysisMode).toBe(first);
    expect(sentBy(step)).toEqual(queued.slice(0, 1));
  });
});

describe('the bytes of a request', () => {
  const limits = { ...batchLimits, maxBodyBytes: 1_000 };

  it.each([
    [1, 1_000],
    [2, 500],
    [3, 333],
    [9, 111],
    [499, 2],
    [500, 2],
    [501, 1],
    [1_000, 1],
    [1_001, 1],
  ])('are kept below 1,000: of items of %d bytes by sending %d', (itemBytes, size) => {
    let asked = 0;
    const bytesOf = ({ analyses }: PlannedBatch) => {
      asked += 1;
      return analyses.length * itemBytes;
    };
    const queued = many(1_001);
    const step = stepAt(0, queued, { limits, bytesOf });
    expect(sentBy(step)).toEqual(queued.slice(0, size));
    // A request of 5 MB takes its time to be written: not one for each of a thousand sizes.
    expect(asked).toBeLessThanOrEqual(12);
  });

  it('keep nobody back who is over them alone: the provider says what it takes', () => {
    const large = queuedAt(0);
    const bytesOf = ({ analyses }: PlannedBatch) => (analyses.includes(large) ? 9_999 : 1);
    expect(sentBy(stepAt(0, [large, ...many(5)], { limits, bytesOf }))).toEqual([large]);
  });

  it('cut off a batch that is full by them, and so goes at once', () => {
    const bytesOf = ({ analyses }: PlannedBatch) => analyses.length * 300;
    expect(sentBy(stepAt(0, many(3), { limits, bytesOf }))).toBeUndefined();
    expect(sentBy(stepAt(0, many(4), { limits, bytesOf }))).toHaveLength(3);
  });
});

it('does nothing when nothing waits', () => {
  expect(stepAt(0, [])).toEqual({ lookAgainInSeconds: undefined });
});
