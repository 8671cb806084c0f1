import type { Analysis } from '../../shared/analysis.ts';
import type { BatchingMemory } from '../../shared/store/batching-memory.ts';
import type { PlannedBatch } from './next-batch.ts';
import type { Outcome } from './outcome.ts';
import {
  afterRefused,
  afterRefusedAlone,
  afterTaken,
  afterTooSlow,
  withoutSearch,
} from './remember.ts';
import { MANY_PAUSES } from './submit-batch.ts';
import type { SubmitBatchesDeps } from './submit-batches.ts';

/** What is remembered once it is known what became of a batch; the same object when nothing is new. */
export function rememberOutcome(
  planned: PlannedBatch,
  outcome: Outcome,
  memory: BatchingMemory,
  { profiles, limits, now }: SubmitBatchesDeps,
): BatchingMemory {
  const search = searchOf(planned, memory);
  const versionOf = ({ profile }: Analysis) => profiles.get(profile)?.version ?? '';
  switch (outcome.kind) {
    case 'taken': {
      const versions = new Set(outcome.analyses.map(versionOf));
      const items = outcome.analyses.length;
      return afterTaken(memory, { items, versions }, limits.maxRequests, now());
    }
    case 'refused':
      return outcome.hasSuspects
        ? afterRefused(memory, { batchId: outcome.batchId, search })
        : withoutSearch(memory, search);
    case 'refused-alone': {
      const version = outcome.isAboutItsAsset ? undefined : versionOf(outcome.analysis);
      const { reason } = outcome;
      return afterRefusedAlone(withoutSearch(memory, search), { version, reason }, now());
    }
    case 'too-large':
      return afterTooSlow(memory, outcome.items, now());
    case 'doubt':
      return outcome.isTooSlow ? afterTooSlow(memory, outcome.items, now()) : memory;
    case 'not-now': {
      // A quota may be smaller than a batch.
      const isTooMuch = outcome.mayBeSlots && memory.pausesInARow >= MANY_PAUSES;
      const items = planned.analyses.length;
      const halved = isTooMuch ? afterTooSlow(memory, items, now()) : memory;
      return { ...halved, pausesInARow: memory.pausesInARow + 1 };
    }
    case 'nothing-left':
      return memory;
  }
}

/** The search that a batch belongs to: the refused batch that all of its analyses are suspects of. */
function searchOf({ analyses }: PlannedBatch, memory: BatchingMemory): string | undefined {
  const [first] = analyses;
  if (!first?.isSuspect || first.refusedIn === undefined) return undefined;
  return memory.searches.includes(first.refusedIn) ? first.refusedIn : undefined;
}
