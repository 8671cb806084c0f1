import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  isHeldBack,
  nextBatch,
  type PlannedBatch,
  type Situation,
} from '../../../../functions/submit-batches/next-batch.ts';
import type { Analysis } from '../../../../shared/analysis.ts';
import {
  type BatchingMemory,
  nothingRemembered,
} from '../../../../shared/store/batching-memory.ts';
import { anAnalysis, atSecond } from '../../../support/rows.ts';

const HOUR = 3_600;
const QUEUED_UNTIL = 10 * HOUR;

/** Small enough that a few dozen analyses reach every limit. */
const limits = {
  maxRequests: 7,
  maxHours: 10,
  maxVideoHours: 4,
  maxActive: 5,
  maxBodyBytes: 200,
};
/** What one batch asks is of one mode, and so is what was refused with it. */
const modes = {
  general: { profiles: ['a', 'b', 'gone'], refusedIn: ['refused-1', 'refused-2'] },
  time_based_metadata: { profiles: ['c', 'd'], refusedIn: ['refused-3'] },
} as const;

const drawnAnalysis = fc
  .constantFrom(...(['general', 'time_based_metadata'] as const))
  .chain((mode) =>
    fc.record({
      analysisMode: fc.constant(mode),
      profile: fc.constantFrom(...modes[mode].profiles),
      queuedSecond: fc.integer({ min: 0, max: QUEUED_UNTIL }),
      durationSeconds: fc.option(fc.integer({ min: 1, max: 4 * HOUR }), { nil: undefined }),
      refusedIn: fc.option(fc.constantFrom(...modes[mode].refusedIn), { nil: undefined, freq: 1 }),
      isSuspect: fc.boolean(),
      /** The bytes of its item are those of its name: some are too large even alone. */
      assetId: fc.nat(60).map((length) => 'x'.repeat(length < 58 ? length : length * 4)),
    }),
  );

const refusedProfile = fc.record({
  refusals: fc.integer({ min: 1, max: 5 }),
  probeAt: fc.nat(2 * QUEUED_UNTIL).map((second) => atSecond(second).toISOString()),
  reason: fc.constant('no'),
});

const memories: fc.Arbitrary<BatchingMemory> = fc
  .record({
    maxItems: fc.option(fc.integer({ min: 1, max: 9 }), { nil: undefined }),
    suspects: fc.dictionary(fc.constantFrom('refused-1', 'refused-3'), fc.integer({ max: 20 })),
    refusedProfiles: fc.dictionary(fc.constantFrom('version of a', 'version of c'), refusedProfile),
  })
  .map(({ maxItems, ...rest }) => ({
    ...nothingRemembered,
    ...rest,
    ...(maxItems !== undefined && { maxItems }),
  }));

const worlds = fc.record({
  memory: memories,
  free: fc.integer({ min: -1, max: 5 }),
  turnaroundSeconds: fc.option(fc.integer({ min: 60, max: HOUR }), { nil: undefined }),
  queued: fc.array(drawnAnalysis, { maxLength: 60, size: 'max' }).map((all) =>
    all.map(({ queuedSecond, durationSeconds, refusedIn, ...fields }, at): Analysis => {
      const { durationSeconds: _, ...row } = anAnalysis({ ...fields, key: `${at}.mp4` });
      return {
        ...row,
        queuedAt: atSecond(queuedSecond).toISOString(),
        ...(durationSeconds !== undefined && { durationSeconds }),
        ...(refusedIn !== undefined && { refusedIn }),
      };
    }),
  ),
});

type World = typeof worlds extends fc.Arbitrary<infer W> ? W : never;

/** All that goes until there is nothing to do, each batch taken, with what waited before it. */
function liveThrough({ memory, free, turnaroundSeconds, queued }: World, second: number) {
  const sent: { batch: PlannedBatch; before: readonly Analysis[] }[] = [];
  const held: Analysis[] = [];
  const recent = turnaroundSeconds === undefined ? [] : [{ turnaroundSeconds, items: 5 }];
  let waiting: readonly Analysis[] = queued;
  const active = Array.from({ length: 5 - free }, (_, at) => ({ ageSeconds: at * 60, items: 5 }));
  for (let slots: Situation['slots'] = { maxActive: 5, free, active, recent }; ; ) {
    const step = nextBatch(waiting, situation(memory, slots, second));
    if ('lookAgainInSeconds' in step) return { sent, held, waiting, slots, ...step };
    const gone = 'send' in step ? step.send.analyses : step.holdBack;
    if ('send' in step) {
      sent.push({ batch: step.send, before: waiting });
      const justSent = { ageSeconds: 0, items: gone.length };
      slots = { ...slots, free: slots.free - 1, active: [...slots.active, justSent] };
    } else held.push(...gone);
    waiting = waiting.filter((it) => !gone.includes(it));
  }
}

function situation(memory: BatchingMemory, slots: Situation['slots'], second: number): Situation {
  return { slots, limits, memory, versionOf, bytesOf, now: atSecond(second) };
}

function versionOf(profile: string): string {
  return profile === 'gone' ? '' : `version of ${profile}`;
}

function bytesOf({ analyses }: PlannedBatch): number {
  return analyses.reduce((sum, { assetId }) => sum + assetId.length, 40);
}

/** Whether a batch keeps to all limits. */
function fits(analyses: readonly Analysis[], { maxItems = 7 }: BatchingMemory): boolean {
  const hours = analyses.map(({ durationSeconds: its }) => (its === undefined ? 4 : its / HOUR));
  return (
    analyses.length <= Math.min(7, maxItems) &&
    hours.reduce((sum, its) => sum + its, 0) <= 10 &&
    bytesOf({ analysisMode: 'general', analyses }) <= 200
  );
}

/** What keeps an analysis apart from the others of its mode. */
function apartness(it: Analysis, memory: BatchingMemory, second = QUEUED_UNTIL) {
  const refused = memory.refusedProfiles[versionOf(it.profile)];
  if (refused && isHeldBack(refused)) {
    return Date.parse(refused.probeAt) > atSecond(second).getTime() ? 'held' : 'probe';
  }
  const isSought = it.isSuspect && memory.searches.includes(it.refusedIn ?? '');
  return isSought ? 'search' : undefined;
}

function keysOf(analyses: readonly Analysis[]): string[] {
  return analyses.map(({ key }) => key).sort();
}

async function always(check: (life: ReturnType<typeof liveThrough>, world: World) => void) {
  await fc.assert(
    fc.property(worlds, (world) => check(liveThrough(world, QUEUED_UNTIL), world)),
    { numRuns: 400 },
  );
}

describe('whatever waits and is remembered', () => {
  it('no batch is empty, or over a limit unless it is of one', async () => {
    await always(({ sent }, { memory }) => {
      for (const { batch } of sent) {
        expect(batch.analyses.length).toBeGreaterThan(0);
        expect(batch.analyses.length === 1 || fits(batch.analyses, memory)).toBe(true);
      }
    });
  });

  it('no more batches go than slots are free', async () => {
    await always(({ sent }, { free }) => {
      expect(sent.length).toBeLessThanOrEqual(Math.max(0, free));
    });
  });

  it('a batch is of one mode, which it names', async () => {
    await always(({ sent }) => {
      for (const { batch } of sent) {
        const its = new Set(batch.analyses.map(({ analysisMode }) => analysisMode));
        expect([...its]).toEqual([batch.analysisMode]);
      }
    });
  });

  it('each analysis goes once, is held back once, or waits', async () => {
    await always(({ sent, held, waiting }, { queued }) => {
      const all = [...sent.flatMap(({ batch }) => batch.analyses), ...held, ...waiting];
      expect(keysOf(all)).toEqual(keysOf(queued));
    });
  });

  it('those are held back whose profile is refused, until its next probe, while a slot is free', async () => {
    await always(({ held, slots }, { queued, memory }) => {
      const expected = queued.filter((it) => apartness(it, memory) === 'held');
      if (slots.free > 0) expect(keysOf(held)).toEqual(keysOf(expected));
      else expect(keysOf(expected)).toEqual(expect.arrayContaining(keysOf(held)));
    });
  });

  it('what is kept apart goes with nobody else: a probe alone, a search by halves', async () => {
    await always(({ sent }, { memory }) => {
      for (const { batch, before } of sent) {
        const [first] = batch.analyses;
        const [kind] = new Set(batch.analyses.map((it) => apartness(it, memory)));
        for (const it of batch.analyses) expect(apartness(it, memory)).toBe(kind);
        if (kind === 'probe') expect(batch.analyses).toHaveLength(1);
        if (kind !== 'search') continue;
        const inSearch = (it: Analysis) =>
          apartness(it, memory) === 'search' && it.refusedIn === first?.refusedIn;
        expect(batch.analyses.every(inSearch)).toBe(true);
        const half = Math.ceil(before.filter(inSearch).length / 2);
        expect(batch.analyses.length).toBeLessThanOrEqual(half);
      }
    });
  });

  it('of one mode the oldest go first, and as many as one batch may hold', async () => {
    await always(({ sent }, { memory }) => {
      for (const { batch, before } of sent) {
        if (batch.analyses.some((it) => apartness(it, memory))) continue;
        const left = before
          .filter((it) => it.analysisMode === batch.analysisMode && !apartness(it, memory))
          .filter((it) => !batch.analyses.includes(it))
          .toSorted((a, b) => a.queuedAt.localeCompare(b.queuedAt));
        const youngest =
          batch.analyses
            .map(({ queuedAt }) => queuedAt)
            .sort()
            .at(-1) ?? '';
        expect(left.every(({ queuedAt }) => queuedAt >= youngest)).toBe(true);
        const [next] = left;
        if (next) expect(fits([...batch.analyses, next], memory)).toBe(false);
      }
    });
  });

  it('says when to look again exactly when something waits though a slot is free', async () => {
    await always(({ waiting, slots, lookAgainInSeconds }) => {
      expect(lookAgainInSeconds !== undefined).toBe(waiting.length > 0 && slots.free > 0);
      expect(lookAgainInSeconds ?? 1).toBeGreaterThan(0);
      expect(lookAgainInSeconds ?? 1).toBeLessThanOrEqual(HOUR);
    });
  });

  it('what has waited an hour goes, as far as there are slots', async () => {
    await fc.assert(
      fc.property(worlds, (world) => {
        const { waiting, slots } = liveThrough(world, QUEUED_UNTIL + HOUR);
        expect(waiting.length === 0 || slots.free <= 0).toBe(true);
      }),
    );
  });
});
