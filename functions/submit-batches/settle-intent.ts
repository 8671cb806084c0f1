import pMap from 'p-map';
import type { Analysis } from '../../shared/analysis.ts';
import type { Batch } from '../../shared/batch.ts';
import { batchKey } from '../../shared/store/keys.ts';
import { isProviderError, reasonOf } from '../../shared/twelvelabs/errors.ts';
import type { ProviderBatch } from '../../shared/twelvelabs/schemas.ts';
import { longerEachTime, secondsSince, WRITES_AT_ONCE } from '../../shared/waiting-room.ts';
import { findBatch } from './find-batch.ts';
import {
  abandon,
  abandonAlone,
  expiryOf,
  freeAnalyses,
  markSubmitted,
  submitted,
} from './record-outcome.ts';
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
/** A batch lives a day: how long one that should not exist is looked for, and how often. */
const WATCH_SECONDS = 24 * 3_600;
const WATCH_LOOKS = { least: 120, most: 3_600 };

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
  if (!isCertain(intent, now)) {
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
    inSeconds: WATCH_LOOKS.least,
    by: 'clock',
    set: { reason: neverCreated },
  });
  return disowned
    ? (await freeAnalyses(analyses, disowned, deps, () => ({ reason: neverCreated }))).length
    : 0;

  /** Two looks or more have shown none, with time between them, and the last of them just now. */
  function isCertain({ certainAt = intent.intendedAt }: Batch, at: Date): boolean {
    const isSeenAbsent =
      absentSince !== undefined && secondsSince(absentSince, at) >= DOUBT_SECONDS - 1;
    return isSeenAbsent && secondsSince(certainAt, at) >= 0;
  }
}

const neverSent = {
  code: 'never_sent',
  message: 'the function ended before the request was sent',
};
const neverCreated = { code: 'never_created', message: 'the provider has no batch with its items' };

/**
 * Looks once more for a batch that should not exist. Against all argument there it is: it is called
 * off, for its analyses may ride in another, and handed over so that its results are kept.
 */
export async function watchDisowned(batch: Batch, deps: SubmitBatchesDeps): Promise<void> {
  const search = await findBatch(batch, [], deps);
  if ('found' in search) {
    const { found } = search;
    deps.log.error('batch_turned_up', {
      batchId: batch.batchId,
      providerBatchId: found.batch_id,
    });
    await callOff(batch, found, deps);
    return;
  }
  const watched = secondsSince(batch.stateSince, deps.now());
  if (watched > WATCH_SECONDS) await abandonAlone(batch, batch.reason ?? neverCreated, deps);
  else {
    const inSeconds = longerEachTime(watched, WATCH_LOOKS);
    await deps.waitingRoom.move(batch, { to: 'disowned', inSeconds, by: 'clock' });
  }
}

async function callOff(
  batch: Batch,
  { batch_id: providerBatchId, expires_at }: ProviderBatch,
  { waitingRoom, provider, now, log }: SubmitBatchesDeps,
): Promise<void> {
  const active = await waitingRoom.move(batch, {
    to: 'active',
    inSeconds: 0,
    by: 'clock',
    set: {
      providerBatchId,
      expiresAt: expiryOf(expires_at, now()),
      cancelRequestedAt: now().toISOString(),
    },
  });
  if (!active) return;
  try {
    await provider.cancelBatch(providerBatchId);
  } catch (error) {
    if (!isProviderError(error)) throw error;
    // It is tried again when the batch is looked at.
    log.warn('batch_not_canceled', { batchId: batch.batchId, ...reasonOf(error) });
  }
}

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
