import type { Analysis, AnalysisMode } from '../../shared/analysis.ts';
import type { BatchingMemory } from '../../shared/store/batching-memory.ts';
import type { BatchLimits } from '../../shared/twelvelabs/limits.ts';
import { secondsSince } from '../../shared/waiting-room.ts';
import { partialWaitSeconds, type Slots } from './partial-wait.ts';
import { REFUSALS_OF_A_PROFILE } from './remember.ts';

export interface PlannedBatch {
  readonly analysisMode: AnalysisMode;
  readonly analyses: readonly Analysis[];
}

/** All that the next step depends on, beside what waits. */
export interface Situation {
  readonly slots: Slots;
  readonly limits: BatchLimits;
  readonly memory: BatchingMemory;
  /** The version of a profile as it is configured now. */
  readonly versionOf: (profile: string) => string;
  /** The size of the request that would create this batch. */
  readonly bytesOf: (batch: PlannedBatch) => number;
  readonly now: Date;
}

export type NextStep =
  /** Send this batch now. */
  | { readonly send: PlannedBatch }
  /** Let these wait: the provider refuses what their profile asks. */
  | { readonly holdBack: readonly Analysis[] }
  /** Nothing to send now; undefined when only something new can change that. */
  | { readonly lookAgainInSeconds: number | undefined };

/**
 * What to do next with what waits, oldest first. A full batch goes as soon as a slot is free, one that
 * is not full when it has waited long enough for the slots that are left. One analysis mode a batch.
 *
 * Of the analyses that were refused together, half is tried at a time: taken, the one they were
 * refused for is in the other half; refused, it is in this one, and the others are free. Those that
 * are free again go at once.
 */
export function nextBatch(queued: readonly Analysis[], situation: Situation): NextStep {
  if (situation.slots.free <= 0) return { lookAgainInSeconds: undefined };
  const inOrder = queued.toSorted((a, b) => Date.parse(a.queuedAt) - Date.parse(b.queuedAt));
  const groups = [...Map.groupBy(inOrder, (it) => groupOf(it, situation)).entries()];
  const held = groups.find(([kind]) => kind === 'held');
  if (held) return { holdBack: held[1] };

  const candidates = groups
    .map(([kind, group]) => candidateOf(kind, group, situation))
    .sort((a, b) => oldestOf(a) - oldestOf(b));
  const ready = candidates.find(({ inSeconds }) => inSeconds <= 0);
  if (ready) return { send: ready };
  const soonest = Math.min(...candidates.map(({ inSeconds }) => inSeconds));
  return { lookAgainInSeconds: Number.isFinite(soonest) ? soonest : undefined };
}

/** A batch that could go, and in how many seconds it will. */
interface Candidate extends PlannedBatch {
  readonly inSeconds: number;
}

/** What may travel together. */
function groupOf(analysis: Analysis, { memory, versionOf, now }: Situation): string {
  const { analysisMode, refusedIn = '', isSuspect, profile } = analysis;
  const refused = memory.refusedProfiles[versionOf(profile)];
  if (refused && isHeldBack(refused)) {
    return secondsSince(refused.probeAt, now) < 0 ? 'held' : `probe ${profile}`;
  }
  return isSuspect && memory.searches.includes(refusedIn)
    ? `search ${refusedIn}`
    : `mode ${analysisMode}`;
}

/** Whether a profile was refused so often that its analyses are held back, but for a probe at times. */
export function isHeldBack({ refusals }: BatchingMemory['refusedProfiles'][string]): boolean {
  return refusals >= REFUSALS_OF_A_PROFILE;
}

function candidateOf(kind: string, group: readonly Analysis[], situation: Situation): Candidate {
  // The last one: those that were refused stood beside each other, and may be alike.
  if (kind.startsWith('probe')) return { ...batchOf(group.slice(-1)), inSeconds: 0 };
  if (kind.startsWith('search')) {
    // Side by side by profile, for a profile may be to blame.
    const inOrder = group.toSorted((a, b) => a.profile.localeCompare(b.profile));
    const half = inOrder.slice(0, Math.ceil(group.length / 2));
    return { ...batchOf(fitting(half, situation)), inSeconds: 0 };
  }
  const batch = batchOf(fitting(group, situation));
  const { analyses } = batch;
  const maxRequests = maxRequestsOf(situation);
  const isFull = analyses.length < group.length || analyses.length >= maxRequests;
  if (isFull || analyses.some(({ refusedIn }) => refusedIn)) return { ...batch, inSeconds: 0 };
  const oldestAgeSeconds = (situation.now.getTime() - oldestOf(batch)) / 1000;
  const partial = { count: analyses.length, oldestAgeSeconds, maxRequests };
  return { ...batch, inSeconds: partialWaitSeconds(partial, situation.slots) };
}

function maxRequestsOf({ limits, memory }: Situation): number {
  return Math.min(limits.maxRequests, memory.maxItems ?? limits.maxRequests);
}

/** As many from the front as one batch may hold: by number, hours and bytes, and never none. */
function fitting(group: readonly Analysis[], situation: Situation): readonly Analysis[] {
  const { limits, bytesOf } = situation;
  let hours = 0;
  const tooLong = group.findIndex((analysis) => {
    hours += hoursOf(analysis, limits);
    return hours > limits.maxHours;
  });
  const byHours = tooLong === -1 ? group : group.slice(0, Math.max(1, tooLong));
  const few = byHours.slice(0, maxRequestsOf(situation));
  if (bytesOf(batchOf(few)) <= limits.maxBodyBytes) return few;
  let fits = 1;
  for (let tooMany = few.length; tooMany - fits > 1; ) {
    const middle = Math.floor((fits + tooMany) / 2);
    if (bytesOf(batchOf(few.slice(0, middle))) <= limits.maxBodyBytes) fits = middle;
    else tooMany = middle;
  }
  return few.slice(0, fits);
}

/** An unknown duration counts as the longest there is. */
function hoursOf({ durationSeconds }: Analysis, { maxVideoHours }: BatchLimits): number {
  return durationSeconds === undefined ? maxVideoHours : durationSeconds / 3_600;
}

function batchOf(analyses: readonly Analysis[]): PlannedBatch {
  return { analysisMode: analyses[0]?.analysisMode ?? 'general', analyses };
}

function oldestOf({ analyses }: PlannedBatch): number {
  return Math.min(...analyses.map(({ queuedAt }) => Date.parse(queuedAt)));
}
