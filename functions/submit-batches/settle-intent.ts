import pMap from 'p-map';
import type { Analysis } from '../../shared/analysis.ts';
import type { Batch } from '../../shared/batch.ts';
import { batchKey } from '../../shared/store/keys.ts';
import { secondsSince, WRITES_AT_ONCE } from '../../shared/waiting-room.ts';
import { findBatch } from './find-batch.ts';
import { abandon, freeAnalyses, markSubmitted, submitted } from './record-outcome.ts';
import type { SubmitBatchesDeps } from './submit-batches.ts';

/** How often a batch that may exist is looked for. */
export const DOUBT_SECONDS = 120;
/**
 * How long after it was sent a batch that no answer told of may still turn up in the list: fifteen
 * times as long as we wait for the answer, and well over what a gateway in between waits.
 */
export const CERTAIN_SECONDS = 1_800;
/** As long after an answer by which it was not created: the provider's own word, checked by looks. */
export const DENIED_CERTAIN_SECONDS = 900;

/**
 * Settles an intent whose outcome is not known: adopts the provider's batch, or frees the claims once
 * it is certain that there is none. docs/decisions/0011 argues why nothing is paid twice by that.
 * @returns how many analyses were freed from a request that was lost
 */
export async function settleIntent(intent: Batch, deps: SubmitBatchesDeps): Promise<number> {
  const analyses = (await deps.store.analysesOf(intent.batchId)).filter(isSubmitting);
  if (!intent.sentAt) {
    await abandon(intent, analyses, { reason: neverSent }, deps);
    return 0;
  }
  const search = await findBatch(intent, analyses, deps);
  if ('found' in search) {
    const { found } = search;
    deps.log.info('batch_adopted', { batchId: intent.batchId, providerBatchId: found.batch_id });
    await markSubmitted(intent, analyses, found, deps);
    return 0;
  }
  const now = deps.now();
  const absentSince = 'unknown' in search ? undefined : (intent.absentSince ?? now.toISOString());
  if (!isCertain({ ...intent, absentSince }, now)) {
    const reason = 'unknown' in search ? search.unknown : intent.reason;
    const set = { reason, absentSince };
    await deps.waitingRoom.move(intent, {
      to: 'intended',
      inSeconds: DOUBT_SECONDS,
      by: 'clock',
      set,
    });
    return 0;
  }
  const disowned = await deps.waitingRoom.move(intent, {
    to: 'disowned',
    inSeconds: DOUBT_SECONDS,
    by: 'clock',
    set: { reason: neverCreated },
  });
  if (!disowned) return 0;
  const freed = await freeAnalyses(analyses, disowned, deps, () => ({ reason: neverCreated }));
  return freed.length;
}

/** Two looks or more have shown none, with time between them, and the last of them just now. */
function isCertain(
  {
    absentSince,
    certainAt,
    intendedAt,
  }: Pick<Batch, 'certainAt' | 'intendedAt'> & {
    readonly absentSince: string | undefined;
  },
  now: Date,
): boolean {
  if (absentSince === undefined || secondsSince(certainAt ?? intendedAt, now) < 0) return false;
  return secondsSince(absentSince, now) >= DOUBT_SECONDS;
}

const neverSent = {
  code: 'never_sent',
  message: 'the function ended before the request was sent',
};
/** What a row says of a request that came to nothing. */
export const neverCreated = {
  code: 'never_created',
  message: 'the provider has no batch with its items',
};

/** Claimed analyses of one batch whose own due time came: they do what their batch did. */
export async function followBatch(
  batchId: string,
  analyses: readonly Analysis[],
  deps: SubmitBatchesDeps,
): Promise<void> {
  const row = await deps.store.read(batchKey(batchId));
  const { waitingRoom } = deps;
  const each = async (follow: (analysis: Analysis) => Promise<unknown>) => {
    await pMap(analyses, follow, { concurrency: WRITES_AT_ONCE });
  };
  if (row?.kind !== 'batch') {
    // Intents are written before claims and never deleted by us: whether it was sent, nobody knows.
    const message = `the row of its batch ${batchId} was deleted; it may have been paid`;
    const reason = { code: 'batch_row_missing', message };
    await each((analysis) => waitingRoom.move(analysis, { to: 'failed', set: { reason } }));
  } else if (row.state === 'abandoned' || row.state === 'disowned') {
    const { reason } = row;
    await freeAnalyses(analyses, row, deps, () => ({ reason }));
  } else if (row.state === 'intended') {
    const later = { to: 'submitting', inSeconds: DOUBT_SECONDS, by: 'clock' } as const;
    await each((analysis) => waitingRoom.move(analysis, later));
  } else {
    await each((analysis) => submitted(analysis, row, deps));
  }
}

function isSubmitting({ state }: Analysis): boolean {
  return state === 'submitting';
}
