import type { PlannedBatch } from '../../../functions/submit-batches/next-batch.ts';
import type { Analysis } from '../../../shared/analysis.ts';
import type { BatchingMemory } from '../../../shared/store/batching-memory.ts';
import type { BatchLimits } from '../../../shared/twelvelabs/limits.ts';

/** What was known when a batch was planned. */
export interface Before {
  readonly waiting: readonly Analysis[];
  readonly memory: BatchingMemory;
  readonly limits: BatchLimits;
  readonly bytesOf: (batch: PlannedBatch) => number;
  readonly versionOf: (profile: string) => string;
  readonly nowMs: number;
}

const REFUSALS_OF_A_PROFILE = 3;

/** @returns what is wrong with a batch that was planned, in words */
export function wrongWith(batch: PlannedBatch, before: Before): string[] {
  const { analyses } = batch;
  const { limits, memory } = before;
  const most = Math.min(limits.maxRequests, memory.maxItems ?? limits.maxRequests);
  const waiting = new Set(before.waiting);
  const wrong: string[] = [];
  if (analyses.length === 0) wrong.push('an empty batch');
  if (analyses.length > most) wrong.push(`${analyses.length} requests instead of ${most}`);
  if (analyses.length > 1) {
    const hours = hoursOf(analyses, limits);
    const bytes = before.bytesOf(batch);
    if (hours > limits.maxHours) wrong.push(`${hours} hours instead of ${limits.maxHours}`);
    if (bytes > limits.maxBodyBytes) wrong.push(`${bytes} bytes instead of ${limits.maxBodyBytes}`);
  }
  if (analyses.some((it) => it.analysisMode !== batch.analysisMode)) wrong.push('two modes');
  if (new Set(analyses).size !== analyses.length) wrong.push('an analysis twice in a batch');
  if (!analyses.every((it) => waiting.has(it))) wrong.push('an analysis that does not wait');
  return [...wrong, ...wrongCompany(batch, before)];
}

/** Suspects of a search travel alone and by halves, a refused profile not at all; others oldest first. */
function wrongCompany({ analyses }: PlannedBatch, before: Before): string[] {
  const kindOf = (analysis: Analysis) => companyOf(analysis, before);
  const kinds = new Set(analyses.map(kindOf));
  const [kind = ''] = kinds;
  if (kinds.size > 1) return [`analyses that must not travel together: ${[...kinds].join(', ')}`];
  if (kind === 'held') return ['analyses of a profile that is refused'];
  const alike = before.waiting.filter((it) => kindOf(it) === kind);
  if (kind.startsWith('probe')) return analyses.length > 1 ? ['more than one as a probe'] : [];
  if (kind.startsWith('search')) {
    return analyses.length > Math.ceil(alike.length / 2) ? ['more than half of a search'] : [];
  }
  const sent = new Set(analyses);
  const youngest = Math.max(...analyses.map(queuedMs));
  const isOvertaken = alike.some((it) => !sent.has(it) && queuedMs(it) < youngest);
  return isOvertaken ? ['an older one is left behind'] : [];
}

function companyOf(analysis: Analysis, { memory, versionOf, nowMs }: Before): string {
  const { profile, isSuspect, refusedIn = '', analysisMode } = analysis;
  const refused = memory.refusedProfiles[versionOf(profile)];
  if (refused && refused.refusals >= REFUSALS_OF_A_PROFILE) {
    return Date.parse(refused.probeAt) > nowMs ? 'held' : `probe ${profile}`;
  }
  const isSearched = isSuspect && memory.searches.includes(refusedIn);
  return isSearched ? `search ${refusedIn}` : analysisMode;
}

/** An unknown duration may be the longest. */
export function hoursOf(analyses: readonly Analysis[], { maxVideoHours }: BatchLimits): number {
  return analyses.reduce(
    (sum, { durationSeconds }) =>
      sum + (durationSeconds === undefined ? maxVideoHours : durationSeconds / 3_600),
    0,
  );
}

function queuedMs({ queuedAt }: Analysis): number {
  return Date.parse(queuedAt);
}
