import { about, subjectOf } from '../../shared/about.ts';
import type { Analysis } from '../../shared/analysis.ts';
import type { Batch } from '../../shared/batch.ts';
import { batchKey } from '../../shared/store/keys.ts';
import {
  isProviderError,
  type ProviderError,
  ProviderRefusedError,
  reasonOf,
} from '../../shared/twelvelabs/errors.ts';
import type { CreatedBatch } from '../../shared/twelvelabs/schemas.ts';
import { later } from '../../shared/waiting-room.ts';
import { afterRefusal } from './after-refusal.ts';
import { batchRequest } from './batch-request.ts';
import { CLAIM_SECONDS, claimAnalyses } from './claim-analyses.ts';
import type { PlannedBatch } from './next-batch.ts';
import type { Outcome } from './outcome.ts';
import { abandon, markSubmitted } from './record-outcome.ts';
import { CERTAIN_SECONDS, DENIED_CERTAIN_SECONDS, DOUBT_SECONDS } from './settle-intent.ts';
import type { SubmitBatchesDeps } from './submit-batches.ts';
import { verdictOn } from './verdict.ts';

/** After so many pauses it is hardly the moment that the provider does not like. */
export const MANY_PAUSES = 4;
/** How long after `sentAt` the request may begin: whoever is frozen in between sends no more. */
const SEND_WITHIN_SECONDS = 60;

/**
 * Sends one planned batch: writes the intent, claims its analyses, notes that it is about to send,
 * sends the request exactly once, and records the answer. Killed anywhere, the intent comes due and
 * is settled: at once when nothing was sent, else from the provider's own list.
 * @param pausesInARow how often the provider wanted no batch, and has taken none since
 */
export async function submitBatch(
  planned: PlannedBatch,
  pausesInARow: number,
  deps: SubmitBatchesDeps,
): Promise<Outcome> {
  const intent = await writeIntent(planned, deps);
  return await about(subjectOf(intent), () => sendIntent(planned, intent, pausesInARow, deps));
}

async function sendIntent(
  planned: PlannedBatch,
  intent: Batch,
  pausesInARow: number,
  deps: SubmitBatchesDeps,
): Promise<Outcome> {
  const claimed = await claimAnalyses(planned, intent, deps);
  const analyses = claimed.map(({ analysis }) => analysis);
  if (claimed.length === 0) {
    await abandon(intent, [], { reason: nothingLeft }, deps);
    return { kind: 'nothing-left', freed: [] };
  }
  const sending = await noteSending(intent, claimed.length, deps);
  if (!sending) return { kind: 'nothing-left', freed: [] };

  let created: CreatedBatch;
  try {
    const request = batchRequest(planned.analysisMode, claimed);
    const latest = later(new Date(sending.sentAt ?? 0), SEND_WITHIN_SECONDS);
    created = await deps.provider.createBatch(request, latest);
  } catch (error) {
    if (!isProviderError(error)) throw error;
    const items = analyses.length;
    deps.log.warn('batch_not_created', { items, reason: reasonOf(error) });
    const isStubborn = pausesInARow >= MANY_PAUSES;
    return await afterFailure({ error, isStubborn }, sending, analyses, deps);
  }
  deps.log.info('batch_submitted', {
    providerBatchId: created.batch_id,
    items: analyses.length,
  });
  await markSubmitted(sending, analyses, created, deps);
  return { kind: 'taken', analyses, freed: [] };
}

const nothingLeft = {
  code: 'nothing_left',
  message: 'each of its analyses went elsewhere before it could be claimed',
};

async function writeIntent(
  { analysisMode }: PlannedBatch,
  { store, newBatchId, now }: SubmitBatchesDeps,
): Promise<Batch> {
  const batchId = newBatchId();
  const intent = await store.intendBatch(
    {
      ...batchKey(batchId),
      kind: 'batch',
      state: 'intended',
      batchId,
      analysisMode,
      intendedAt: now().toISOString(),
    },
    { at: later(now(), CLAIM_SECONDS), by: 'clock' },
  );
  if (!intent) throw new TypeError(`batch id ${batchId} was given before`);
  return intent;
}

/** The fence: once somebody else has settled this intent, or called it off, it is not sent any more. */
async function noteSending(
  intent: Batch,
  itemCount: number,
  { waitingRoom, now }: SubmitBatchesDeps,
): Promise<Batch | undefined> {
  return await waitingRoom.move(intent, {
    to: 'intended',
    inSeconds: CLAIM_SECONDS,
    by: 'clock',
    set: {
      itemCount,
      sentAt: now().toISOString(),
      certainAt: later(now(), CERTAIN_SECONDS).toISOString(),
    },
  });
}

/** Each refusal has its way on; whatever is no clear refusal leaves the intent to be settled. */
async function afterFailure(
  { error, isStubborn }: { readonly error: ProviderError; readonly isStubborn: boolean },
  intent: Batch,
  analyses: readonly Analysis[],
  deps: SubmitBatchesDeps,
): Promise<Outcome> {
  const verdict = verdictOn(error);
  if (verdict === 'denied' || verdict === 'doubt') {
    return await leaveInDoubt(error, verdict, intent, analyses.length, deps);
  }
  const refusal = error instanceof ProviderRefusedError ? error : undefined;
  const isItself = verdict === 'refused' || (verdict === 'too-large' && analyses.length === 1);
  if (refusal && isItself) {
    return await afterRefusal({ error: refusal, isStubborn }, intent, analyses, deps);
  }

  const freed = await abandon(intent, analyses, { reason: reasonOf(error) }, deps);
  if (verdict === 'too-large') return { kind: 'too-large', items: analyses.length, freed };
  const mayBeSlots = refusal?.status === 429;
  return { kind: 'not-now', mayBeSlots, asked: refusal?.retryAfterSeconds, freed };
}

async function leaveInDoubt(
  error: ProviderError,
  verdict: 'denied' | 'doubt',
  intent: Batch,
  items: number,
  { waitingRoom, now }: SubmitBatchesDeps,
): Promise<Outcome> {
  const certainAt = later(now(), DENIED_CERTAIN_SECONDS).toISOString();
  await waitingRoom.move(intent, {
    to: 'intended',
    inSeconds: DOUBT_SECONDS,
    by: 'clock',
    set: { reason: reasonOf(error), ...(verdict === 'denied' && { certainAt }) },
  });
  const isTooSlow = error instanceof ProviderRefusedError && error.status === 504;
  return { kind: 'doubt', items, isTooSlow, freed: [] };
}
