import type { Analysis, AnalysisMode } from '../../shared/analysis.ts';
import type { BatchLimits } from '../../shared/twelvelabs/limits.ts';

export interface PlannedBatch {
  readonly analysisMode: AnalysisMode;
  readonly analyses: readonly Analysis[];
}

export interface Plan {
  readonly batches: readonly PlannedBatch[];
  /** Seconds until a batch that is kept back for more company would go all the same. */
  readonly lookAgainInSeconds: number | undefined;
}

/**
 * How long a batch that is not full waits for more company, by the number of free slots: at most
 * seconds while all are free, longer the scarcer they are.
 */
const PARTIAL_WAIT_SECONDS = [Number.POSITIVE_INFINITY, 3_600, 900, 300, 60, 10];

/**
 * Which batches to send now, oldest first: full ones at once, partial ones when their oldest has
 * waited long enough for the slots that are left. One analysis mode a batch. Analyses that the
 * provider refused in a larger batch travel in batches of their own, no larger than their ceiling,
 * and at once.
 */
export function planBatches(
  queued: readonly Analysis[],
  freeSlots: number,
  limits: BatchLimits,
  now: Date,
): Plan {
  const candidates = groups(queued)
    .flatMap((group) => chunks(group, limits))
    .sort((a, b) => oldest(a) - oldest(b));
  const batches: PlannedBatch[] = [];
  let lookAgainInSeconds: number | undefined;
  for (const candidate of candidates) {
    const slots = freeSlots - batches.length;
    if (slots <= 0) break;
    const waitSeconds = candidate.goesAtOnce ? 0 : partialWait(slots) - age(candidate, now);
    if (waitSeconds <= 0) batches.push(candidate);
    else lookAgainInSeconds = Math.min(waitSeconds, lookAgainInSeconds ?? waitSeconds);
  }
  // With no slot left only the end of a batch makes another look worth while, and that is announced.
  const hasRoom = batches.length < freeSlots;
  return { batches, lookAgainInSeconds: hasRoom ? lookAgainInSeconds : undefined };
}

interface Candidate extends PlannedBatch {
  readonly goesAtOnce: boolean;
}

/** What may travel together, oldest first: by when it was queued, not by when it came due. */
function groups(queued: readonly Analysis[]): Analysis[][] {
  const inOrder = queued.toSorted((a, b) => Date.parse(a.queuedAt) - Date.parse(b.queuedAt));
  const byKind = Map.groupBy(inOrder, (it) => `${it.analysisMode} ${it.batchCeiling ?? ''}`);
  return [...byKind.values()];
}

function chunks(group: readonly Analysis[], limits: BatchLimits): Candidate[] {
  const [first] = group;
  if (!first) return [];
  const maxRequests = Math.min(limits.maxRequests, first.batchCeiling ?? limits.maxRequests);
  const chunked: Candidate[] = [];
  let analyses: Analysis[] = [];
  let hours = 0;
  const close = (isFull: boolean) => {
    const goesAtOnce = isFull || first.batchCeiling !== undefined;
    chunked.push({ analysisMode: first.analysisMode, analyses, goesAtOnce });
    analyses = [];
    hours = 0;
  };
  for (const analysis of group) {
    const itsHours = hoursOf(analysis, limits);
    if (analyses.length > 0 && hours + itsHours > limits.maxHours) close(true);
    analyses.push(analysis);
    hours += itsHours;
    if (analyses.length === maxRequests || hours >= limits.maxHours) close(true);
  }
  if (analyses.length > 0) close(false);
  return chunked;
}

/** An unknown duration counts as the longest there is. */
function hoursOf({ durationSeconds }: Analysis, { maxVideoHours }: BatchLimits): number {
  return durationSeconds === undefined ? maxVideoHours : durationSeconds / 3_600;
}

function partialWait(freeSlots: number): number {
  const last = PARTIAL_WAIT_SECONDS.length - 1;
  return PARTIAL_WAIT_SECONDS[Math.min(freeSlots, last)] ?? 0;
}

function oldest({ analyses }: PlannedBatch): number {
  return Math.min(...analyses.map(({ queuedAt }) => Date.parse(queuedAt)));
}

function age(batch: PlannedBatch, now: Date): number {
  return (now.getTime() - oldest(batch)) / 1000;
}
