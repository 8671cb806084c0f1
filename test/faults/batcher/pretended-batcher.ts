import type { KnownProfiles } from '../../../functions/submit-batches/claim-analyses.ts';
import { nextBatch, type PlannedBatch } from '../../../functions/submit-batches/next-batch.ts';
import type { Outcome } from '../../../functions/submit-batches/outcome.ts';
import type { Slots } from '../../../functions/submit-batches/partial-wait.ts';
import { rememberOutcome } from '../../../functions/submit-batches/remember-outcome.ts';
import type { SubmitBatchesDeps } from '../../../functions/submit-batches/submit-batches.ts';
import type { Analysis } from '../../../shared/analysis.ts';
import { type BatchingMemory, nothingRemembered } from '../../../shared/store/batching-memory.ts';
import type { BatchLimits } from '../../../shared/twelvelabs/limits.ts';

/** What a pretended provider does with a batch. */
export type Answer = 'taken' | 'refused' | 'too-large' | 'too-slow' | 'not-now';

export interface Pretence {
  readonly limits: BatchLimits;
  readonly profiles: KnownProfiles;
  readonly bytesOf: (batch: PlannedBatch) => number;
  readonly now: () => Date;
  readonly answer: (batch: PlannedBatch) => Answer;
}

/**
 * What a round decides, without a table and without a provider: the batcher's own planner and its
 * memory, and in between what `sendOne` of the batcher does with each outcome.
 */
export class PretendedBatcher {
  waiting: readonly Analysis[];
  memory: BatchingMemory;
  /** Those that were refused alone. */
  readonly setAside: Analysis[] = [];
  readonly heldBack: Analysis[] = [];
  creates = 0;
  readonly #pretence: Pretence;

  constructor(waiting: readonly Analysis[], pretence: Pretence, memory = nothingRemembered) {
    this.waiting = waiting;
    this.memory = memory;
    this.#pretence = pretence;
  }

  /** Sends the next batch, if one is to go. @returns it, and the answer to it */
  sendNext(slots: Slots): { readonly batch: PlannedBatch; readonly answer: Answer } | undefined {
    const { limits, bytesOf, profiles, now, answer: answerTo } = this.#pretence;
    const versionOf = (profile: string) => profiles.get(profile)?.version ?? '';
    for (;;) {
      const situation = { slots, limits, memory: this.memory, versionOf, bytesOf, now: now() };
      const step = nextBatch(this.waiting, situation);
      if ('holdBack' in step) {
        this.heldBack.push(...step.holdBack);
        this.waiting = without(this.waiting, step.holdBack);
      } else if ('send' in step) {
        const batch = step.send;
        this.creates += 1;
        const answer = answerTo(batch);
        this.#note(batch, this.#outcomeOf(batch, answer));
        return { batch, answer };
      } else return undefined;
    }
  }

  #outcomeOf({ analyses }: PlannedBatch, answer: Answer): Outcome {
    const items = analyses.length;
    const [first] = analyses;
    switch (answer) {
      case 'taken':
        return { kind: 'taken', analyses, freed: [] };
      case 'too-slow':
        return { kind: 'doubt', items, isTooSlow: true, freed: [] };
      case 'not-now':
        return { kind: 'not-now', mayBeSlots: false, asked: undefined, freed: analyses };
      default: {
        if (first && items === 1) {
          const isAboutItsAsset = false;
          return {
            kind: 'refused-alone',
            analysis: first,
            isAboutItsAsset,
            reason: answer,
            freed: [],
          };
        }
        if (answer === 'too-large') return { kind: 'too-large', items, freed: analyses };
        const batchId = `batch-${this.creates}`;
        const freed = analyses.map((it) => ({ ...it, refusedIn: batchId, isSuspect: true }));
        return { kind: 'refused', batchId, hasSuspects: true, freed };
      }
    }
  }

  #note(batch: PlannedBatch, outcome: Outcome): void {
    this.waiting = [...without(this.waiting, batch.analyses), ...outcome.freed];
    const { limits, profiles, now } = this.#pretence;
    // All that it needs of them.
    const deps = { limits, profiles, now } as SubmitBatchesDeps;
    this.memory = rememberOutcome(batch, outcome, this.memory, deps);
    if (outcome.kind === 'refused-alone') this.setAside.push(outcome.analysis);
  }
}

function without(all: readonly Analysis[], some: readonly Analysis[]): Analysis[] {
  const gone = new Set(some);
  return all.filter((analysis) => !gone.has(analysis));
}
