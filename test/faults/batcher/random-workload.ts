import { knownProfiles } from '../../../functions/submit-batches/claim-analyses.ts';
import type { Slots } from '../../../functions/submit-batches/partial-wait.ts';
import type { Analysis } from '../../../shared/analysis.ts';
import { type BatchingMemory, nothingRemembered } from '../../../shared/store/batching-memory.ts';
import { type BatchLimits, batchLimits } from '../../../shared/twelvelabs/limits.ts';
import { anAnalysis, aProfile, aSegmentation, atSecond, MADE_AT } from '../../support/rows.ts';
import type { SeededDice } from '../seeded-dice.ts';

/** What waits, and the situation in which a round finds it. */
export interface Workload {
  readonly waiting: readonly Analysis[];
  readonly limits: BatchLimits;
  readonly slots: Slots;
  readonly memory: BatchingMemory;
  /** The keys of analyses for which the provider refuses every batch. */
  readonly poisons: ReadonlySet<string>;
}

const DAY_SECONDS = 24 * 3_600;
const profiles = [
  aProfile(),
  aProfile({ name: 'long', prompt: 'What happens? '.repeat(20) }),
  aProfile({ name: 'window', end_time: 60 }),
  aSegmentation(),
];
/** The profiles that are asked for, as the batcher knows them. */
export const workloadProfiles = knownProfiles(profiles);
/** The one of them that is refused, where one is. */
const REFUSED = 'long';
/** Refused batches of each mode: one that is searched, and one that nobody remembers. */
const SEARCHED = ['general', 'time_based_metadata'].map((mode) => `${mode}-searched`);
const REFUSED_BATCHES = ['searched', 'forgotten'];

type Question = readonly (string | number)[];

/** The workload of this number: mostly a few tens of analyses, with limits small enough to be met. */
export function randomWorkload(number: number, dice: SeededDice): Workload {
  const whole = (least: number, most: number, ...question: Question) =>
    dice.whole(least, most, 'workload', number, ...question);
  const isHuge = number % 500 === 0;
  const limits = isHuge
    ? batchLimits
    : {
        maxRequests: whole(1, 12, 'requests'),
        maxHours: whole(4, 20, 'hours'),
        maxActive: whole(1, 5, 'active'),
        maxVideoHours: whole(1, 4, 'video'),
        maxBodyBytes: whole(1, 4, 'is body small') === 1 ? whole(300, 3_000, 'body') : 5_000_000,
      };
  const count = isHuge ? whole(1_000, 4_000, 'count') : whole(0, 40, 'count');
  const waiting = Array.from({ length: count }, (_, at) =>
    randomAnalysis(limits, (least, most, ...question) => whole(least, most, at, ...question), at),
  );
  const poisonCount = whole(1, 5, 'is poisoned') === 1 ? whole(1, 3, 'poisons') : 0;
  const poisons = dice.shuffled(waiting, 'poisons', number).slice(0, poisonCount);
  return {
    waiting,
    limits,
    slots: randomSlots(limits, whole),
    memory: randomMemory(waiting, limits, whole),
    poisons: new Set(poisons.map(({ pk }) => pk)),
  };
}

type Whole = (least: number, most: number, ...question: Question) => number;

function randomAnalysis({ maxVideoHours }: BatchLimits, whole: Whole, at: number): Analysis {
  const profile = profiles[whole(0, profiles.length - 1, 'profile')] ?? aProfile();
  const refused = REFUSED_BATCHES[whole(0, 5, 'refused')];
  const isKnown = whole(1, 5, 'duration') > 1;
  return {
    ...anAnalysis({
      pk: `VIDEO#${at}`,
      profile: profile.name,
      analysisMode: profile.analysis_mode,
      queuedAt: atSecond(-whole(0, DAY_SECONDS, 'age')).toISOString(),
    }),
    durationSeconds: isKnown ? whole(1, maxVideoHours * 3_600, 'seconds') : undefined,
    ...(refused && {
      refusedIn: `${profile.analysis_mode}-${refused}`,
      isSuspect: whole(0, 3, 'suspect') > 0,
    }),
  };
}

function randomSlots({ maxActive }: BatchLimits, whole: Whole): Slots {
  const some = <T>(count: number, make: (at: number) => T) =>
    Array.from({ length: count }, (_, at) => make(at));
  const free = whole(0, maxActive, 'free');
  return {
    maxActive,
    free,
    active: some(maxActive - free, (at) => ({
      ageSeconds: whole(0, 7_200, 'age', at),
      items: whole(1, 1_000, 'items', at),
    })),
    recent: some(whole(0, 20, 'recent'), (at) => ({
      turnaroundSeconds: whole(1, 7_200, 'turnaround', at),
      items: whole(1, 1_000, 'recent items', at),
    })),
  };
}

function randomMemory(
  waiting: readonly Analysis[],
  { maxRequests }: BatchLimits,
  whole: Whole,
): BatchingMemory {
  const isSearched = (search: string) =>
    waiting.some((it) => it.isSuspect && it.refusedIn === search);
  const probeAt = atSecond(whole(-600, 600, 'probe')).toISOString();
  const refused = { refusals: whole(1, 4, 'refusals'), probeAt, reason: 'refused' };
  const version = workloadProfiles.get(REFUSED)?.version ?? '';
  return {
    ...nothingRemembered,
    searches: SEARCHED.filter(isSearched),
    refusedProfiles: whole(1, 4, 'is refused') === 1 ? { [version]: refused } : {},
    ...(whole(1, 4, 'is slow') === 1 && { maxItems: whole(1, maxRequests, 'items') }),
  };
}

/** When a round of a workload takes place. */
export const WORKLOAD_NOW = MADE_AT;
